// Answers the ARP requests for addresses that it has in its table (RFC 826), back to the port where they came in. All else passes.

#include <tc/pna.p4>

header ethernet_t {
    @tc_type("macaddr") bit<48> dst;
    @tc_type("macaddr") bit<48> src;
    bit<16> type;
}

header arp_t {
    bit<16> hardware;
    bit<16> protocol;
    bit<8>  hardware_length;
    bit<8>  protocol_length;
    bit<16> operation;
    bit<48> sender_mac;
    bit<32> sender;
    bit<48> target_mac;
    bit<32> target;
}

struct headers_t {
    ethernet_t ethernet;
    arp_t      arp;
}

struct metadata_t {}

const bit<16> REQUEST = 1;
const bit<16> REPLY = 2;

parser ArpParser(packet_in packet, out headers_t hdr, inout metadata_t meta, in pna_main_parser_input_metadata_t istd) {
    state start {
        packet.extract(hdr.ethernet);
        transition select(hdr.ethernet.type) {
            0x0806: arp;
            default: accept;
        }
    }
    state arp {
        packet.extract(hdr.arp);
        transition accept;
    }
}

control Respond(
    inout headers_t hdr, inout metadata_t meta,
    in pna_main_input_metadata_t istd, inout pna_main_output_metadata_t ostd) {
    action pass() {}

    action reply(@tc_type("macaddr") bit<48> mac) {
        bit<32> asked = hdr.arp.target;
        hdr.arp.operation = REPLY;
        hdr.arp.target_mac = hdr.arp.sender_mac;
        hdr.arp.target = hdr.arp.sender;
        hdr.arp.sender_mac = mac;
        hdr.arp.sender = asked;
        hdr.ethernet.dst = hdr.ethernet.src;
        hdr.ethernet.src = mac;
        send_to_port(istd.input_port);
    }

    table addresses {
        key = {
            hdr.arp.target : exact @tc_type("ipv4") @name("address");
        }
        actions = {
            reply;
            pass;
        }
        size = 1024;
        const default_action = pass();
    }

    apply {
        if (hdr.arp.isValid() && hdr.arp.hardware == 1 && hdr.arp.protocol == 0x0800 && hdr.arp.operation == REQUEST) {
            addresses.apply();
        }
    }
}

control ArpDeparser(packet_out packet, inout headers_t hdr, in metadata_t meta, in pna_main_output_metadata_t ostd) {
    apply {
        packet.emit(hdr.ethernet);
        packet.emit(hdr.arp);
    }
}

PNA_NIC(ArpParser(), Respond(), ArpDeparser()) main;
