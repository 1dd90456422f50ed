#include <core.p4>
#include <tc/pna.p4>
header octets_t { bit<16> protocol; bit<8> flags; }
struct headers_t { octets_t first; }
struct meta_t { }
parser MainParser(packet_in pkt, out headers_t hdr, inout meta_t meta, in pna_main_parser_input_metadata_t istd) {
    state start { transition accept; }
}
control Main(inout headers_t hdr, inout meta_t meta, in pna_main_input_metadata_t istd, inout pna_main_output_metadata_t ostd) {
    apply {
        skb_get_meta();
        bit<16> came = skb_get_protocol();
        if (came == 0x88f7) { skb_set_protocol(0x1234); }
        hdr.first.setValid();
        hdr.first.protocol = skb_get_protocol();
        hdr.first.flags = skb_get_tc_at_ingress() ++ skb_get_from_ingress() ++ (bit<6>)skb_get_mark();
        skb_set_meta();
        send_to_port((PortId_t)1);
    }
}
control MainDeparser(packet_out pkt, inout headers_t hdr, in meta_t meta, in pna_main_output_metadata_t ostd) {
    apply { pkt.emit(hdr.first); }
}
PNA_NIC(MainParser(), Main(), MainDeparser()) main;
