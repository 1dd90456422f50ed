// Keeps the flows of TCP and UDP over IPv4, by port, addresses, protocol and ports.
#include <tc/pna.p4>

header ethernet_t { bit<48> dst; bit<48> src; bit<16> type; }
header ipv4_t {
    bit<4> version; bit<4> ihl; bit<8> tos; bit<16> length; bit<16> id; bit<3> flags; bit<13> offset;
    bit<8> ttl; bit<8> protocol; bit<16> checksum; bit<32> src; bit<32> dst;
}
header ports_t { bit<16> src; bit<16> dst; }

struct headers_t { ethernet_t eth; ipv4_t ipv4; ports_t tcp; ports_t udp; }
struct metadata_t { bit<16> src; bit<16> dst; AddEntryErrorStatus_t added; }

parser Parse(packet_in pkt, out headers_t hdr, inout metadata_t meta, in pna_main_parser_input_metadata_t istd) {
    state start {
        pkt.extract(hdr.eth);
        transition select(hdr.eth.type) { 0x0800: ipv4; default: reject; }
    }
    state ipv4 {
        pkt.extract(hdr.ipv4);
        transition select(hdr.ipv4.protocol) { 6: tcp; 17: udp; default: reject; }
    }
    state tcp { pkt.extract(hdr.tcp); transition accept; }
    state udp { pkt.extract(hdr.udp); transition accept; }
}

control Main(inout headers_t hdr, inout metadata_t meta, in pna_main_input_metadata_t istd, inout pna_main_output_metadata_t ostd) {
    action seen(PortId_t port) { send_to_port(port); }
    action missed() {
        meta.added = add_entry("seen", { istd.input_port }, (ExpireTimeProfileId_t)0);
    }
    table flows {
        key = {
            istd.input_port : exact @name("port") @tc_type("dev");
            hdr.ipv4.src : exact @tc_type("ipv4");
            hdr.ipv4.dst : exact @tc_type("ipv4");
            hdr.ipv4.protocol : exact;
            meta.src : exact;
            meta.dst : exact;
        }
        actions = { @tableonly seen; @defaultonly missed; }
        default_action = missed;
        size = 8 * 1024;
        add_on_miss = true;
    }
    action take(in ports_t ports) { meta.src = ports.src; meta.dst = ports.dst; }
    apply {
        if (hdr.tcp.isValid()) take(hdr.tcp);
        else if (hdr.udp.isValid()) take(hdr.udp);
        if (!flows.apply().hit && meta.added != ADD_ENTRY_SUCCESS) drop_packet();
    }
}

control Deparse(packet_out pkt, inout headers_t hdr, in metadata_t meta, in pna_main_output_metadata_t ostd) {
    apply { pkt.emit(hdr); }
}

PNA_NIC(Parse(), Main(), Deparse()) main;
