package dev.weir.offload.xdp;

import static dev.weir.offload.xdp.FlowProgram.IMPOSSIBLE;
import static dev.weir.offload.xdp.FlowProgram.up;
import static dev.weir.wire.linux.EbpfAssembler.Condition.ABOVE;
import static dev.weir.wire.linux.EbpfAssembler.Condition.ANY_BIT;
import static dev.weir.wire.linux.EbpfAssembler.Condition.EQUAL;
import static dev.weir.wire.linux.EbpfAssembler.Condition.NOT_EQUAL;
import static dev.weir.wire.linux.EbpfAssembler.Operation.ADD;
import static dev.weir.wire.linux.EbpfAssembler.Operation.AND;
import static dev.weir.wire.linux.EbpfAssembler.Operation.EXCLUSIVE_OR;
import static dev.weir.wire.linux.EbpfAssembler.Operation.OR;
import static dev.weir.wire.linux.EbpfAssembler.Operation.SHIFT_RIGHT;
import static dev.weir.wire.linux.EbpfAssembler.Operation.SUBTRACT;
import static dev.weir.wire.linux.EbpfAssembler.Register.R0;
import static dev.weir.wire.linux.EbpfAssembler.Register.R1;
import static dev.weir.wire.linux.EbpfAssembler.Register.R10;
import static dev.weir.wire.linux.EbpfAssembler.Register.R2;
import static dev.weir.wire.linux.EbpfAssembler.Register.R3;
import static dev.weir.wire.linux.EbpfAssembler.Register.R4;
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
import dev.weir.wire.linux.EbpfAssembler.Register;

/**
 * What {@link ActionCode} does before the IP header: hardware addresses, VLAN tags, tunnels. Where the frame grows or
 * shrinks its beginning moves, so that only what lies before the IP header is written again.
 *
 * <pre>
 * | MACs 12 | popped tags | other tags | type | IP
 *           | outer headers | MACs 12 | pushed tags | other tags | type | IP
 * </pre>
 */
final class ReshapeCode {
    /** Where this goes on; R9 is the IP header. */
    static final String HEADERS = "headers";

    private static final int ETHERNET = 14, MACS_OCTETS = 12;
    /** All that an action adds, and what was there, fit in these. */
    private static final int OFFSET_BITS = 0x7F;

    private final EbpfAssembler code;
    private final XdpMaps maps;

    ReshapeCode(EbpfAssembler code, XdpMaps maps) {
        this.code = code;
        this.maps = maps;
    }

    void write() {
        code.load(WORD, R3, R7, ActionLayout.WHAT).jump(ANY_BIT, R3, ActionLayout.RESHAPE, "reshape");
        code.compute(AND, R3, ActionLayout.TO_MAC | ActionLayout.FROM_MAC).jump(EQUAL, R3, 0, HEADERS);
        frame(ETHERNET);
        macs(R1, 0, "here");
        code.jump(HEADERS).label("reshape");
        frame(ETHERNET);
        code.load(DOUBLE, R2, R1, 0)
                .store(DOUBLE, R10, Stack.MACS, R2)
                .load(WORD, R2, R1, 8)
                .store(WORD, R10, Stack.MACS + 8, R2);
        macs(R10, Stack.MACS, "kept");
        move();
        link();
        tunnel();
    }

    /** R1 is the beginning of the frame, of which at least so much is there. */
    private void frame(int octets) {
        code.load(WORD, R1, R6, FlowProgram.CONTEXT_DATA)
                .move(R2, R1)
                .compute(ADD, R2, octets)
                .jump(ABOVE, R2, R8, IMPOSSIBLE);
    }

    private void macs(Register base, int at, String path) {
        String noTo = "no-to-" + path, noFrom = "no-from-" + path;
        code.load(WORD, R3, R7, ActionLayout.WHAT)
                .move(R2, R3)
                .compute(AND, R2, ActionLayout.TO_MAC)
                .jump(EQUAL, R2, 0, noTo)
                .load(WORD, R2, R7, ActionLayout.DESTINATION_MAC)
                .store(WORD, base, at, R2)
                .load(HALF, R2, R7, ActionLayout.DESTINATION_MAC + 4)
                .store(HALF, base, at + 4, R2)
                .label(noTo)
                .compute(AND, R3, ActionLayout.FROM_MAC)
                .jump(EQUAL, R3, 0, noFrom)
                .load(HALF, R2, R7, ActionLayout.SOURCE_MAC)
                .store(HALF, base, at + 6, R2)
                .load(WORD, R2, R7, ActionLayout.SOURCE_MAC + 2)
                .store(WORD, base, at + 8, R2)
                .label(noFrom);
    }

    /** Moves the beginning of the frame; R9 is the IP header again, R8 the end, R1 the beginning of the inner frame. */
    private void move() {
        code.load(BYTE, R2, R7, ActionLayout.POPPED)
                .load(BYTE, R3, R7, ActionLayout.PUSHED)
                .compute(SUBTRACT, R2, R3)
                .load(BYTE, R3, R7, ActionLayout.OUTER)
                .compute(SUBTRACT, R2, R3)
                .load(DOUBLE, R3, R10, Stack.LENGTH)
                .compute(SUBTRACT, R3, R2)
                .store(DOUBLE, R10, Stack.NEW_LENGTH, R3)
                .load(DOUBLE, R3, R10, Stack.TAGS)
                .compute(ADD, R3, ETHERNET)
                .compute(SUBTRACT, R3, R2)
                .compute(AND, R3, OFFSET_BITS)
                .store(DOUBLE, R10, Stack.IP_AT, R3)
                .jump(EQUAL, R2, 0, "moved")
                .move(R1, R6)
                .call(FlowProgram.ADJUST_HEAD)
                .jump(NOT_EQUAL, R0, 0, up(PassedUp.NO_ROOM))
                .label("moved")
                .load(WORD, R1, R6, FlowProgram.CONTEXT_DATA)
                .load(WORD, R8, R6, FlowProgram.CONTEXT_END)
                .load(DOUBLE, R2, R10, Stack.IP_AT)
                .move(R9, R1)
                .compute(ADD, R9, R2)
                .load(BYTE, R2, R7, ActionLayout.OUTER)
                .compute(ADD, R1, R2);
    }

    /** Hardware addresses and pushed tags of the inner frame, which R1 is. */
    private void link() {
        code.move(R2, R1)
                .compute(ADD, R2, MACS_OCTETS + 2 * ActionLayout.TAG)
                .jump(ABOVE, R2, R8, IMPOSSIBLE)
                .load(DOUBLE, R2, R10, Stack.MACS)
                .store(DOUBLE, R1, 0, R2)
                .load(WORD, R2, R10, Stack.MACS + 8)
                .store(WORD, R1, 8, R2)
                .load(BYTE, R3, R7, ActionLayout.PUSHED)
                .jump(EQUAL, R3, 0, "tagged")
                .load(WORD, R2, R7, ActionLayout.TAGS)
                .store(WORD, R1, MACS_OCTETS, R2)
                .jump(EQUAL, R3, ActionLayout.TAG, "tagged")
                .load(WORD, R2, R7, ActionLayout.TAGS + ActionLayout.TAG)
                .store(WORD, R1, MACS_OCTETS + ActionLayout.TAG, R2)
                .label("tagged");
    }

    private void tunnel() {
        code.load(WORD, R1, R7, ActionLayout.WHAT)
                .compute(AND, R1, ActionLayout.TUNNEL4 | ActionLayout.TUNNEL6)
                .jump(EQUAL, R1, 0, HEADERS)
                .move(R2, R7)
                .compute(ADD, R2, ActionLayout.TUNNEL)
                .loadMap(R1, maps.tunnels())
                .call(FlowProgram.MAP_LOOKUP)
                .jump(EQUAL, R0, 0, IMPOSSIBLE)
                .load(WORD, R1, R7, ActionLayout.WHAT)
                .jump(ANY_BIT, R1, ActionLayout.TUNNEL6, "tunnel6");
        over(TunnelLayout.OVER_IPV4);
        length(ETHERNET);
        code.move(R3, R2).networkOrder(R3, 16).store(HALF, R1, TunnelLayout.TOTAL_LENGTH, R3);
        ipv4Sum();
        code.compute(SUBTRACT, R2, 20).networkOrder(R2, 16).store(HALF, R1, TunnelLayout.UDP_LENGTH4, R2);
        sourcePort(TunnelLayout.UDP_PORT4);
        code.jump(HEADERS).label("tunnel6");
        over(TunnelLayout.OVER_IPV6);
        flowLabel();
        length(ETHERNET + 40);
        code.networkOrder(R2, 16)
                .store(HALF, R1, TunnelLayout.PAYLOAD_LENGTH, R2)
                .store(HALF, R1, TunnelLayout.UDP_LENGTH6, R2);
        sourcePort(TunnelLayout.UDP_PORT6);
    }

    /** Copies the template that R0 is to the beginning of the frame, which R1 becomes. */
    private void over(int octets) {
        frame(octets);
        int at = 0;
        for (; at <= octets - 8; at += 8) code.load(DOUBLE, R2, R0, at).store(DOUBLE, R1, at, R2);
        if (at <= octets - 4) {
            code.load(WORD, R2, R0, at).store(WORD, R1, at, R2);
            at += 4;
        }
        code.load(HALF, R2, R0, at).store(HALF, R1, at, R2);
    }

    /** R2 becomes how much of the new frame lies behind its first octets. */
    private void length(int first) {
        code.load(DOUBLE, R2, R10, Stack.NEW_LENGTH).compute(SUBTRACT, R2, first);
    }

    /** R3 is the total length in network order, R0 the template, which has the sum of all else. */
    private void ipv4Sum() {
        code.load(WORD, R4, R0, TunnelLayout.SUM)
                .compute(ADD, R3, R4)
                .move(R4, R3)
                .compute(SHIFT_RIGHT, R4, 16)
                .compute(AND, R3, 0xFFFF)
                .compute(ADD, R3, R4)
                .compute(EXCLUSIVE_OR, R3, 0xFFFF)
                .store(HALF, R1, TunnelLayout.IPV4_SUM, R3);
    }

    private void flowLabel() {
        code.load(DOUBLE, R3, R10, Stack.STATE)
                .load(WORD, R3, R3, StateLayout.FLOW_LABEL)
                .load(WORD, R2, R1, TunnelLayout.FLOW_LABEL)
                .compute(OR, R2, R3)
                .store(WORD, R1, TunnelLayout.FLOW_LABEL, R2);
    }

    private void sourcePort(int at) {
        code.load(DOUBLE, R3, R10, Stack.STATE)
                .load(HALF, R2, R3, StateLayout.OUTER_PORT)
                .store(HALF, R1, at, R2);
    }
}
