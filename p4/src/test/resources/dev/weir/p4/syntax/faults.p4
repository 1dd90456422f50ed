// Every fault of this program is told in one run.
#define WIDTH bit<8
header h_t {
    bit<16> etherType
    bit<8>  ttl;
    WIDTH   protocol;
}

parser P(packet_in packet, out h_t h) {
    state start {
        packet.extract(h)
        transition select(h.etherType) {
            0x800 &&& : ipv4;
            0x86DD: ipv6
            default: accept;
        }
    }
    state ipv4 {
        transition accept;
        h.ttl = 1;
    }
}

control C(inout h_t h) {
    action drop() { h.ttl = {1, 2 = 3}; }
    table t {
        key = { h.ttl exact; }
        actions = { drop; }
        size = ;
    }
    apply {
        if h.ttl == 0 { drop(); }
        t.apply();
    }

struct after_a_missing_brace {
    bit<8> x;
}

const bit<8> LAST = 8w0xZZ;
