// Tables of all kinds, over packets of three octets.
#include <tc/pna.p4>
#include <weir/flow.p4>

header octets_t {
    bit<8> kind;
    bit<8> a;
    bit<8> b;
}

struct headers_t {
    octets_t octets;
}

struct metadata_t {}

struct seen_t {
    bit<8> a;
    bit<8> b;
}

parser Octets(packet_in packet, out headers_t hdr, inout metadata_t meta, in pna_main_parser_input_metadata_t istd) {
    state start {
        packet.extract(hdr.octets);
        transition accept;
    }
}

control Main(
    inout headers_t hdr, inout metadata_t meta,
    in pna_main_input_metadata_t istd, inout pna_main_output_metadata_t ostd) {
    DirectCounter<bit<64>>(PNA_CounterType_t.PACKETS_AND_BYTES) hits;
    DirectRegister<bit<16>>(16w7) times;
    Counter<bit<64>, bit<8>>(256, PNA_CounterType_t.PACKETS_AND_BYTES) packets;
    Meter<bit<8>>(16, PNA_MeterType_t.PACKETS) limits;
    Register<bit<80>, bit<8>>(16) wide;

    action seen() {
        hits.count();
        times.write(times.read() + 1);
    }

    action longer() {
        set_entry_expire_time((ExpireTimeProfileId_t)1);
    }

    action learn() {
        add_entry("seen", {}, (ExpireTimeProfileId_t)0);
    }

    action ignore() {}

    @tc_acl("CRUDPS:CRUXP")
    table flows {
        key = {
            hdr.octets.a : exact @name("a");
            hdr.octets.b : exact @name("b");
        }
        actions = {
            @tableonly seen;
            @tableonly longer;
            @defaultonly learn;
            @defaultonly ignore;
        }
        default_action = learn();
        add_on_miss = true;
        pna_idle_timeout = PNA_IdleTimeout_t.AUTO_DELETE;
        pna_direct_counter = hits;
        weir_direct_register = times;
        size = 16;
    }

    action forward(@tc_type("dev") PortId_t port) {
        send_to_port(port);
    }

    action refuse() {
        drop_packet();
    }

    table rules {
        key = {
            hdr.octets.a : ternary @name("a");
            hdr.octets.b : range @name("b");
        }
        actions = {
            forward;
            refuse;
            NoAction;
        }
        const default_action = NoAction;
        const entries = {
            (0xff &&& 0xff, 0 .. 255) : refuse();
        }
        size = 8;
    }

    table routes {
        key = {
            hdr.octets.a : lpm @name("a");
        }
        actions = {
            forward;
            @defaultonly NoAction;
        }
        default_action = NoAction;
        size = 4;
    }

    table always {
        actions = {
            refuse;
            NoAction;
        }
        default_action = NoAction;
    }

    apply {
        always.apply();
        packets.count(hdr.octets.a);
        if (hdr.octets.kind == 1) {
            flows.apply();
        } else if (hdr.octets.kind == 2) {
            rules.apply();
        } else if (hdr.octets.kind == 3) {
            routes.apply();
        }
    }
}

control Out(packet_out packet, inout headers_t hdr, in metadata_t meta, in pna_main_output_metadata_t ostd) {
    Digest<seen_t>() seen;

    apply {
        if (hdr.octets.kind == 4) {
            seen.pack({hdr.octets.a, hdr.octets.b});
        }
        packet.emit(hdr.octets);
    }
}

PNA_NIC(Octets(), Main(), Out()) main;
