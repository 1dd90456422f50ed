// A policer of each source: a packet every millisecond, and ten at once after a rest. It keeps one time, that at which the bucket would be
// empty of debt: a sliding window from ten intervals before it to it. A packet before the window is dropped; one in it moves it on.

#include "../include/ipv4.p4"
#include <weir/flow.p4>

const bit<64> INTERVAL = 1000000; // nanoseconds
const bit<64> BURST = 10;

control Police(
    inout headers_t hdr, inout metadata_t meta,
    in pna_main_input_metadata_t istd, inout pna_main_output_metadata_t ostd) {
    DirectRegister<bit<64>>() window;

    bit<64> now = (bit<64>)(TimestampUint_t)istd.timestamp;

    @tableonly
    action police() {
        bit<64> end = window.read();
        if (end < now) {
            end = now;
        }
        if (end + INTERVAL > now + BURST * INTERVAL) {
            drop_packet();
        } else {
            window.write(end + INTERVAL);
        }
    }

    @defaultonly
    action begin() {
        add_entry("police", {}, (ExpireTimeProfileId_t)0);
    }

    table sources {
        key = {
            hdr.ipv4.src : exact @tc_type("ipv4") @name("src");
        }
        actions = {
            police;
            begin;
        }
        default_action = begin();
        add_on_miss = true;
        pna_idle_timeout = PNA_IdleTimeout_t.AUTO_DELETE;
        weir_direct_register = window;
        size = 65536;
    }

    apply {
        if (hdr.ipv4.isValid()) {
            send_to_port((PortId_t)((PortIdUint_t)istd.input_port ^ 1));
            sources.apply();
        }
    }
}

PNA_NIC(IPv4Parser(), Police(), IPv4Deparser()) main;
