// Two servers take turns: a new flow goes to the next one, and all its packets follow it there. Port 0 has the clients, 1 and 2 the servers;
// what a server sends goes to the clients.

#include "../include/ipv4.p4"

const PortId_t CLIENTS = (PortId_t)0;
const PortId_t FIRST = (PortId_t)1;
const PortId_t SECOND = (PortId_t)2;
const bit<48> FIRST_MAC = 0x020000000001;
const bit<48> SECOND_MAC = 0x020000000002;

control Balance(
    inout headers_t hdr, inout metadata_t meta,
    in pna_main_input_metadata_t istd, inout pna_main_output_metadata_t ostd) {
    Register<bit<8>, bit<32>>(1) turn;

    @tableonly
    action to(@tc_type("macaddr") bit<48> mac, @tc_type("dev") PortId_t port) {
        hdr.ethernet.dst = mac;
        send_to_port(port);
    }

    @defaultonly
    action begin() {
        bit<8> next = turn.read(0);
        turn.write(0, next ^ 1);
        bit<48> mac = next == 0 ? FIRST_MAC : SECOND_MAC;
        PortId_t port = next == 0 ? FIRST : SECOND;
        add_entry("to", { mac, port }, (ExpireTimeProfileId_t)1);
        hdr.ethernet.dst = mac;
        send_to_port(port);
    }

    table flows {
        key = {
            hdr.ipv4.src  : exact @tc_type("ipv4") @name("src");
            hdr.ports.src : exact @tc_type("be16") @name("src_port");
            hdr.ports.dst : exact @tc_type("be16") @name("dst_port");
        }
        actions = {
            to;
            begin;
        }
        default_action = begin();
        add_on_miss = true;
        pna_idle_timeout = PNA_IdleTimeout_t.AUTO_DELETE;
        size = 65536;
    }

    apply {
        if (istd.input_port != CLIENTS) {
            send_to_port(CLIENTS);
        } else if (hdr.ports.isValid()) {
            flows.apply();
        } else {
            drop_packet();
        }
    }
}

PNA_NIC(IPv4Parser(), Balance(), IPv4Deparser()) main;
