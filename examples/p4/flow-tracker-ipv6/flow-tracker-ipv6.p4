// The flow tracker for IPv6: TCP and UDP right behind the header, without extension headers.

#include <tc/pna.p4>

header ethernet_t {
    @tc_type("macaddr") bit<48> dst;
    @tc_type("macaddr") bit<48> src;
    bit<16> type;
}

header ipv6_t {
    bit<4>  version;
    bit<8>  traffic_class;
    bit<20> flow_label;
    bit<16> length;
    bit<8>  next;
    bit<8>  hop_limit;
    @tc_type("ipv6") bit<128> src;
    @tc_type("ipv6") bit<128> dst;
}

header ports_t {
    bit<16> src;
    bit<16> dst;
}

struct headers_t {
    ethernet_t ethernet;
    ipv6_t     ipv6;
    ports_t    ports;
}

struct metadata_t {}

parser IPv6Parser(packet_in packet, out headers_t hdr, inout metadata_t meta, in pna_main_parser_input_metadata_t istd) {
    state start {
        packet.extract(hdr.ethernet);
        transition select(hdr.ethernet.type) {
            0x86DD: ipv6;
            default: accept;
        }
    }
    state ipv6 {
        packet.extract(hdr.ipv6);
        transition select(hdr.ipv6.next) {
            6: ports;
            17: ports;
            default: accept;
        }
    }
    state ports {
        packet.extract(hdr.ports);
        transition accept;
    }
}

control Track(
    inout headers_t hdr, inout metadata_t meta,
    in pna_main_input_metadata_t istd, inout pna_main_output_metadata_t ostd) {
    @tableonly
    action seen() {}

    @defaultonly
    action begin() {
        add_entry("seen", {}, (ExpireTimeProfileId_t)0);
    }

    table flows {
        key = {
            istd.input_port : exact @tc_type("dev") @name("port");
            hdr.ipv6.src    : exact @tc_type("ipv6") @name("src");
            hdr.ipv6.dst    : exact @tc_type("ipv6") @name("dst");
            hdr.ipv6.next   : exact @name("protocol");
            hdr.ports.src   : exact @tc_type("be16") @name("src_port");
            hdr.ports.dst   : exact @tc_type("be16") @name("dst_port");
        }
        actions = {
            seen;
            begin;
        }
        default_action = begin();
        add_on_miss = true;
        pna_idle_timeout = PNA_IdleTimeout_t.AUTO_DELETE;
        size = 65536;
    }

    apply {
        if (hdr.ports.isValid()) {
            flows.apply();
        }
    }
}

control IPv6Deparser(packet_out packet, inout headers_t hdr, in metadata_t meta, in pna_main_output_metadata_t ostd) {
    apply {
        packet.emit(hdr.ethernet);
        packet.emit(hdr.ipv6);
        packet.emit(hdr.ports);
    }
}

PNA_NIC(IPv6Parser(), Track(), IPv6Deparser()) main;
