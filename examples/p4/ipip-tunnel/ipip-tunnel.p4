// Two ends of an IP-in-IP tunnel in one box (RFC 2003): what comes in by a port of the inside gets an outer header, what comes in by the
// outside and has one loses it.

#include <tc/pna.p4>

header ethernet_t {
    @tc_type("macaddr") bit<48> dst;
    @tc_type("macaddr") bit<48> src;
    bit<16> type;
}

header ipv4_t {
    bit<4>  version;
    bit<4>  ihl;
    bit<8>  tos;
    bit<16> length;
    bit<16> id;
    bit<3>  flags;
    bit<13> offset;
    bit<8>  ttl;
    bit<8>  protocol;
    bit<16> checksum;
    @tc_type("ipv4") bit<32> src;
    @tc_type("ipv4") bit<32> dst;
}

struct headers_t {
    ethernet_t ethernet;
    ipv4_t     outer;
    ipv4_t     inner;
}

struct metadata_t {
    bool encapsulated;
}

const bit<8> PROTOCOL_IPIP = 4;

parser TunnelParser(
    packet_in packet, out headers_t hdr, inout metadata_t meta, in pna_main_parser_input_metadata_t istd) {
    state start {
        packet.extract(hdr.ethernet);
        transition select(hdr.ethernet.type) {
            0x0800: outer;
            default: accept;
        }
    }
    state outer {
        packet.extract(hdr.outer);
        transition select(hdr.outer.ihl, hdr.outer.protocol) {
            (5, PROTOCOL_IPIP): inner;
            default: accept;
        }
    }
    state inner {
        packet.extract(hdr.inner);
        transition accept;
    }
}

control Tunnel(
    inout headers_t hdr, inout metadata_t meta,
    in pna_main_input_metadata_t istd, inout pna_main_output_metadata_t ostd) {
    action drop() {
        drop_packet();
    }

    action encapsulate(
        @tc_type("ipv4") bit<32> src, @tc_type("ipv4") bit<32> dst, @tc_type("dev") PortId_t port) {
        hdr.inner = hdr.outer;
        hdr.outer.version = 4;
        hdr.outer.ihl = 5;
        hdr.outer.length = hdr.inner.length + 20;
        hdr.outer.id = 0;
        hdr.outer.flags = 0;
        hdr.outer.offset = 0;
        hdr.outer.ttl = 64;
        hdr.outer.protocol = PROTOCOL_IPIP;
        hdr.outer.src = src;
        hdr.outer.dst = dst;
        meta.encapsulated = true;
        send_to_port(port);
    }

    action decapsulate(@tc_type("macaddr") bit<48> dst, @tc_type("dev") PortId_t port) {
        hdr.ethernet.dst = dst;
        hdr.outer.setInvalid();
        send_to_port(port);
    }

    table inside {
        key = {
            istd.input_port : exact @tc_type("dev") @name("port");
        }
        actions = {
            encapsulate;
            drop;
        }
        size = 64;
        default_action = drop();
    }

    table outside {
        key = {
            istd.input_port : exact @tc_type("dev") @name("port");
        }
        actions = {
            decapsulate;
            drop;
        }
        size = 64;
        default_action = drop();
    }

    apply {
        if (!hdr.outer.isValid()) {
            drop_packet();
        } else if (hdr.inner.isValid()) {
            outside.apply();
        } else {
            inside.apply();
        }
    }
}

control TunnelDeparser(
    packet_out packet, inout headers_t hdr, in metadata_t meta, in pna_main_output_metadata_t ostd) {
    InternetChecksum() checksum;

    apply {
        if (meta.encapsulated) {
            checksum.clear();
            checksum.add({
                hdr.outer.version, hdr.outer.ihl, hdr.outer.tos, hdr.outer.length, hdr.outer.id,
                hdr.outer.flags, hdr.outer.offset, hdr.outer.ttl, hdr.outer.protocol, hdr.outer.src, hdr.outer.dst });
            hdr.outer.checksum = checksum.get();
        }
        packet.emit(hdr.ethernet);
        packet.emit(hdr.outer);
        packet.emit(hdr.inner);
    }
}

PNA_NIC(TunnelParser(), Tunnel(), TunnelDeparser()) main;
