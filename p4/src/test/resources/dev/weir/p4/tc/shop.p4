#include <tc/pna.p4>

header ethernet_t {
    bit<48> dst;
    bit<48> src;
    bit<16> type;
}

struct headers_t {
    ethernet_t ethernet;
}

struct metadata_t {}

struct seen_t {
    @tc_type("macaddr") bit<48> src;
    @tc_type("dev") PortId_t port;
}

action everywhere(@tc_type("dev") PortId_t port) {
    send_to_port(port);
}

parser Parse(packet_in packet, out headers_t hdr, inout metadata_t meta, in pna_main_parser_input_metadata_t istd) {
    state start {
        packet.extract(hdr.ethernet);
        transition accept;
    }
}

control Shop(
    inout headers_t hdr, inout metadata_t meta,
    in pna_main_input_metadata_t istd, inout pna_main_output_metadata_t ostd) {
    Counter<bit<64>, bit<32>>(512, PNA_CounterType_t.PACKETS_AND_BYTES) counted;
    DirectCounter<bit<32>>(PNA_CounterType_t.PACKETS) hits;
    Meter<bit<32>>(16, PNA_MeterType_t.BYTES) limit;
    Register<seen_t, bit<32>>(8) last;

    action drop() {
        drop_packet();
    }

    action unused() {}

    action send(@tc_type("dev") PortId_t port, @tc_type("macaddr") bit<48> dst) {
        hits.count();
        hdr.ethernet.dst = dst;
        send_to_port(port);
    }

    action learn() {
        add_entry("known", { istd.input_port }, (ExpireTimeProfileId_t)2);
    }

    action known(@tc_type("dev") PortId_t port) {}

    table addresses {
        key = {
            hdr.ethernet.dst : exact @tc_type("macaddr") @name("dst");
        }
        actions = {
            @tableonly send;
            @default_hit drop;
            everywhere;
        }
        size = 4096;
        pna_direct_counter = hits;
        @tc_may_override default_action = everywhere((PortId_t)7);
    }

    table learnt {
        key = {
            hdr.ethernet.src : exact @tc_type("macaddr");
            istd.input_port  : exact @tc_type("dev");
        }
        actions = {
            known;
            @defaultonly learn;
        }
        add_on_miss = true;
        const default_action = learn();
    }

    @nummask(4)
    @tc_acl("CRUDPS:RX")
    table kinds {
        key = {
            hdr.ethernet.type : ternary @name("type");
        }
        actions = {
            drop;
            NoAction;
        }
        const entries = {
            0x0806: NoAction();
            0x8000 &&& 0x8000: drop();
        }
    }

    apply {
        learnt.apply();
        addresses.apply();
        kinds.apply();
    }
}

control Deparse(packet_out packet, inout headers_t hdr, in metadata_t meta, in pna_main_output_metadata_t ostd) {
    Digest<seen_t>() told;

    apply {
        packet.emit(hdr.ethernet);
    }
}

PNA_NIC(Parse(), Shop(), Deparse()) main;
