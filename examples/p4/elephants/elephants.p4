// Marks elephants between ports 0 and 1: from a pair of addresses' 150th packet on, the type of service is 150.

#include "../include/ipv4.p4"
#include <weir/flow.p4>

const bit<32> ELEPHANT = 150;
const bit<8> MARK = 150;

control Mark(
    inout headers_t hdr, inout metadata_t meta,
    in pna_main_input_metadata_t istd, inout pna_main_output_metadata_t ostd) {
    // A pair's packets so far; the first one has added the entry.
    DirectRegister<bit<32>>(1) packets;

    @tableonly
    action count() {
        bit<32> n = packets.read() |+| 1;
        packets.write(n);
        if (n >= ELEPHANT) {
            bit<16> was = hdr.ipv4.version ++ hdr.ipv4.ihl ++ hdr.ipv4.tos;
            hdr.ipv4.tos = MARK;
            hdr.ipv4.checksum = changed(hdr.ipv4.checksum, was, hdr.ipv4.version ++ hdr.ipv4.ihl ++ hdr.ipv4.tos);
        }
    }

    @defaultonly
    action begin() {
        add_entry("count", {}, (ExpireTimeProfileId_t)0);
    }

    table pairs {
        key = {
            hdr.ipv4.src : exact @tc_type("ipv4") @name("src");
            hdr.ipv4.dst : exact @tc_type("ipv4") @name("dst");
        }
        actions = {
            count;
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

PNA_NIC(IPv4Parser(), Mark(), IPv4Deparser()) main;
