// Port 22 opens to who has knocked at 2570, 2827, 3084 and 5555, in this order. Port 0 is the outside, 1 the host behind; all else from the
// outside is dropped, replies pass. A wrong knock begins anew; 30 s of silence close the door.

#include "../include/ipv4.p4"
#include <weir/flow.p4>

const PortId_t OUTSIDE = (PortId_t)0;
const PortId_t HOST = (PortId_t)1;
const bit<8> OPEN = 4;

control Knock(
    inout headers_t hdr, inout metadata_t meta,
    in pna_main_input_metadata_t istd, inout pna_main_output_metadata_t ostd) {
    // How many knocks were right; the first one has added the entry.
    DirectRegister<bit<8>>(1) knocks;

    @tableonly
    action knock() {
        bit<8> state = knocks.read();
        if (state == OPEN) {
            if (hdr.ports.dst == 22) {
                send_to_port(HOST);
            }
        } else if ((state == 0 && hdr.ports.dst == 2570) || (state == 1 && hdr.ports.dst == 2827)
                || (state == 2 && hdr.ports.dst == 3084) || (state == 3 && hdr.ports.dst == 5555)) {
            knocks.write(state + 1);
        } else {
            knocks.write(0);
        }
    }

    @defaultonly
    action first() {
        if (hdr.ports.dst == 2570) {
            add_entry("knock", {}, (ExpireTimeProfileId_t)0);
        }
    }

    table visitors {
        key = {
            hdr.ipv4.src : exact @tc_type("ipv4") @name("src");
        }
        actions = {
            knock;
            first;
        }
        default_action = first();
        add_on_miss = true;
        pna_idle_timeout = PNA_IdleTimeout_t.AUTO_DELETE;
        weir_direct_register = knocks;
        size = 4096;
    }

    apply {
        drop_packet();
        if (istd.input_port == HOST) {
            send_to_port(OUTSIDE);
        } else if (hdr.ports.isValid()) {
            visitors.apply();
        }
    }
}

PNA_NIC(IPv4Parser(), Knock(), IPv4Deparser()) main;
