// Packets of a source are sent to a port of its own, with other MAC addresses; those of nobody known are dropped.

#include "../include/ipv4.p4"

control Redirect(
    inout headers_t hdr, inout metadata_t meta,
    in pna_main_input_metadata_t istd, inout pna_main_output_metadata_t ostd) {
    action send(@tc_type("dev") PortId_t port, @tc_type("macaddr") bit<48> dst, @tc_type("macaddr") bit<48> src) {
        hdr.ethernet.dst = dst;
        hdr.ethernet.src = src;
        send_to_port(port);
    }

    action drop() {
        drop_packet();
    }

    table sources {
        key = {
            hdr.ipv4.src : exact @tc_type("ipv4") @name("src");
        }
        actions = {
            send;
            drop;
        }
        size = 4096;
        const default_action = drop();
    }

    apply {
        if (hdr.ipv4.isValid()) {
            sources.apply();
        } else {
            drop_packet();
        }
    }
}

PNA_NIC(IPv4Parser(), Redirect(), IPv4Deparser()) main;
