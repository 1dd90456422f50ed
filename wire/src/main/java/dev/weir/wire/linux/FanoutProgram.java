package dev.weir.wire.linux;

import static dev.weir.wire.BpfInstruction.*;

import dev.weir.wire.BpfInstruction;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * {@link Fanout#queue} as a classic BPF program for PACKET_FANOUT_CBPF, but for the remainder, which the kernel takes
 * itself. The kernel runs it with the packet at its network header: offset 0 is what follows the EtherType that it knows
 * the packet by, after the first VLAN tag, which it has taken out. Further tags, up to four, are stepped over. A load
 * outside the packet ends the program with 0.
 */
final class FanoutProgram {
    /** Where the ancillary loads of the kernel begin, and the one that gives the EtherType. */
    private static final int ANCILLARY = -0x1000, ETHER_TYPE = 0;

    private static final int TAGS = 4, TAG_SIZE = 4, TAG_TYPE = 2;
    private static final int IPV4 = 0x0800,
            IPV6 = 0x86DD,
            CUSTOMER_TAG = 0x8100,
            SERVICE_TAG = 0x88A8,
            OLD_TAG = 0x9100;
    private static final int IPV4_FRAGMENT = 6, IPV4_PROTOCOL = 9, IPV4_SOURCE = 12, FRAGMENT_BITS = 0x3FFF;
    private static final int IPV6_NEXT = 6, IPV6_SOURCE = 8, IPV6_SIZE = 40, IPV6_WORDS = 8;
    private static final int[] WITH_PORTS = {6, 17, 33, 132, 136}; // TCP, UDP, DCCP, SCTP, UDP-Lite

    /** Cells of the scratch memory. */
    private static final int BASE = 0, ADDRESSES = 1, PROTOCOL = 2, PORTS = 3;

    private final List<BpfInstruction> code = new ArrayList<>();
    private final Map<Integer, List<String>> jumps = new HashMap<>();
    private final Map<String, Integer> labels = new HashMap<>();

    private FanoutProgram() {}

    static SocketFilter create() {
        return new FanoutProgram().write();
    }

    private SocketFilter write() {
        loadConstant(0);
        store(PORTS);
        emit(LDX | W | IMM, 0);
        emit(LD | W | ABS, ANCILLARY + ETHER_TYPE);
        for (int tag = 0; tag < TAGS; tag++) {
            jump(JEQ, CUSTOMER_TAG, "tag" + tag, "");
            jump(JEQ, SERVICE_TAG, "tag" + tag, "");
            jump(JEQ, OLD_TAG, "tag" + tag, "network");
            label("tag" + tag);
            emit(MISC | TXA, 0);
            emit(ALU | ADD, TAG_SIZE);
            emit(MISC | TAX, 0);
            emit(LD | H | IND, TAG_TYPE - TAG_SIZE);
        }
        label("network");
        emit(STX, BASE);
        jump(JEQ, IPV4, "ipv4", "");
        jump(JEQ, IPV6, "ipv6", "");
        emit(RET, 0);
        ipv4();
        ipv6();
        mix();
        return resolve();
    }

    /** X holds where the header is; falls through to nothing. */
    private void ipv4() {
        label("ipv4");
        emit(LD | W | IND, IPV4_SOURCE);
        store(ADDRESSES);
        emit(LD | W | IND, IPV4_SOURCE + 4);
        exclusiveOr(ADDRESSES);
        emit(LD | H | IND, IPV4_FRAGMENT);
        jump(JSET, FRAGMENT_BITS, "mix", "");
        emit(LD | B | IND, IPV4_PROTOCOL);
        store(PROTOCOL);
        emit(LD | B | IND, 0);
        emit(ALU | AND, 0x0F);
        emit(ALU | LSH, 2);
        emit(ALU | ADD | X, 0);
        emit(MISC | TAX, 0);
        emit(LD | W | MEM, PROTOCOL);
        always("transport");
    }

    private void ipv6() {
        label("ipv6");
        emit(LD | W | IND, IPV6_SOURCE);
        store(ADDRESSES);
        for (int word = 1; word < IPV6_WORDS; word++) {
            emit(LD | W | IND, IPV6_SOURCE + 4 * word);
            exclusiveOr(ADDRESSES);
        }
        emit(MISC | TXA, 0);
        emit(ALU | ADD, IPV6_SIZE);
        store(PROTOCOL);
        emit(LD | B | IND, IPV6_NEXT);
        emit(LDX | W | MEM, PROTOCOL);
        label("transport");
    }

    /** A holds the protocol, X where the transport header is. */
    private void mix() {
        for (int protocol : WITH_PORTS) jump(JEQ, protocol, "ports", "");
        always("mix");
        label("ports");
        emit(LD | H | IND, 0);
        store(PORTS);
        emit(LD | H | IND, 2);
        emit(LDX | W | MEM, PORTS);
        emit(ALU | XOR | X, 0);
        store(PORTS);
        label("mix");
        emit(LD | W | MEM, PORTS);
        emit(ALU | MUL, Fanout.FIRST);
        emit(LDX | W | MEM, ADDRESSES);
        emit(ALU | XOR | X, 0);
        emit(ALU | MUL, Fanout.SECOND);
        shiftInto(Fanout.SHIFT);
        emit(ALU | MUL, Fanout.THIRD);
        shiftInto(Fanout.LAST_SHIFT);
        emit(RET | BpfInstruction.A, 0);
    }

    /** A ^= A >>> by. */
    private void shiftInto(int by) {
        emit(MISC | TAX, 0);
        emit(ALU | RSH, by);
        emit(ALU | XOR | X, 0);
    }

    /** The cell ^= A, by way of X, which then holds the base again. */
    private void exclusiveOr(int cell) {
        emit(LDX | W | MEM, cell);
        emit(ALU | XOR | X, 0);
        store(cell);
        emit(LDX | W | MEM, BASE);
    }

    private void loadConstant(int value) {
        emit(LD | W | IMM, value);
    }

    private void store(int cell) {
        emit(ST, cell);
    }

    private void emit(int operation, int k) {
        code.add(new BpfInstruction(operation, 0, 0, k));
    }

    private void label(String name) {
        labels.put(name, code.size());
    }

    /** A conditional jump to labels further on; an empty one is the next instruction. */
    private void jump(int condition, int k, String whenTrue, String whenFalse) {
        jumps.put(code.size(), List.of(whenTrue, whenFalse));
        emit(JMP | condition, k);
    }

    private void always(String label) {
        jumps.put(code.size(), List.of(label));
        emit(JMP | JA, 0);
    }

    private SocketFilter resolve() {
        List<BpfInstruction> resolved = new ArrayList<>();
        for (int i = 0; i < code.size(); i++) {
            BpfInstruction each = code.get(i);
            List<String> to = jumps.getOrDefault(i, List.of());
            int at = i;
            resolved.add(
                    switch (to.size()) {
                        case 0 -> each;
                        case 1 -> new BpfInstruction(each.code(), 0, 0, distance(at, to.getFirst()));
                        default ->
                            new BpfInstruction(
                                    each.code(), distance(at, to.getFirst()), distance(at, to.getLast()), each.k());
                    });
        }
        BpfInstruction.check(resolved);
        return new SocketFilter(List.copyOf(resolved));
    }

    private int distance(int from, String label) {
        return label.isEmpty() ? 0 : labels.getOrDefault(label, 0) - from - 1;
    }
}
