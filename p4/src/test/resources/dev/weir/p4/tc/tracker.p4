// Flows as P4TC's flow tracker has them: the same table, with the same names and types of keys.
#include <tc/pna.p4>

header ethernet_t {
    bit<48> dst;
    bit<48> src;
    bit<16> type;
}

header ipv4_t {
    bit<72> front;
    bit<8>  protocol;
    bit<16> checksum;
    bit<32> srcAddr;
    bit<32> dstAddr;
}

header ports_t {
    bit<16> src;
    bit<16> dst;
}

struct headers_t {
    ethernet_t ethernet;
    ipv4_t     ipv4;
    ports_t    ports;
}

struct metadata_t {}

parser Parse(packet_in packet, out headers_t hdr, inout metadata_t meta, in pna_main_parser_input_metadata_t istd) {
    state start {
        packet.extract(hdr.ethernet);
        packet.extract(hdr.ipv4);
        packet.extract(hdr.ports);
        transition accept;
    }
}

control Main(
    inout headers_t hdr, inout metadata_t meta,
    in pna_main_input_metadata_t istd, inout pna_main_output_metadata_t ostd) {
    action ct_flow_miss() {
        add_entry("NoAction", {}, (ExpireTimeProfileId_t)0);
    }

    @tc_acl("CRUDPS:CRUDX")
    table ct_flow_table {
        key = {
            istd.input_port   : exact @tc_type("dev") @name("input_port");
            hdr.ipv4.srcAddr  : exact @tc_type("ipv4") @name("srcAddr");
            hdr.ipv4.dstAddr  : exact @tc_type("ipv4") @name("dstAddr");
            hdr.ipv4.protocol : exact;
            hdr.ports.src     : exact @tc_type("be16") @name("srcPort");
            hdr.ports.dst     : exact @tc_type("be16") @name("dstPort");
        }
        actions = {
            @tableonly NoAction;
            @defaultonly ct_flow_miss;
        }
        default_action = ct_flow_miss;
        add_on_miss = true;
        pna_idle_timeout = PNA_IdleTimeout_t.NOTIFY_CONTROL;
    }

    action send(@tc_type("dev") PortId_t port, @tc_type("macaddr") bit<48> dst) {
        hdr.ethernet.dst = dst;
        send_to_port(port);
    }

    table nh_table {
        key = {
            hdr.ipv4.dstAddr : lpm @tc_type("ipv4") @name("dst");
        }
        actions = {
            send;
            NoAction;
        }
        default_action = NoAction;
        size = 64;
    }

    table acl {
        key = {
            hdr.ipv4.srcAddr : ternary @tc_type("ipv4") @name("src");
            hdr.ports.dst    : range @name("port");
        }
        actions = {
            send;
            NoAction;
        }
        default_action = NoAction;
        size = 64;
    }

    apply {
        ct_flow_table.apply();
        nh_table.apply();
        acl.apply();
    }
}

control Deparse(packet_out packet, inout headers_t hdr, in metadata_t meta, in pna_main_output_metadata_t ostd) {
    apply {
        packet.emit(hdr.ethernet);
        packet.emit(hdr.ipv4);
        packet.emit(hdr.ports);
    }
}

PNA_NIC(Parse(), Main(), Deparse()) main;
