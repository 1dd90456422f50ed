// A switch with one trunk and access ports: what comes by the trunk loses its VLAN tag and leaves by the port of that VLAN, what comes by an
// access port gets the tag of its VLAN and leaves by the trunk. No frame goes from one access port to another.

#include <tc/pna.p4>

#ifndef TRUNK_PORT
#define TRUNK_PORT 0
#endif

const bit<16> TYPE_VLAN = 0x8100;

header ethernet_t {
    @tc_type("macaddr") bit<48> dst;
    @tc_type("macaddr") bit<48> src;
    bit<16> type;
}

header vlan_t {
    bit<3>  priority;
    bit<1>  drop_eligible;
    bit<12> id;
    bit<16> type;
}

struct headers_t {
    ethernet_t ethernet;
    vlan_t     vlan;
}

struct metadata_t {}

parser AccessParser(packet_in packet, out headers_t hdr, inout metadata_t meta, in pna_main_parser_input_metadata_t istd) {
    state start {
        packet.extract(hdr.ethernet);
        transition select(hdr.ethernet.type) {
            TYPE_VLAN: vlan;
            default: accept;
        }
    }
    state vlan {
        packet.extract(hdr.vlan);
        transition accept;
    }
}

control Access(
    inout headers_t hdr, inout metadata_t meta,
    in pna_main_input_metadata_t istd, inout pna_main_output_metadata_t ostd) {
    action drop() {
        drop_packet();
    }

    action untag(@tc_type("dev") PortId_t port) {
        hdr.ethernet.type = hdr.vlan.type;
        hdr.vlan.setInvalid();
        send_to_port(port);
    }

    action tag(bit<12> id) {
        hdr.vlan.setValid();
        hdr.vlan.priority = 0;
        hdr.vlan.drop_eligible = 0;
        hdr.vlan.id = id;
        hdr.vlan.type = hdr.ethernet.type;
        hdr.ethernet.type = TYPE_VLAN;
        send_to_port((PortId_t)TRUNK_PORT);
    }

    table vlans {
        key = {
            hdr.vlan.id : exact @name("vlan");
        }
        actions = {
            untag;
            drop;
        }
        size = 4096;
        default_action = drop();
    }

    table ports {
        key = {
            istd.input_port : exact @tc_type("dev") @name("port");
        }
        actions = {
            tag;
            drop;
        }
        size = 256;
        default_action = drop();
    }

    apply {
        if ((PortIdUint_t)istd.input_port == TRUNK_PORT) {
            if (hdr.vlan.isValid()) {
                vlans.apply();
            } else {
                drop_packet();
            }
        } else if (hdr.vlan.isValid()) {
            drop_packet();
        } else {
            ports.apply();
        }
    }
}

control AccessDeparser(packet_out packet, inout headers_t hdr, in metadata_t meta, in pna_main_output_metadata_t ostd) {
    apply {
        packet.emit(hdr.ethernet);
        packet.emit(hdr.vlan);
    }
}

PNA_NIC(AccessParser(), Access(), AccessDeparser()) main;
