package dev.weir.offload.xdp;

import static dev.weir.offload.xdp.FlowProgram.network;
import static dev.weir.offload.xdp.FlowProgram.up;
import static dev.weir.wire.linux.EbpfAssembler.Condition.ABOVE;
import static dev.weir.wire.linux.EbpfAssembler.Condition.ANY_BIT;
import static dev.weir.wire.linux.EbpfAssembler.Condition.BELOW;
import static dev.weir.wire.linux.EbpfAssembler.Condition.EQUAL;
import static dev.weir.wire.linux.EbpfAssembler.Condition.NOT_EQUAL;
import static dev.weir.wire.linux.EbpfAssembler.Operation.ADD;
import static dev.weir.wire.linux.EbpfAssembler.Operation.AND;
import static dev.weir.wire.linux.EbpfAssembler.Operation.OR;
import static dev.weir.wire.linux.EbpfAssembler.Operation.SHIFT_LEFT;
import static dev.weir.wire.linux.EbpfAssembler.Operation.SHIFT_RIGHT;
import static dev.weir.wire.linux.EbpfAssembler.Operation.SUBTRACT;
import static dev.weir.wire.linux.EbpfAssembler.Register.R0;
import static dev.weir.wire.linux.EbpfAssembler.Register.R1;
import static dev.weir.wire.linux.EbpfAssembler.Register.R10;
import static dev.weir.wire.linux.EbpfAssembler.Register.R2;
import static dev.weir.wire.linux.EbpfAssembler.Register.R3;
import static dev.weir.wire.linux.EbpfAssembler.Register.R4;
import static dev.weir.wire.linux.EbpfAssembler.Register.R5;
import static dev.weir.wire.linux.EbpfAssembler.Register.R6;
import static dev.weir.wire.linux.EbpfAssembler.Register.R7;
import static dev.weir.wire.linux.EbpfAssembler.Register.R8;
import static dev.weir.wire.linux.EbpfAssembler.Register.R9;
import static dev.weir.wire.linux.EbpfAssembler.Width.BYTE;
import static dev.weir.wire.linux.EbpfAssembler.Width.DOUBLE;
import static dev.weir.wire.linux.EbpfAssembler.Width.HALF;
import static dev.weir.wire.linux.EbpfAssembler.Width.WORD;

import dev.weir.offload.xdp.FlowProgram.Stack;
import dev.weir.wire.linux.EbpfAssembler;
import dev.weir.wire.linux.EbpfMap;

/**
 * The first part of {@link FlowProgram}: from a frame to the state and the action of its flow. Falls through to
 * {@link FlowProgram#FOUND} with R7 the action.
 */
final class PacketCode {
    private static final int ETHERNET = 14, TYPE = 12, TAG = 4, MAX_TAGS = 2;
    private static final int IPV4 = 0x0800,
            IPV6 = 0x86DD,
            CUSTOMER_TAG = 0x8100,
            SERVICE_TAG = 0x88A8,
            OLD_TAG = 0x9100;
    private static final int IPV4_OCTETS = 20, IPV4_LENGTH = 2, IPV4_FRAGMENT = 6, IPV4_PROTOCOL = 9, IPV4_SOURCE = 12;
    private static final int NO_OPTIONS = 0x45, FRAGMENT_BITS = 0x3FFF;
    private static final int IPV6_OCTETS = 40, IPV6_LENGTH = 4, IPV6_NEXT = 6, IPV6_SOURCE = 8;
    private static final int TCP_OCTETS = 20, TCP_OFFSET = 12, TCP_FLAGS = 13, TCP_SUM = 16, FIN_SYN_RST = 0x07;
    private static final int UDP_OCTETS = 8, UDP_LENGTH = 4, UDP_SUM = 6;
    private static final int ECHO_OCTETS = 8, ECHO_SUM = 2, ECHO_IDENTIFIER = 4;
    private static final int ECHO_REQUEST = 0x0800, ECHO_REPLY = 0x0000, ECHO_REQUEST6 = 0x8000, ECHO_REPLY6 = 0x8100;

    private final EbpfAssembler code;
    private final XdpMaps maps;
    private final boolean byVlan;
    private final int tenant;

    PacketCode(EbpfAssembler code, FlowProgram.Place place) {
        this.code = code;
        maps = place.maps();
        byVlan = place.byVlan();
        tenant = place.tenant();
    }

    void write() {
        ethernet();
        ipv4();
        ipv6();
        lookUp();
    }

    private void ethernet() {
        code.move(R6, R1).call(FlowProgram.BUFFER_LENGTH).store(DOUBLE, R10, Stack.LENGTH, R0);
        code.load(WORD, R7, R6, FlowProgram.CONTEXT_DATA)
                .load(WORD, R8, R6, FlowProgram.CONTEXT_END)
                .move(R9, R7);
        reach(R9, ETHERNET, PassedUp.MALFORMED);
        code.load(HALF, R5, R7, TYPE).move(R3, 0).move(R4, 0);
        for (int tag = 0; tag < MAX_TAGS; tag++) {
            String tagged = "tag-" + tag;
            code.jump(EQUAL, R5, network(CUSTOMER_TAG), tagged)
                    .jump(EQUAL, R5, network(SERVICE_TAG), tagged)
                    .jump(NOT_EQUAL, R5, network(OLD_TAG), "network")
                    .label(tagged);
            reach(R9, TAG, PassedUp.MALFORMED);
            vlanOfTag(tag);
            code.load(HALF, R5, R9, -2).compute(ADD, R3, TAG);
        }
        code.label("network")
                .store(DOUBLE, R10, Stack.TAGS, R3)
                .store(DOUBLE, R10, Stack.VLANS, R4)
                .jump(EQUAL, R5, network(IPV4), "ipv4")
                .jump(EQUAL, R5, network(IPV6), "ipv6")
                .jump(up(PassedUp.NOT_IP));
    }

    /** Moves a pointer into the packet on, if there are that many octets. */
    private void reach(EbpfAssembler.Register pointer, int octets, PassedUp otherwise) {
        code.compute(ADD, pointer, octets).jump(ABOVE, pointer, R8, up(otherwise));
    }

    /** R9 is behind the tag; R4 gathers the identifiers, as TenantMode.VLAN says them. */
    private void vlanOfTag(int tag) {
        code.load(HALF, R1, R9, -4).networkOrder(R1, 16).compute(AND, R1, 0xFFF);
        if (tag > 0) code.compute(SHIFT_LEFT, R1, 12);
        code.compute(OR, R4, R1);
    }

    private void ipv4() {
        code.label("ipv4").move(R2, R9);
        reach(R2, IPV4_OCTETS, PassedUp.MALFORMED);
        code.load(BYTE, R1, R9, 0)
                .jump(NOT_EQUAL, R1, NO_OPTIONS, up(PassedUp.OPTIONS))
                .load(HALF, R1, R9, IPV4_FRAGMENT)
                .jump(ANY_BIT, R1, network(FRAGMENT_BITS), up(PassedUp.FRAGMENT))
                .load(HALF, R1, R9, IPV4_LENGTH)
                .networkOrder(R1, 16)
                .jump(BELOW, R1, IPV4_OCTETS + UDP_OCTETS, up(PassedUp.MALFORMED));
        lengths(IPV4_OCTETS);
        constant(Stack.FAMILY, 4);
        code.load(BYTE, R1, R9, IPV4_PROTOCOL)
                .jump(EQUAL, R1, XdpFlow.TCP, "tcp4")
                .jump(EQUAL, R1, XdpFlow.UDP, "udp4")
                .jump(EQUAL, R1, XdpFlow.ICMP, "echo4")
                .jump(up(PassedUp.PROTOCOL));
        transports(4, IPV4_OCTETS, KeyLayout.PORTS4);
        code.label("key4").load(DOUBLE, R1, R9, IPV4_SOURCE).store(DOUBLE, R10, Stack.KEY, R1);
        space(KeyLayout.SPACE4);
        code.loadMap(R1, maps.flows4()).jump("look-up");
    }

    private void ipv6() {
        code.label("ipv6").move(R2, R9);
        reach(R2, IPV6_OCTETS, PassedUp.MALFORMED);
        code.load(BYTE, R1, R9, 0)
                .compute(SHIFT_RIGHT, R1, 4)
                .jump(NOT_EQUAL, R1, 6, up(PassedUp.MALFORMED))
                .load(HALF, R1, R9, IPV6_LENGTH)
                .networkOrder(R1, 16)
                .jump(BELOW, R1, UDP_OCTETS, up(PassedUp.MALFORMED))
                .compute(ADD, R1, IPV6_OCTETS);
        lengths(IPV6_OCTETS);
        constant(Stack.FAMILY, 6);
        code.load(BYTE, R1, R9, IPV6_NEXT)
                .jump(EQUAL, R1, XdpFlow.TCP, "tcp6")
                .jump(EQUAL, R1, XdpFlow.UDP, "udp6")
                .jump(EQUAL, R1, XdpFlow.ICMPV6, "echo6")
                .jump(up(PassedUp.PROTOCOL));
        transports(6, IPV6_OCTETS, KeyLayout.PORTS6);
        code.label("key6");
        for (int at = 0; at < 2 * 16; at += 8) {
            code.load(DOUBLE, R1, R9, IPV6_SOURCE + at).store(DOUBLE, R10, Stack.KEY + at, R1);
        }
        space(KeyLayout.SPACE6);
        code.loadMap(R1, maps.flows6()).jump("look-up");
    }

    /** R1 has the length of the IP packet, which must not go beyond the frame. */
    private void lengths(int header) {
        code.load(DOUBLE, R2, R10, Stack.LENGTH)
                .compute(SUBTRACT, R2, ETHERNET)
                .load(DOUBLE, R3, R10, Stack.TAGS)
                .compute(SUBTRACT, R2, R3)
                .jump(ABOVE, R1, R2, up(PassedUp.MALFORMED))
                .store(DOUBLE, R10, Stack.IP_OCTETS, R1)
                .compute(SUBTRACT, R1, header)
                .store(DOUBLE, R10, Stack.TRANSPORT_OCTETS, R1);
    }

    private void constant(int at, int value) {
        code.move(R2, value).store(DOUBLE, R10, at, R2);
    }

    private void transports(int family, int ip, int keyPorts) {
        tcp(family, ip, keyPorts);
        udp(family, ip, keyPorts);
        echo(family, ip, keyPorts);
    }

    private void begin(String label, int ip, int octets, int protocol, int portsAt, int sumAt) {
        code.label(label).move(R2, R9);
        reach(R2, ip + octets, PassedUp.MALFORMED);
        constant(Stack.PROTOCOL, protocol);
        constant(Stack.PORTS_AT, ip + portsAt);
        constant(Stack.SUM_AT, ip + sumAt);
        constant(Stack.END_AT, ip + octets);
    }

    private void tcp(int family, int ip, int keyPorts) {
        begin("tcp" + family, ip, TCP_OCTETS, XdpFlow.TCP, 0, TCP_SUM);
        code.load(BYTE, R1, R9, ip + TCP_OFFSET)
                .compute(SHIFT_RIGHT, R1, 4)
                .compute(SHIFT_LEFT, R1, 2)
                .jump(BELOW, R1, TCP_OCTETS, up(PassedUp.MALFORMED))
                .load(DOUBLE, R2, R10, Stack.TRANSPORT_OCTETS)
                .jump(ABOVE, R1, R2, up(PassedUp.MALFORMED))
                .load(BYTE, R1, R9, ip + TCP_FLAGS)
                .jump(ANY_BIT, R1, FIN_SYN_RST, up(PassedUp.CONTROL))
                .store(DOUBLE, R10, Stack.TCP_FLAGS, R1)
                .load(WORD, R1, R9, ip)
                .store(WORD, R10, Stack.KEY + keyPorts, R1)
                .jump("key" + family);
    }

    /** The checksum covers as much as UDP's own length says. */
    private void udp(int family, int ip, int keyPorts) {
        begin("udp" + family, ip, UDP_OCTETS, XdpFlow.UDP, 0, UDP_SUM);
        code.load(HALF, R1, R9, ip + UDP_LENGTH)
                .networkOrder(R1, 16)
                .jump(BELOW, R1, UDP_OCTETS, up(PassedUp.MALFORMED))
                .load(DOUBLE, R2, R10, Stack.TRANSPORT_OCTETS)
                .jump(ABOVE, R1, R2, up(PassedUp.MALFORMED))
                .store(DOUBLE, R10, Stack.TRANSPORT_OCTETS, R1);
        constant(Stack.TCP_FLAGS, 0);
        code.load(WORD, R1, R9, ip).store(WORD, R10, Stack.KEY + keyPorts, R1).jump("key" + family);
    }

    private void echo(int family, int ip, int keyPorts) {
        boolean isIpv4 = family == 4;
        String isEcho = "is-echo" + family;
        begin("echo" + family, ip, ECHO_OCTETS, isIpv4 ? XdpFlow.ICMP : XdpFlow.ICMPV6, ECHO_IDENTIFIER, ECHO_SUM);
        code.load(HALF, R1, R9, ip)
                .jump(EQUAL, R1, network(isIpv4 ? ECHO_REQUEST : ECHO_REQUEST6), isEcho)
                .jump(NOT_EQUAL, R1, network(isIpv4 ? ECHO_REPLY : ECHO_REPLY6), up(PassedUp.PROTOCOL))
                .label(isEcho);
        constant(Stack.TCP_FLAGS, 0);
        code.load(HALF, R1, R9, ip + ECHO_IDENTIFIER)
                .store(HALF, R10, Stack.KEY + keyPorts, R1)
                .store(HALF, R10, Stack.KEY + keyPorts + 2, R1)
                .jump("key" + family);
    }

    /** The tenant and the protocol of the key. */
    private void space(int at) {
        code.load(DOUBLE, R1, R10, Stack.PROTOCOL);
        if (byVlan) {
            code.load(DOUBLE, R2, R10, Stack.VLANS).compute(SHIFT_LEFT, R2, 8).compute(OR, R1, R2);
        } else if (tenant != 0) {
            code.compute32(OR, R1, tenant << 8);
        }
        code.store(WORD, R10, Stack.KEY + at, R1);
    }

    /** R1 has the map; its value is the index of the state, whose beginning is the index of the action. */
    private void lookUp() {
        code.label("look-up").move(R2, R10).compute(ADD, R2, Stack.KEY).call(FlowProgram.MAP_LOOKUP);
        code.jump(EQUAL, R0, 0, up(PassedUp.NO_FLOW));
        follow(maps.states());
        code.store(DOUBLE, R10, Stack.STATE, R0);
        follow(maps.actions());
        code.move(R7, R0).label(FlowProgram.FOUND);
    }

    /** R0 points to an index, and then to that element of an array. */
    private void follow(EbpfMap array) {
        code.move(R2, R0).loadMap(R1, array).call(FlowProgram.MAP_LOOKUP).jump(EQUAL, R0, 0, up(PassedUp.NO_FLOW));
    }
}
