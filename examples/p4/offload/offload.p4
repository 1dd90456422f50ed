// Joins ports 0 and 1, and has conversations of more than a thousand packets carried below: the program says that their flow is offloaded.

#include "../include/ipv4.p4"
#include <weir/flow.p4>

const bit<32> LARGE = 1000;

control Carry(
    inout headers_t hdr, inout metadata_t meta,
    in pna_main_input_metadata_t istd, inout pna_main_output_metadata_t ostd) {
    bool from_left = istd.input_port == (PortId_t)0;
    // A conversation's packets so far, of both directions; the first one has added the entry.
    DirectRegister<bit<32>>(1) packets;

    @tableonly
    action count() {
        bit<32> n = packets.read() |+| 1;
        packets.write(n);
        if (n > LARGE) {
            set_flow_offloaded(true);
        }
    }

    @defaultonly
    action begin() {
        add_entry("count", {}, (ExpireTimeProfileId_t)1);
    }

    // Both directions have the same key: who is at port 0 comes first.
    table conversations {
        key = {
            SelectByDirection(from_left, hdr.ipv4.src, hdr.ipv4.dst)   : exact @tc_type("ipv4") @name("left");
            SelectByDirection(from_left, hdr.ipv4.dst, hdr.ipv4.src)   : exact @tc_type("ipv4") @name("right");
            hdr.ipv4.protocol                                          : exact @name("protocol");
            SelectByDirection(from_left, hdr.ports.src, hdr.ports.dst) : exact @tc_type("be16") @name("left_port");
            SelectByDirection(from_left, hdr.ports.dst, hdr.ports.src) : exact @tc_type("be16") @name("right_port");
        }
        actions = {
            count;
            begin;
        }
        default_action = begin();
        add_on_miss = true;
        pna_idle_timeout = PNA_IdleTimeout_t.AUTO_DELETE;
        weir_direct_register = packets;
        size = 65536;
    }

    apply {
        send_to_port((PortId_t)((PortIdUint_t)istd.input_port ^ 1));
        if (hdr.ports.isValid()) {
            conversations.apply();
        }
    }
}

PNA_NIC(IPv4Parser(), Carry(), IPv4Deparser()) main;
