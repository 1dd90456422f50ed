#include <core.p4>
#include <tc/pna.p4>
header ethernet_t { bit<48> dst; bit<48> src; bit<16> type; }
header data_t { bit<8> a; bit<16> b; }
struct headers_t { ethernet_t ethernet; data_t data; }
struct meta_t { }
struct pair_t { @match(ternary) bit<8> a; @match(range) bit<16> b; }
parser MainParser(packet_in pkt, out headers_t hdr, inout meta_t meta, in pna_main_parser_input_metadata_t istd) {
    value_set<bit<16>>(4) types;
    value_set<pair_t>(8) pairs;
    state start {
        pkt.extract(hdr.ethernet);
        transition select(hdr.ethernet.type) {
            0x800: accept;
            types: data;
            default: reject;
        }
    }
    state data {
        pkt.extract(hdr.data);
        transition select(hdr.data.a, hdr.data.b) {
            (1, 1): reject;
            pairs: accept;
            (_, 7): accept;
        }
    }
}
control Main(inout headers_t hdr, inout meta_t meta, in pna_main_input_metadata_t istd, inout pna_main_output_metadata_t ostd) {
    ActionSelector(PNA_HashAlgorithm_t.CRC32, 32, 16) as;
    ActionProfile(8) ap;
    action to(PortId_t port) { send_to_port(port); }
    action mark(bit<16> type) { hdr.ethernet.type = type; }
    action none() { drop_packet(); }
    table ways {
        key = { hdr.ethernet.dst: exact; hdr.ethernet.src: selector; hdr.ethernet.type: selector; }
        actions = { NoAction; to; none; }
        pna_implementation = as;
        pna_empty_group_action = none();
        const default_action = to((PortId_t)9);
    }
    table marks {
        key = { hdr.ethernet.src: ternary; }
        actions = { NoAction; mark; }
        pna_implementation = ap;
    }
    apply {
        ways.apply();
        if (hdr.data.isValid()) marks.apply();
    }
}
control MainDeparser(packet_out pkt, inout headers_t hdr, in meta_t meta, in pna_main_output_metadata_t ostd) {
    apply { pkt.emit(hdr); }
}
PNA_NIC(MainParser(), Main(), MainDeparser()) main;
