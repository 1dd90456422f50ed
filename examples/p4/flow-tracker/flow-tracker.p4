// A table of the TCP and UDP flows over IPv4, each direction one. The first packet of a flow adds its entry; it is gone 30 s after the last.

#include "../include/ipv4.p4"

#ifndef FLOWS
#define FLOWS 65536 // -D FLOWS=1000000 makes room for more
#endif

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
            istd.input_port   : exact @tc_type("dev") @name("port");
            hdr.ipv4.src      : exact @tc_type("ipv4") @name("src");
            hdr.ipv4.dst      : exact @tc_type("ipv4") @name("dst");
            hdr.ipv4.protocol : exact @name("protocol");
            hdr.ports.src     : exact @tc_type("be16") @name("src_port");
            hdr.ports.dst     : exact @tc_type("be16") @name("dst_port");
        }
        actions = {
            seen;
            begin;
        }
        default_action = begin();
        add_on_miss = true;
        pna_idle_timeout = PNA_IdleTimeout_t.AUTO_DELETE;
        size = FLOWS;
    }

    apply {
        if (hdr.ports.isValid()) {
            flows.apply();
        }
    }
}

PNA_NIC(IPv4Parser(), Track(), IPv4Deparser()) main;
