// A VXLAN gateway between tenants of a data centre and servers in VLANs. What comes from the data centre is decapsulated by entries of the
// control plane. What comes from the servers goes to the OTR, a device with a very large table, which encapsulates it; from what comes back
// of there the gateway learns how, and encapsulates the packets after it by itself.

#include <tc/pna.p4>
#include <weir/flow.p4>
#include "../include/checksum.p4"

// The ports that lead to the data centre and to the OTR. All others lead to servers.
#ifndef DC_PORT
#define DC_PORT 0
#endif
#ifndef OTR_PORT
#define OTR_PORT 1
#endif

// The largest IP packet that fits the tunnel: what the network takes, less 50 octets, or 70 where the tunnel's addresses are IPv6.
#ifndef INNER_MTU
#define INNER_MTU 1450
#endif

// How many associations are remembered.
#ifndef CONTEXTS
#define CONTEXTS 4096
#endif

// With OFFLOAD_AFTER the flows of a destination's packets, after so many that were encapsulated for it, may be carried below the program, which then does not see
// them. What a port sends at the most should then be INNER_MTU and the tunnel's headers, since nothing below knows INNER_MTU.

// With TEACH_OTR packets from the data centre are mirrored to the session of that number, for an OTR that learns of them.

// Who says that a packet is too large: the address that is kept for nodes without one (RFC 7600), and a link-local one.
#ifndef GATEWAY_IPV4
#define GATEWAY_IPV4 0xc0000008
#endif
#ifndef GATEWAY_IPV6
#define GATEWAY_IPV6 0xfe800000000000000000000000000001
#endif

#include "../include/vxlan.p4"

const bit<8> TUNNEL_TTL = 64;
const bit<8> REPLY_TTL = 64;

// Cells of the counter events.
const bit<8> DECAPSULATED = 0; // from the data centre to a server
const bit<8> UNKNOWN = 1;      // from a server to the OTR
const bit<8> ENCAPSULATED = 2; // from a server to the data centre
const bit<8> RETURNED = 3;     // from the OTR to the data centre
const bit<8> LEARNT = 4;       // of these, began an association
const bit<8> MOVED = 5;        // of these, changed one
const bit<8> UNTAGGED = 6;     // of these, named no VLAN
const bit<8> NO_SERVER = 7;    // dropped: no server of that address for that VNI
const bit<8> MALFORMED = 8;    // dropped: cut short, lengths that contradict each other, no VXLAN
const bit<8> NOT_IP = 9;       // dropped: neither IPv4 nor IPv6, or without a VLAN
const bit<8> TTL = 10;         // dropped: its time to live is over
const bit<8> CONGESTED = 11;   // dropped: marked in the tunnel, and its sender does not know what that means
const bit<8> TOO_LARGE = 12;   // answered: it does not fit the tunnel

// How to encapsulate. The addresses of an IPv4 tunnel are in the lower bits.
struct context_t {
    bit<1>   known;
    bit<1>   ipv6;
    bit<24>  vni;
    bit<128> src;
    bit<128> dst;
    bit<48>  outer_src;
    bit<48>  outer_dst;
    bit<48>  inner_src;
    bit<48>  inner_dst;
}

control Gateway(
    inout headers_t hdr, inout metadata_t meta,
    in pna_main_input_metadata_t istd, inout pna_main_output_metadata_t ostd) {
    Counter<bit<64>, bit<8>>(13, PNA_CounterType_t.PACKETS) events;
    // What the OTR has said of a destination since it was learnt, if it was something else.
    DirectRegister<context_t>() newer;
#ifdef OFFLOAD_AFTER
    // How many packets were encapsulated by an entry.
    DirectRegister<bit<32>>() sent;
#endif
    Hash<bit<32>>(PNA_HashAlgorithm_t.CRC32) hash;

    bool from_otr = false;
#ifdef OFFLOAD_AFTER
    bool is_busy = false;
#endif
    bit<128> dst = 0;
    bit<12> vlan = 0;
    context_t context;

    action refuse(bit<8> why) {
        events.count(why);
        drop_packet();
    }

    // The stateless stage: who is a tenant's server.

    action to_server(
        bit<12> vlan_id, @tc_type("macaddr") bit<48> server_mac, @tc_type("macaddr") bit<48> gateway_mac,
        @tc_type("dev") PortId_t port) {
        hdr.outer.setInvalid();
        hdr.outer4.setInvalid();
        hdr.outer6.setInvalid();
        hdr.udp.setInvalid();
        hdr.vxlan.setInvalid();
        hdr.vlan.setValid();
        hdr.vlan.priority = 0;
        hdr.vlan.drop_eligible = 0;
        hdr.vlan.id = vlan_id;
        hdr.vlan.type = hdr.ethernet.type;
        hdr.ethernet.dst = server_mac;
        hdr.ethernet.src = gateway_mac;
        hdr.ethernet.type = TYPE_VLAN;
        events.count(DECAPSULATED);
        send_to_port(port);
    }

    action no_server() {
        refuse(NO_SERVER);
    }

    table servers {
        key = {
            hdr.vxlan.vni : exact @name("vni");
            hdr.ipv4.dst  : exact @tc_type("ipv4") @name("dst");
        }
        actions = {
            to_server;
            no_server;
        }
        size = 4096;
        default_action = no_server();
    }

    table servers_ipv6 {
        key = {
            hdr.vxlan.vni : exact @name("vni");
            hdr.ipv6.dst  : exact @tc_type("ipv6") @name("dst");
        }
        actions = {
            to_server;
            no_server;
        }
        size = 4096;
        default_action = no_server();
    }

    // The stateful stage: how a destination is reached from a VLAN. An entry is state 1, none is state 0.

    action remember() {
        context_t since = newer.read();
        if (from_otr) {
            context_t now = { 1, (bit<1>)(hdr.outer6.isValid() ? 1w1 : 1w0), hdr.vxlan.vni, 0, 0,
                hdr.outer.src, hdr.outer.dst, hdr.ethernet.src, hdr.ethernet.dst };
            if (hdr.outer6.isValid()) {
                now.src = hdr.outer6.src;
                now.dst = hdr.outer6.dst;
            } else {
                now.src = (bit<128>)hdr.outer4.src;
                now.dst = (bit<128>)hdr.outer4.dst;
            }
            if (since.known == 1) {
                context = since;
            }
            if (now != context) {
                newer.write(now);
                events.count(MOVED);
#ifdef OFFLOAD_AFTER
                recall_flows();
#endif
            }
        } else {
            if (since.known == 1) {
                context = since;
            }
#ifdef OFFLOAD_AFTER
            bit<32> packets = sent.read();
            is_busy = packets >= OFFLOAD_AFTER;
            sent.write(packets |+| 1);
#endif
        }
    }

    @tableonly
    action to_ipv4(
        bit<24> vni, @tc_type("ipv4") bit<32> src, @tc_type("ipv4") bit<32> dst,
        @tc_type("macaddr") bit<48> outer_src, @tc_type("macaddr") bit<48> outer_dst,
        @tc_type("macaddr") bit<48> inner_src, @tc_type("macaddr") bit<48> inner_dst) {
        context = { 1, 0, vni, (bit<128>)src, (bit<128>)dst, outer_src, outer_dst, inner_src, inner_dst };
        remember();
    }

    @tableonly
    action to_ipv6(
        bit<24> vni, @tc_type("ipv6") bit<128> src, @tc_type("ipv6") bit<128> dst,
        @tc_type("macaddr") bit<48> outer_src, @tc_type("macaddr") bit<48> outer_dst,
        @tc_type("macaddr") bit<48> inner_src, @tc_type("macaddr") bit<48> inner_dst) {
        context = { 1, 1, vni, src, dst, outer_src, outer_dst, inner_src, inner_dst };
        remember();
    }

    @defaultonly
    action learn() {
        AddEntryErrorStatus_t added = ADD_ENTRY_NOT_DONE;
        if (from_otr) {
            if (hdr.outer6.isValid()) {
                added = add_entry("to_ipv6", {
                    hdr.vxlan.vni, hdr.outer6.src, hdr.outer6.dst,
                    hdr.outer.src, hdr.outer.dst, hdr.ethernet.src, hdr.ethernet.dst }, (ExpireTimeProfileId_t)0);
            } else {
                added = add_entry("to_ipv4", {
                    hdr.vxlan.vni, hdr.outer4.src, hdr.outer4.dst,
                    hdr.outer.src, hdr.outer.dst, hdr.ethernet.src, hdr.ethernet.dst }, (ExpireTimeProfileId_t)0);
            }
            if (added == ADD_ENTRY_SUCCESS) {
                events.count(LEARNT);
            }
        }
    }

    table contexts {
        key = {
            dst  : exact @tc_type("ipv6") @name("dst");
            vlan : exact @name("vlan");
        }
        actions = {
            to_ipv4;
            to_ipv6;
            learn;
        }
        default_action = learn();
        add_on_miss = true;
        pna_idle_timeout = PNA_IdleTimeout_t.AUTO_DELETE;
#ifdef OFFLOAD_AFTER
        weir_direct_register = { newer, sent };
#else
        weir_direct_register = newer;
#endif
        weir_cache_policy = "tinylfu";
        weir_cache_tenant = "vlan";
#ifdef QUOTA
        weir_cache_quota = QUOTA;
#endif
        size = CONTEXTS;
    }

    // The same for both directions: one hop less to live. False where that was the last one.
    action hop(out bool alive) {
        alive = true;
        if (hdr.ipv4.isValid()) {
            if (hdr.ipv4.ttl <= 1) {
                alive = false;
            } else {
                bit<16> was = hdr.ipv4.ttl ++ hdr.ipv4.protocol;
                hdr.ipv4.ttl = hdr.ipv4.ttl - 1;
                hdr.ipv4.checksum = changed(hdr.ipv4.checksum, was, hdr.ipv4.ttl ++ hdr.ipv4.protocol);
            }
        } else if (hdr.ipv6.ttl <= 1) {
            alive = false;
        } else {
            hdr.ipv6.ttl = hdr.ipv6.ttl - 1;
        }
    }

    // What the tunnel said of congestion reaches the packet (RFC 6040, section 4.2). False where it cannot.
    action mark(out bool understood) {
        understood = true;
        bit<2> seen = hdr.outer4.isValid() ? hdr.outer4.ecn : hdr.outer6.ecn;
        if (seen == 3) {
            if (hdr.ipv4.isValid()) {
                if (hdr.ipv4.ecn == 0) {
                    understood = false;
                } else {
                    bit<16> was = hdr.ipv4.version ++ hdr.ipv4.ihl ++ hdr.ipv4.dscp ++ hdr.ipv4.ecn;
                    hdr.ipv4.ecn = 3;
                    hdr.ipv4.checksum = changed(
                        hdr.ipv4.checksum, was, hdr.ipv4.version ++ hdr.ipv4.ihl ++ hdr.ipv4.dscp ++ hdr.ipv4.ecn);
                }
            } else if (hdr.ipv6.ecn == 0) {
                understood = false;
            } else {
                hdr.ipv6.ecn = 3;
            }
        }
    }

    action encapsulate() {
        bit<32> ports = 0;
        if (hdr.ports.isValid()) {
            ports = hdr.ports.src ++ hdr.ports.dst;
        }
        bit<32> flow = 0;
        bit<6> dscp = 0;
        bit<2> ecn = 0;
        if (hdr.ipv4.isValid()) {
            flow = hash.get_hash({ hdr.ipv4.src, hdr.ipv4.dst, hdr.ipv4.protocol, ports });
            dscp = hdr.ipv4.dscp;
            ecn = hdr.ipv4.ecn;
        } else {
            flow = hash.get_hash({ hdr.ipv6.src, hdr.ipv6.dst, hdr.ipv6.next, ports });
            dscp = hdr.ipv6.dscp;
            ecn = hdr.ipv6.ecn;
        }
        bit<16> length = (bit<16>)meta.octets - VLAN_SIZE + VXLAN_SIZE + UDP_SIZE;
        hdr.ethernet.src = context.inner_src;
        hdr.ethernet.dst = context.inner_dst;
        hdr.ethernet.type = hdr.vlan.type;
        hdr.vlan.setInvalid();
        hdr.outer.setValid();
        hdr.outer.src = context.outer_src;
        hdr.outer.dst = context.outer_dst;
        if (context.ipv6 == 1) {
            hdr.outer.type = TYPE_IPV6;
            hdr.outer6.setValid();
            hdr.outer6.version = 6;
            hdr.outer6.dscp = dscp;
            hdr.outer6.ecn = ecn;
            hdr.outer6.flow_label = flow[19:0];
            hdr.outer6.length = length;
            hdr.outer6.next = PROTOCOL_UDP;
            hdr.outer6.ttl = TUNNEL_TTL;
            hdr.outer6.src = context.src;
            hdr.outer6.dst = context.dst;
        } else {
            hdr.outer.type = TYPE_IPV4;
            hdr.outer4.setValid();
            hdr.outer4.version = 4;
            hdr.outer4.ihl = 5;
            hdr.outer4.dscp = dscp;
            hdr.outer4.ecn = ecn;
            hdr.outer4.length = length + IPV4_SIZE;
            hdr.outer4.id = 0;
            hdr.outer4.reserved = 0;
            hdr.outer4.dont_fragment = 1;
            hdr.outer4.more_fragments = 0;
            hdr.outer4.offset = 0;
            hdr.outer4.ttl = TUNNEL_TTL;
            hdr.outer4.protocol = PROTOCOL_UDP;
            hdr.outer4.src = context.src[31:0];
            hdr.outer4.dst = context.dst[31:0];
            meta.tunnelled = true;
        }
        hdr.udp.setValid();
        hdr.udp.src = 2w3 ++ flow[13:0]; // 49152 to 65535
        hdr.udp.dst = VXLAN_PORT;
        hdr.udp.length = length;
        hdr.udp.checksum = 0;
        hdr.vxlan.setValid();
        hdr.vxlan.flags = 0;
        hdr.vxlan.valid = 1;
        hdr.vxlan.more_flags = 0;
        hdr.vxlan.reserved = 0;
        hdr.vxlan.vlan_high = 0;
        hdr.vxlan.vni = context.vni;
        hdr.vxlan.vlan = 0;
        events.count(ENCAPSULATED);
        send_to_port((PortId_t)DC_PORT);
    }

    // Destination unreachable, fragmentation needed (RFC 792, RFC 1191); packet too big (RFC 4443). Back to where it came from.
    action answer_too_large() {
        bit<48> server = hdr.ethernet.src;
        hdr.ethernet.src = hdr.ethernet.dst;
        hdr.ethernet.dst = server;
        hdr.icmp.setValid();
        hdr.icmp.rest = INNER_MTU;
        hdr.icmp.checksum = 0;
        if (hdr.ipv4.isValid()) {
            hdr.reply4.setValid();
            hdr.reply4.version = 4;
            hdr.reply4.ihl = 5;
            hdr.reply4.dscp = 48; // internetwork control, as routers mark their ICMP errors (RFC 1812, section 4.3.2.5)
            hdr.reply4.ecn = 0;
            hdr.reply4.length = IPV4_SIZE + ICMP_SIZE + IPV4_SIZE + QUOTED_SIZE;
            hdr.reply4.id = 0;
            hdr.reply4.reserved = 0;
            hdr.reply4.dont_fragment = 1;
            hdr.reply4.more_fragments = 0;
            hdr.reply4.offset = 0;
            hdr.reply4.ttl = REPLY_TTL;
            hdr.reply4.protocol = PROTOCOL_ICMP;
            hdr.reply4.src = GATEWAY_IPV4;
            hdr.reply4.dst = hdr.ipv4.src;
            hdr.icmp.type = 3;
            hdr.icmp.code = 4;
        } else {
            hdr.reply6.setValid();
            hdr.reply6.version = 6;
            hdr.reply6.dscp = 48;
            hdr.reply6.ecn = 0;
            hdr.reply6.flow_label = 0;
            hdr.reply6.length = ICMP_SIZE + IPV6_SIZE + QUOTED_SIZE;
            hdr.reply6.next = PROTOCOL_ICMPV6;
            hdr.reply6.ttl = REPLY_TTL;
            hdr.reply6.src = GATEWAY_IPV6;
            hdr.reply6.dst = hdr.ipv6.src;
            hdr.icmp.type = 2;
            hdr.icmp.code = 0;
        }
        events.count(TOO_LARGE);
        send_to_port(istd.input_port);
    }

    apply {
        bool is_ip = (hdr.ipv4.isValid() && hdr.ipv4.version == 4 && hdr.ipv4.ihl >= 5) || (hdr.ipv6.isValid() && hdr.ipv6.version == 6);
        bool is_whole = !hdr.ipv4.isValid() || hdr.ipv4.length >= ((bit<16>)hdr.ipv4.ihl << 2);
        // All lengths are at most 16 bits: of a frame that is longer nothing is believed.
        bit<32> octets = hdr.ipv4.isValid() ? (bit<32>)hdr.ipv4.length : (bit<32>)(hdr.ipv6.length) + (bit<32>)IPV6_SIZE;
        bool is_tunnel = (PortIdUint_t)istd.input_port == DC_PORT || (PortIdUint_t)istd.input_port == OTR_PORT;
        bool alive = true;
        bool understood = true;
        if (istd.parser_error != error.NoError || meta.octets > 65535) {
            refuse(MALFORMED);
        } else if (is_tunnel) {
            bit<32> outer = hdr.outer4.isValid()
                ? (bit<32>)hdr.outer4.length - (bit<32>)IPV4_SIZE : (bit<32>)hdr.outer6.length;
            bit<32> before = (bit<32>)ETHERNET_SIZE + (hdr.outer4.isValid() ? (bit<32>)IPV4_SIZE : (bit<32>)IPV6_SIZE);
            if (!hdr.vxlan.isValid() || hdr.vxlan.valid == 0 || outer != (bit<32>)hdr.udp.length || before + outer > meta.octets) {
                refuse(MALFORMED);
            } else if (!is_ip) {
                refuse(NOT_IP);
            } else if (!is_whole || octets + (bit<32>)(UDP_SIZE + VXLAN_SIZE + ETHERNET_SIZE) > outer) {
                refuse(MALFORMED);
            } else if ((PortIdUint_t)istd.input_port == DC_PORT) {
                mark(understood);
                hop(alive);
                if (!understood) {
                    refuse(CONGESTED);
                } else if (!alive) {
                    refuse(TTL);
                } else {
#ifdef TEACH_OTR
                    mirror_packet((MirrorSlotId_t)0, (MirrorSessionId_t)TEACH_OTR);
#endif
                    if (hdr.ipv4.isValid()) {
                        servers.apply();
                    } else {
                        servers_ipv6.apply();
                    }
                }
            } else {
                from_otr = true;
#ifdef WIDE_VLAN
                vlan = hdr.vxlan.vlan_high ++ hdr.vxlan.vlan;
                hdr.vxlan.vlan_high = 0;
#else
                vlan = (bit<12>)hdr.vxlan.vlan;
#endif
                hdr.vxlan.vlan = 0;
                dst = hdr.ipv4.isValid() ? 80w0 ++ 16w0xffff ++ hdr.ipv4.dst : hdr.ipv6.dst;
                events.count(RETURNED);
                send_to_port((PortId_t)DC_PORT);
                if (vlan == 0) {
                    events.count(UNTAGGED);
                } else {
                    contexts.apply();
                }
            }
        } else if (!is_ip || !hdr.vlan.isValid() || hdr.vlan.id == 0) {
            refuse(NOT_IP);
        } else if (!is_whole || octets + (bit<32>)(ETHERNET_SIZE + VLAN_SIZE) > meta.octets) {
            refuse(MALFORMED);
        } else if (meta.too_large) {
            bit<8> kind = hdr.quoted.octets[63:56];
            bool is_error = hdr.ipv4.isValid()
                ? hdr.ipv4.protocol == PROTOCOL_ICMP && kind != 8 && kind != 0 : hdr.ipv6.next == PROTOCOL_ICMPV6 && kind < 128;
            if (is_error || (hdr.ipv4.isValid() && (hdr.ipv4.ihl != 5 || hdr.ipv4.offset != 0))) {
                refuse(TOO_LARGE);
            } else {
                answer_too_large();
            }
        } else {
            dst = hdr.ipv4.isValid() ? 80w0 ++ 16w0xffff ++ hdr.ipv4.dst : hdr.ipv6.dst;
            vlan = hdr.vlan.id;
            if (contexts.apply().miss) {
                events.count(UNKNOWN);
                send_to_port((PortId_t)OTR_PORT);
#ifdef OFFLOAD_AFTER
                set_flow_offloaded(false);
#endif
            } else {
                hop(alive);
                if (alive) {
                    encapsulate();
#ifdef OFFLOAD_AFTER
                    if (is_busy) {
                        set_flow_offloaded(true);
                    }
#endif
                } else {
                    refuse(TTL);
                }
            }
        }
    }
}

PNA_NIC(GatewayParser(), Gateway(), GatewayDeparser()) main;
