// Headers of a VXLAN gateway, how they are taken from a packet, and how they are put back.

#ifndef EXAMPLES_VXLAN_P4
#define EXAMPLES_VXLAN_P4

const bit<16> TYPE_IPV4 = 0x0800;
const bit<16> TYPE_IPV6 = 0x86dd;
const bit<16> TYPE_VLAN = 0x8100;
const bit<8> PROTOCOL_ICMP = 1;
const bit<8> PROTOCOL_TCP = 6;
const bit<8> PROTOCOL_UDP = 17;
const bit<8> PROTOCOL_ICMPV6 = 58;
const bit<8> PROTOCOL_SCTP = 132;
const bit<16> VXLAN_PORT = 4789;

// Octets of headers.
const bit<16> ETHERNET_SIZE = 14;
const bit<16> VLAN_SIZE = 4;
const bit<16> IPV4_SIZE = 20;
const bit<16> IPV6_SIZE = 40;
const bit<16> UDP_SIZE = 8;
const bit<16> VXLAN_SIZE = 8;
const bit<16> ICMP_SIZE = 8;
// What an ICMP error quotes behind the IP header.
const bit<16> QUOTED_SIZE = 8;

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

header ipv4_t {
    bit<4>  version;
    bit<4>  ihl;
    bit<6>  dscp;
    bit<2>  ecn;
    bit<16> length;
    bit<16> id;
    bit<1>  reserved;
    bit<1>  dont_fragment;
    bit<1>  more_fragments;
    bit<13> offset;
    bit<8>  ttl;
    bit<8>  protocol;
    bit<16> checksum;
    @tc_type("ipv4") bit<32> src;
    @tc_type("ipv4") bit<32> dst;
}

header ipv6_t {
    bit<4>  version;
    bit<6>  dscp;
    bit<2>  ecn;
    bit<20> flow_label;
    bit<16> length;
    bit<8>  next;
    bit<8>  ttl;
    @tc_type("ipv6") bit<128> src;
    @tc_type("ipv6") bit<128> dst;
}

header udp_t {
    bit<16> src;
    bit<16> dst;
    bit<16> length;
    bit<16> checksum;
}

// RFC 7348, section 5. The OTR says the VLAN of the server in the last 8 reserved bits; with WIDE_VLAN its upper 4 bits in the last of the 24.
header vxlan_t {
    bit<4>  flags;
    bit<1>  valid;
    bit<3>  more_flags;
    bit<20> reserved;
    bit<4>  vlan_high;
    bit<24> vni;
    bit<8>  vlan;
}

// TCP, UDP and SCTP begin with the same two fields; the rest is payload here.
header ports_t {
    bit<16> src;
    bit<16> dst;
}

header icmp_t {
    bit<8>  type;
    bit<8>  code;
    bit<16> checksum;
    bit<32> rest;
}

// The first octets behind the IP header of a packet that is quoted.
header quoted_t {
    bit<64> octets;
}

struct headers_t {
    // Of the tunnel.
    ethernet_t outer;
    ipv4_t     outer4;
    ipv6_t     outer6;
    udp_t      udp;
    vxlan_t    vxlan;
    // Of the packet, or of what is sent back about it.
    ethernet_t ethernet;
    vlan_t     vlan;
    ipv4_t     reply4;
    ipv6_t     reply6;
    icmp_t     icmp;
    // Of the packet.
    ipv4_t     ipv4;
    ipv6_t     ipv6;
    ports_t    ports;
    quoted_t   quoted;
}

struct metadata_t {
    bit<32> octets;   // of the frame that came in
    bool    too_large; // for the tunnel, and may not be fragmented
    bool    tunnelled; // gets an outer IPv4 header here, whose checksum is missing
}

parser GatewayParser(packet_in packet, out headers_t hdr, inout metadata_t meta, in pna_main_parser_input_metadata_t istd) {
    state start {
        meta.octets = packet.length();
        meta.too_large = false;
        meta.tunnelled = false;
        transition select((PortIdUint_t)istd.input_port) {
            DC_PORT: outer;
            OTR_PORT: outer;
            default: server;
        }
    }

    // From the data centre or the OTR: VXLAN over either family, without options, not fragmented.
    state outer {
        packet.extract(hdr.outer);
        transition select(hdr.outer.type) {
            TYPE_IPV4: outer4;
            TYPE_IPV6: outer6;
            default: accept;
        }
    }
    state outer4 {
        packet.extract(hdr.outer4);
        transition select(hdr.outer4.version, hdr.outer4.ihl, hdr.outer4.more_fragments, hdr.outer4.offset, hdr.outer4.protocol) {
            (4, 5, 0, 0, PROTOCOL_UDP): udp;
            default: accept;
        }
    }
    state outer6 {
        packet.extract(hdr.outer6);
        transition select(hdr.outer6.version, hdr.outer6.next) {
            (6, PROTOCOL_UDP): udp;
            default: accept;
        }
    }
    state udp {
        packet.extract(hdr.udp);
        transition select(hdr.udp.dst) {
            VXLAN_PORT: vxlan;
            default: accept;
        }
    }
    state vxlan {
        packet.extract(hdr.vxlan);
        packet.extract(hdr.ethernet);
        transition select(hdr.ethernet.type) {
            TYPE_IPV4: inner4;
            TYPE_IPV6: inner6;
            default: accept;
        }
    }
    state inner4 {
        packet.extract(hdr.ipv4);
        transition accept;
    }
    state inner6 {
        packet.extract(hdr.ipv6);
        transition accept;
    }

    // From the servers: one VLAN tag.
    state server {
        packet.extract(hdr.ethernet);
        transition select(hdr.ethernet.type) {
            TYPE_VLAN: vlan;
            default: accept;
        }
    }
    state vlan {
        packet.extract(hdr.vlan);
        transition select(hdr.vlan.type) {
            TYPE_IPV4: ipv4;
            TYPE_IPV6: ipv6;
            default: accept;
        }
    }
    // Of a packet that is too large, only what an ICMP error quotes is kept. Ports are read where they are for sure.
    state ipv4 {
        packet.extract(hdr.ipv4);
        bool large = hdr.ipv4.length > INNER_MTU && hdr.ipv4.dont_fragment == 1;
        transition select(large, hdr.ipv4.ihl, hdr.ipv4.more_fragments, hdr.ipv4.offset, hdr.ipv4.protocol) {
            (true, _, _, _, _): quoted;
            (_, 5, 0, 0, PROTOCOL_TCP): ports;
            (_, 5, 0, 0, PROTOCOL_UDP): ports;
            (_, 5, 0, 0, PROTOCOL_SCTP): ports;
            default: accept;
        }
    }
    state ipv6 {
        packet.extract(hdr.ipv6);
        bool large = hdr.ipv6.length > INNER_MTU - IPV6_SIZE;
        transition select(large, hdr.ipv6.next) {
            (true, _): quoted;
            (_, PROTOCOL_TCP): ports;
            (_, PROTOCOL_UDP): ports;
            (_, PROTOCOL_SCTP): ports;
            default: accept;
        }
    }
    state ports {
        packet.extract(hdr.ports);
        transition accept;
    }
    state quoted {
        packet.extract(hdr.quoted);
        meta.too_large = true;
        bit<32> taken = (bit<32>)(ETHERNET_SIZE + VLAN_SIZE + QUOTED_SIZE) + (hdr.ipv4.isValid() ? (bit<32>)IPV4_SIZE : (bit<32>)IPV6_SIZE);
        packet.advance((meta.octets - taken) << 3);
        transition accept;
    }
}

control GatewayDeparser(packet_out packet, inout headers_t hdr, in metadata_t meta, in pna_main_output_metadata_t ostd) {
    InternetChecksum() sum;

    apply {
        if (meta.tunnelled) {
            sum.clear();
            sum.add({
                hdr.outer4.version, hdr.outer4.ihl, hdr.outer4.dscp, hdr.outer4.ecn, hdr.outer4.length, hdr.outer4.id,
                hdr.outer4.reserved, hdr.outer4.dont_fragment, hdr.outer4.more_fragments, hdr.outer4.offset,
                hdr.outer4.ttl, hdr.outer4.protocol, hdr.outer4.src, hdr.outer4.dst });
            hdr.outer4.checksum = sum.get();
        }
        if (hdr.reply4.isValid()) {
            sum.clear();
            sum.add({
                hdr.reply4.version, hdr.reply4.ihl, hdr.reply4.dscp, hdr.reply4.ecn, hdr.reply4.length, hdr.reply4.id,
                hdr.reply4.reserved, hdr.reply4.dont_fragment, hdr.reply4.more_fragments, hdr.reply4.offset,
                hdr.reply4.ttl, hdr.reply4.protocol, hdr.reply4.src, hdr.reply4.dst });
            hdr.reply4.checksum = sum.get();
            sum.clear();
            sum.add({
                hdr.icmp.type, hdr.icmp.code, hdr.icmp.rest,
                hdr.ipv4.version, hdr.ipv4.ihl, hdr.ipv4.dscp, hdr.ipv4.ecn, hdr.ipv4.length, hdr.ipv4.id,
                hdr.ipv4.reserved, hdr.ipv4.dont_fragment, hdr.ipv4.more_fragments, hdr.ipv4.offset,
                hdr.ipv4.ttl, hdr.ipv4.protocol, hdr.ipv4.checksum, hdr.ipv4.src, hdr.ipv4.dst, hdr.quoted.octets });
            hdr.icmp.checksum = sum.get();
        }
        if (hdr.reply6.isValid()) {
            sum.clear();
            sum.add({
                hdr.reply6.src, hdr.reply6.dst, hdr.reply6.length, 8w0, hdr.reply6.next,
                hdr.icmp.type, hdr.icmp.code, hdr.icmp.rest,
                hdr.ipv6.version, hdr.ipv6.dscp, hdr.ipv6.ecn, hdr.ipv6.flow_label, hdr.ipv6.length, hdr.ipv6.next,
                hdr.ipv6.ttl, hdr.ipv6.src, hdr.ipv6.dst, hdr.quoted.octets });
            hdr.icmp.checksum = sum.get();
        }
        packet.emit(hdr.outer);
        packet.emit(hdr.outer4);
        packet.emit(hdr.outer6);
        packet.emit(hdr.udp);
        packet.emit(hdr.vxlan);
        packet.emit(hdr.ethernet);
        packet.emit(hdr.vlan);
        packet.emit(hdr.reply4);
        packet.emit(hdr.reply6);
        packet.emit(hdr.icmp);
        packet.emit(hdr.ipv4);
        packet.emit(hdr.ipv6);
        packet.emit(hdr.ports);
        packet.emit(hdr.quoted);
    }
}

#endif
