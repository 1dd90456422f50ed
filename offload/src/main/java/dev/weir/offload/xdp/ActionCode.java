package dev.weir.offload.xdp;

import static dev.weir.offload.xdp.FlowProgram.IMPOSSIBLE;
import static dev.weir.offload.xdp.FlowProgram.up;
import static dev.weir.wire.linux.EbpfAssembler.Condition.ABOVE;
import static dev.weir.wire.linux.EbpfAssembler.Condition.ANY_BIT;
import static dev.weir.wire.linux.EbpfAssembler.Condition.AT_MOST;
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
import dev.weir.wire.linux.XdpProgram;

/**
 * The second part of {@link FlowProgram}: R7 is the action. First all that may send the packet up is looked at, while it is
 * as it came; then it is changed, {@link ReshapeCode} before {@link #headers}; then counted; then it goes.
 */
final class ActionCode {
    private static final int IPV4_CLASS = 1, IPV4_TTL = 8, IPV4_SUM = 10, IPV4_SOURCE = 12, IPV4_DESTINATION = 16;
    private static final int IPV6_TTL = 7, IPV6_SOURCE = 8, IPV6_DESTINATION = 24;
    private static final int HALF_BITS = 16, HALF_MASK = 0xFFFF;

    private final EbpfAssembler code;
    private final XdpMaps maps;

    ActionCode(EbpfAssembler code, XdpMaps maps) {
        this.code = code;
        this.maps = maps;
    }

    void write() {
        verdict();
        mayLeave();
        new ReshapeCode(code, maps).write();
        headers();
        count();
    }

    private void verdict() {
        code.load(WORD, R1, R7, ActionLayout.WHAT)
                .move(R2, XdpProgram.DROP)
                .store(DOUBLE, R10, Stack.VERDICT, R2)
                .jump(ANY_BIT, R1, ActionLayout.DROP, "count")
                .move(R2, XdpProgram.PASS)
                .store(DOUBLE, R10, Stack.VERDICT, R2)
                .jump(ANY_BIT, R1, ActionLayout.PASS, "count")
                .move(R2, XdpProgram.REDIRECT)
                .store(DOUBLE, R10, Stack.VERDICT, R2);
    }

    private void mayLeave() {
        code.load(WORD, R2, R7, ActionLayout.LONGEST)
                .load(DOUBLE, R3, R10, Stack.LENGTH)
                .jump(ABOVE, R3, R2, up(PassedUp.TOO_LONG))
                .load(BYTE, R2, R7, ActionLayout.POPPED)
                .load(DOUBLE, R3, R10, Stack.TAGS)
                .jump(ABOVE, R2, R3, up(PassedUp.TAGS))
                .load(WORD, R1, R7, ActionLayout.WHAT)
                .compute(AND, R1, ActionLayout.SAME_TAGS)
                .jump(EQUAL, R1, 0, "any-tags")
                .load(WORD, R2, R7, ActionLayout.TAGGED)
                .jump(NOT_EQUAL, R2, R3, up(PassedUp.TAGS))
                .load(WORD, R2, R7, ActionLayout.VLANS)
                .load(DOUBLE, R3, R10, Stack.VLANS)
                .jump(NOT_EQUAL, R2, R3, up(PassedUp.TAGS))
                .label("any-tags")
                .load(DOUBLE, R4, R10, Stack.FAMILY)
                .jump(EQUAL, R4, 6, "leave6")
                .load(BYTE, R2, R9, IPV4_CLASS);
        sameClass("class4");
        ttl(IPV4_TTL, "hops4");
        code.load(WORD, R1, R9, IPV4_SOURCE)
                .load(WORD, R2, R9, IPV4_DESTINATION)
                .compute(ADD, R1, R2);
        code.jump("unfinished")
                .label("leave6")
                .load(HALF, R2, R9, 0)
                .networkOrder(R2, HALF_BITS)
                .compute(SHIFT_RIGHT, R2, 4)
                .compute(AND, R2, 0xFF);
        sameClass("class6");
        ttl(IPV6_TTL, "hops6");
        code.load(WORD, R1, R9, IPV6_SOURCE);
        for (int at = IPV6_SOURCE + 4; at < IPV6_SOURCE + 32; at += 4) {
            code.load(WORD, R2, R9, at).compute(ADD, R1, R2);
        }
        unfinished();
    }

    /** R2 is the packet's type of service. */
    private void sameClass(String any) {
        code.load(WORD, R1, R7, ActionLayout.WHAT)
                .compute(AND, R1, ActionLayout.SAME_CLASS)
                .jump(EQUAL, R1, 0, any)
                .load(WORD, R1, R7, ActionLayout.CLASS)
                .jump(NOT_EQUAL, R1, R2, up(PassedUp.TYPE_OF_SERVICE))
                .label(any);
    }

    private void ttl(int at, String enough) {
        code.load(WORD, R1, R7, ActionLayout.WHAT)
                .compute(AND, R1, ActionLayout.TTL)
                .jump(EQUAL, R1, 0, enough)
                .load(BYTE, R1, R9, at)
                .jump(AT_MOST, R1, 1, up(PassedUp.TTL))
                .label(enough);
    }

    /**
     * R1 is the sum of the addresses. A sender that leaves the checksum to the interface stores that of the pseudo header in
     * its place, which a program cannot tell from the packet in another way, nor finish, nor change as if it were whole.
     */
    private void unfinished() {
        code.label("unfinished")
                .load(DOUBLE, R2, R10, Stack.PROTOCOL)
                .jump(EQUAL, R2, XdpFlow.ICMP, "finished")
                .jump(EQUAL, R2, XdpFlow.ICMPV6, "finished")
                .networkOrder(R2, HALF_BITS)
                .compute(ADD, R1, R2)
                .load(DOUBLE, R2, R10, Stack.TRANSPORT_OCTETS)
                .networkOrder(R2, HALF_BITS)
                .compute(ADD, R1, R2);
        for (int i = 0; i < 3; i++) fold(R1);
        checksum();
        code.load(HALF, R2, R3, 0)
                .jump(EQUAL, R1, R2, up(PassedUp.UNFINISHED_CHECKSUM))
                .label("finished");
    }

    private void fold(Register sum) {
        code.move(R4, sum)
                .compute(SHIFT_RIGHT, R4, HALF_BITS)
                .compute(AND, sum, HALF_MASK)
                .compute(ADD, sum, R4);
    }

    /** R3 becomes where the transport header's checksum is. */
    private void checksum() {
        code.move(R3, R9).load(DOUBLE, R2, R10, Stack.SUM_AT).compute(ADD, R3, R2);
    }

    /** R9 is the IP header; whatever came before may have moved the packet. */
    private void headers() {
        code.label(ReshapeCode.HEADERS)
                .load(WORD, R1, R7, ActionLayout.WHAT)
                .compute(AND, R1, ActionLayout.ENDS | ActionLayout.TTL)
                .jump(EQUAL, R1, 0, "count")
                .move(R2, R9)
                .load(DOUBLE, R3, R10, Stack.END_AT)
                .compute(ADD, R2, R3)
                .jump(ABOVE, R2, R8, IMPOSSIBLE)
                .load(DOUBLE, R2, R10, Stack.FAMILY)
                .jump(EQUAL, R2, 6, "headers6")
                .load(HALF, R1, R9, IPV4_SUM);
        changeSum(ActionLayout.IPV4_SUM);
        code.store(HALF, R9, IPV4_SUM, R1);
        hopLess(IPV4_TTL, "same4");
        code.load(WORD, R1, R7, ActionLayout.SOURCE)
                .store(WORD, R9, IPV4_SOURCE, R1)
                .load(WORD, R1, R7, ActionLayout.DESTINATION)
                .store(WORD, R9, IPV4_DESTINATION, R1)
                .jump("ports")
                .label("headers6");
        hopLess(IPV6_TTL, "same6");
        for (int half = 0; half < 16; half += 8) {
            code.load(DOUBLE, R1, R7, ActionLayout.SOURCE + half)
                    .store(DOUBLE, R9, IPV6_SOURCE + half, R1)
                    .load(DOUBLE, R1, R7, ActionLayout.DESTINATION + half)
                    .store(DOUBLE, R9, IPV6_DESTINATION + half, R1);
        }
        ports();
    }

    /** Goes on to the addresses where there are new ones. */
    private void hopLess(int at, String same) {
        code.load(WORD, R1, R7, ActionLayout.WHAT)
                .move(R2, R1)
                .compute(AND, R2, ActionLayout.TTL)
                .jump(EQUAL, R2, 0, same)
                .load(BYTE, R2, R9, at)
                .compute(SUBTRACT, R2, 1)
                .store(BYTE, R9, at, R2)
                .label(same)
                .compute(AND, R1, ActionLayout.ENDS)
                .jump(EQUAL, R1, 0, "count");
    }

    /** R1 is a checksum; it becomes what it is after the change. */
    private void changeSum(int change) {
        code.load(HALF, R2, R7, change).compute(EXCLUSIVE_OR, R1, HALF_MASK).compute(ADD, R1, R2);
        fold(R1);
        code.compute(EXCLUSIVE_OR, R1, HALF_MASK);
    }

    private void ports() {
        code.label("ports")
                .move(R3, R9)
                .load(DOUBLE, R2, R10, Stack.PORTS_AT)
                .compute(ADD, R3, R2)
                .load(WORD, R1, R7, ActionLayout.PORTS)
                .load(DOUBLE, R2, R10, Stack.PROTOCOL)
                .jump(EQUAL, R2, XdpFlow.TCP, "both-ports")
                .jump(EQUAL, R2, XdpFlow.UDP, "both-ports")
                .store(HALF, R3, 0, R1)
                .jump("transport-sum")
                .label("both-ports")
                .store(WORD, R3, 0, R1)
                .label("transport-sum");
        checksum();
        code.load(HALF, R1, R3, 0)
                .load(DOUBLE, R2, R10, Stack.PROTOCOL)
                .jump(NOT_EQUAL, R2, XdpFlow.UDP, "has-sum")
                .jump(EQUAL, R1, 0, "count")
                .label("has-sum");
        changeSum(ActionLayout.TRANSPORT_SUM);
        code.jump(NOT_EQUAL, R1, 0, "sum-changed")
                .load(DOUBLE, R2, R10, Stack.PROTOCOL)
                .jump(NOT_EQUAL, R2, XdpFlow.UDP, "sum-changed")
                .move(R1, HALF_MASK)
                .label("sum-changed")
                .store(HALF, R3, 0, R1);
    }

    private void count() {
        code.label("count").load(DOUBLE, R1, R10, Stack.STATE).move(R2, 1);
        code.addAtomically(DOUBLE, R1, StateLayout.PACKETS, R2)
                .load(DOUBLE, R2, R10, Stack.IP_OCTETS)
                .addAtomically(DOUBLE, R1, StateLayout.IP_OCTETS, R2)
                .load(DOUBLE, R2, R10, Stack.LENGTH)
                .addAtomically(DOUBLE, R1, StateLayout.FRAME_OCTETS, R2)
                .load(DOUBLE, R2, R10, Stack.TCP_FLAGS)
                .load(WORD, R3, R1, StateLayout.TCP_FLAGS)
                .move(R4, R3)
                .compute(OR, R4, R2)
                .jump(EQUAL, R3, R4, "flags-known")
                .orAtomically(WORD, R1, StateLayout.TCP_FLAGS, R2)
                .label("flags-known")
                .call(FlowProgram.COARSE_CLOCK)
                .load(DOUBLE, R1, R10, Stack.STATE)
                .store(DOUBLE, R1, StateLayout.LAST_SEEN, R0)
                .load(DOUBLE, R0, R10, Stack.VERDICT)
                .jump(EQUAL, R0, XdpProgram.REDIRECT, "redirect")
                .exit()
                .label("redirect")
                .load(WORD, R2, R7, ActionLayout.PORT)
                .loadMap(R1, maps.devices())
                .move(R3, XdpProgram.DROP)
                .call(FlowProgram.REDIRECT_MAP)
                .exit();
    }
}
