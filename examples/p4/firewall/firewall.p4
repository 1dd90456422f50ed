// A stateful firewall between port 0, the inside, and port 1, the outside: who is inside may begin to talk, and is then answered. What the
// outside sends without having been spoken to is dropped. A conversation is forgotten 60 s after its last packet.

#include "../include/ipv4.p4"

const PortId_t INSIDE = (PortId_t)0;
const PortId_t OUTSIDE = (PortId_t)1;

control Firewall(
    inout headers_t hdr, inout metadata_t meta,
    in pna_main_input_metadata_t istd, inout pna_main_output_metadata_t ostd) {
    bool from_inside = istd.input_port == INSIDE;

    @tableonly
    action known() {
        send_to_port(SelectByDirection(from_inside, OUTSIDE, INSIDE));
    }

    @defaultonly
    action unknown() {
        if (from_inside) {
            add_entry("known", {}, (ExpireTimeProfileId_t)1);
            send_to_port(OUTSIDE);
        } else {
            drop_packet();
        }
    }

    // Both directions of a conversation have the same key: who is inside comes first.
    table conversations {
        key = {
            SelectByDirection(from_inside, hdr.ipv4.src, hdr.ipv4.dst)   : exact @tc_type("ipv4") @name("inside");
            SelectByDirection(from_inside, hdr.ipv4.dst, hdr.ipv4.src)   : exact @tc_type("ipv4") @name("outside");
            hdr.ipv4.protocol                                            : exact @name("protocol");
            SelectByDirection(from_inside, hdr.ports.src, hdr.ports.dst) : exact @tc_type("be16") @name("inside_port");
            SelectByDirection(from_inside, hdr.ports.dst, hdr.ports.src) : exact @tc_type("be16") @name("outside_port");
        }
        actions = {
            known;
            unknown;
        }
        default_action = unknown();
        add_on_miss = true;
        pna_idle_timeout = PNA_IdleTimeout_t.AUTO_DELETE;
        size = 65536;
    }

    apply {
        if (hdr.ports.isValid() && (from_inside || istd.input_port == OUTSIDE)) {
            conversations.apply();
        } else {
            drop_packet();
        }
    }
}

PNA_NIC(IPv4Parser(), Firewall(), IPv4Deparser()) main;
