// Entries that refer to members and groups, values that a parser asks for, and mirrored packets; over packets of three octets.
#include <core.p4>
#include <bmv2/pna.p4>

header octets_t {
    bit<8> kind;
    bit<8> a;
    bit<8> b;
}

struct headers_t {
    octets_t octets;
}

struct metadata_t {}

struct pair_t {
    @match(ternary) bit<8> kind;
    @match(range) bit<8> b;
}

parser P(packet_in packet, out headers_t hdr, inout metadata_t meta, in pna_main_parser_input_metadata_t istd) {
    value_set<pair_t>(3) refused;

    state start {
        packet.extract(hdr.octets);
        transition select(hdr.octets.kind, hdr.octets.b) {
            refused: reject;
            default: accept;
        }
    }
}

control Main(
    inout headers_t hdr, inout metadata_t meta,
    in pna_main_input_metadata_t istd, inout pna_main_output_metadata_t ostd) {
    ActionSelector(PNA_HashAlgorithm_t.CRC32, 32w8, 32w16) chosen;
    ActionProfile(4) marks;

    action to(PortId_t port) {
        send_to_port(port);
    }

    action refuse() {
        drop_packet();
    }

    @defaultonly
    action missed() {
        mirror_packet((MirrorSlotId_t)0, (MirrorSessionId_t)5);
    }

    action mark(bit<8> value) {
        hdr.octets.b = value;
    }

    table ways {
        key = {
            hdr.octets.a : exact @name("a");
            hdr.octets.b : selector;
        }
        actions = {
            to;
            refuse;
            @defaultonly missed;
        }
        default_action = missed();
        pna_implementation = chosen;
        pna_empty_group_action = refuse();
        size = 6;
    }

    table marked {
        key = {
            hdr.octets.kind : exact @name("kind");
        }
        actions = {
            mark;
            NoAction;
        }
        default_action = NoAction();
        pna_implementation = marks;
        size = 4;
    }

    apply {
        marked.apply();
        ways.apply();
    }
}

control Out(packet_out packet, inout headers_t hdr, in metadata_t meta, in pna_main_output_metadata_t ostd) {
    apply {
        packet.emit(hdr.octets);
    }
}

PNA_NIC(P(), Main(), Out()) main;
