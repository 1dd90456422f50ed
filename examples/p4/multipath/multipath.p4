// Packets to a network go one of several ways, each flow always the same. The control plane says which ways there are, which ports of TCP
// and UDP are closed, and whose packets are mirrored.

#include "../include/ipv4.p4"

parser Multipath(packet_in packet, out headers_t hdr, inout metadata_t meta, in pna_main_parser_input_metadata_t istd) {
    value_set<bit<16>>(64) closed;
    IPv4Parser() ipv4;

    state start {
        ipv4.apply(packet, hdr, meta, istd);
        transition select(hdr.ports.dst) {
            closed: reject;
            default: accept;
        }
    }
}

control Main(
    inout headers_t hdr, inout metadata_t meta,
    in pna_main_input_metadata_t istd, inout pna_main_output_metadata_t ostd) {
    ActionSelector(PNA_HashAlgorithm_t.CRC32, 64, 16) ways;
    Counter<bit<64>, PortId_t>(16, PNA_CounterType_t.PACKETS_AND_BYTES) sent;

    action to(@tc_type("dev") PortId_t port) {
        sent.count(port);
        send_to_port(port);
    }

    action nowhere() {
        drop_packet();
    }

    action mirror(MirrorSessionId_t session) {
        mirror_packet((MirrorSlotId_t)0, session);
    }

    table routes {
        key = {
            hdr.ipv4.dst      : lpm @tc_type("ipv4") @name("dst");
            hdr.ipv4.src      : selector;
            hdr.ipv4.dst      : selector;
            hdr.ipv4.protocol : selector;
            hdr.ports.src     : selector;
            hdr.ports.dst     : selector;
        }
        actions = {
            to;
            nowhere;
        }
        default_action = nowhere();
        pna_implementation = ways;
        pna_empty_group_action = nowhere();
        size = 256;
    }

    table watched {
        key = {
            hdr.ipv4.src  : ternary @tc_type("ipv4") @name("src");
            hdr.ports.dst : range @name("port");
        }
        actions = {
            mirror;
            NoAction;
        }
        default_action = NoAction();
        size = 64;
    }

    apply {
        if (hdr.ipv4.isValid()) {
            watched.apply();
            routes.apply();
        }
    }
}

PNA_NIC(Multipath(), Main(), IPv4Deparser()) main;
