// An IPv4 router: the longest prefix gives a next hop, the next hop its MAC addresses and its port. A hop is taken off the time to live, and
// the checksum follows.

#include "../include/ipv4.p4"

control Route(
    inout headers_t hdr, inout metadata_t meta,
    in pna_main_input_metadata_t istd, inout pna_main_output_metadata_t ostd) {
    bit<32> hop = 0;

    action drop() {
        drop_packet();
    }

    action via(bit<32> next_hop) {
        hop = next_hop;
    }

    table routes {
        key = {
            hdr.ipv4.dst : lpm @tc_type("ipv4") @name("prefix");
        }
        actions = {
            via;
            drop;
        }
        size = 16384;
        default_action = drop();
    }

    action send(@tc_type("macaddr") bit<48> dst, @tc_type("macaddr") bit<48> src, @tc_type("dev") PortId_t port) {
        hdr.ethernet.dst = dst;
        hdr.ethernet.src = src;
        bit<16> was = hdr.ipv4.ttl ++ hdr.ipv4.protocol;
        hdr.ipv4.ttl = hdr.ipv4.ttl - 1;
        hdr.ipv4.checksum = changed(hdr.ipv4.checksum, was, hdr.ipv4.ttl ++ hdr.ipv4.protocol);
        send_to_port(port);
    }

    table hops {
        key = {
            hop : exact @name("hop");
        }
        actions = {
            send;
            drop;
        }
        size = 1024;
        default_action = drop();
    }

    apply {
        if (!hdr.ipv4.isValid() || hdr.ipv4.ttl <= 1) {
            drop_packet();
        } else if (routes.apply().hit) {
            hops.apply();
        }
    }
}

PNA_NIC(IPv4Parser(), Route(), IPv4Deparser()) main;
