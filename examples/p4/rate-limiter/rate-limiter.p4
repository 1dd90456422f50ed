// A pair of addresses gets 131,072 octets of IP through in a second. While it is over, it is dropped; a second after its measuring began, a
// new one begins with the next packet.

#include "../include/ipv4.p4"
#include <weir/flow.p4>

const bit<32> MOST = 131072;
const bit<64> SECOND = 1000000000; // nanoseconds

control Limit(
    inout headers_t hdr, inout metadata_t meta,
    in pna_main_input_metadata_t istd, inout pna_main_output_metadata_t ostd) {
    // When measuring began, and the octets since then.
    DirectRegister<bit<96>>() measured;

    bit<64> now = (bit<64>)(TimestampUint_t)istd.timestamp;

    @tableonly
    action measure() {
        bit<96> state = measured.read();
        bit<64> begun = state[95:32];
        bit<32> octets = state[31:0];
        if (now - begun >= SECOND) {
            begun = now;
            octets = 0;
        }
        if (octets >= MOST) {
            drop_packet();
        }
        measured.write(begun ++ (octets |+| (bit<32>)hdr.ipv4.length));
    }

    @defaultonly
    action begin() {
        add_entry("measure", {}, (ExpireTimeProfileId_t)0);
    }

    table pairs {
        key = {
            hdr.ipv4.src : exact @tc_type("ipv4") @name("src");
            hdr.ipv4.dst : exact @tc_type("ipv4") @name("dst");
        }
        actions = {
            measure;
            begin;
        }
        default_action = begin();
        add_on_miss = true;
        pna_idle_timeout = PNA_IdleTimeout_t.AUTO_DELETE;
        weir_direct_register = measured;
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
