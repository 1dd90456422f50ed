// A pair of addresses gets ten packets through, and no more until it has been silent for 30 s.

#include "../include/ipv4.p4"
#include <weir/flow.p4>

const bit<32> MOST = 10;

control Limit(
    inout headers_t hdr, inout metadata_t meta,
    in pna_main_input_metadata_t istd, inout pna_main_output_metadata_t ostd) {
    // A pair's packets so far; the first one has added the entry.
    DirectRegister<bit<32>>(1) packets;

    @tableonly
    action limit() {
        bit<32> n = packets.read();
        if (n >= MOST) {
            drop_packet();
        } else {
            packets.write(n + 1);
        }
    }

    @defaultonly
    action begin() {
        add_entry("limit", {}, (ExpireTimeProfileId_t)0);
    }

    table pairs {
        key = {
            hdr.ipv4.src : exact @tc_type("ipv4") @name("src");
            hdr.ipv4.dst : exact @tc_type("ipv4") @name("dst");
        }
        actions = {
            limit;
            begin;
        }
        default_action = begin();
        add_on_miss = true;
        pna_idle_timeout = PNA_IdleTimeout_t.AUTO_DELETE;
        weir_direct_register = packets;
        size = 65536;
    }

    apply {
        if (hdr.ipv4.isValid()) {
            send_to_port((PortId_t)((PortIdUint_t)istd.input_port ^ 1));
            pairs.apply();
        }
    }
}

PNA_NIC(IPv4Parser(), Limit(), IPv4Deparser()) main;
