// A calculator in the network: EtherType 0x1234, "P4", a version, an operator and two numbers; the answer goes back to who asked.

#include <tc/pna.p4>

header ethernet_t {
    @tc_type("macaddr") bit<48> dst;
    @tc_type("macaddr") bit<48> src;
    bit<16> type;
}

header question_t {
    bit<8>  p;
    bit<8>  four;
    bit<8>  version;
    bit<8>  operator;
    bit<32> a;
    bit<32> b;
    bit<32> result;
}

struct headers_t {
    ethernet_t ethernet;
    question_t question;
}

struct metadata_t {}

parser QuestionParser(
    packet_in packet, out headers_t hdr, inout metadata_t meta, in pna_main_parser_input_metadata_t istd) {
    state start {
        packet.extract(hdr.ethernet);
        transition select(hdr.ethernet.type) {
            0x1234: look;
            default: accept;
        }
    }
    state look {
        question_t next = packet.lookahead<question_t>();
        transition select(next.p, next.four, next.version) {
            (0x50, 0x34, 1): question; // "P4", version 1
            default: accept;
        }
    }
    state question {
        packet.extract(hdr.question);
        transition accept;
    }
}

control Calculate(
    inout headers_t hdr, inout metadata_t meta,
    in pna_main_input_metadata_t istd, inout pna_main_output_metadata_t ostd) {
    action answer(bit<32> result) {
        hdr.question.result = result;
        bit<48> asker = hdr.ethernet.src;
        hdr.ethernet.src = hdr.ethernet.dst;
        hdr.ethernet.dst = asker;
        send_to_port(istd.input_port);
    }

    action add() {
        answer(hdr.question.a + hdr.question.b);
    }

    action subtract() {
        answer(hdr.question.a - hdr.question.b);
    }

    action conjunction() {
        answer(hdr.question.a & hdr.question.b);
    }

    action disjunction() {
        answer(hdr.question.a | hdr.question.b);
    }

    action difference() {
        answer(hdr.question.a ^ hdr.question.b);
    }

    action drop() {
        drop_packet();
    }

    table operators {
        key = {
            hdr.question.operator : exact @name("operator");
        }
        actions = {
            add;
            subtract;
            conjunction;
            disjunction;
            difference;
            drop;
        }
        const entries = {
            0x2b: add(); // '+'
            0x2d: subtract(); // '-'
            0x26: conjunction(); // '&'
            0x7c: disjunction(); // '|'
            0x5e: difference(); // '^'
        }
        const default_action = drop();
    }

    apply {
        if (hdr.question.isValid()) {
            operators.apply();
        } else {
            drop_packet();
        }
    }
}

control QuestionDeparser(
    packet_out packet, inout headers_t hdr, in metadata_t meta, in pna_main_output_metadata_t ostd) {
    apply {
        packet.emit(hdr.ethernet);
        packet.emit(hdr.question);
    }
}

PNA_NIC(QuestionParser(), Calculate(), QuestionDeparser()) main;
