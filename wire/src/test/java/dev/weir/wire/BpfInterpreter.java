package dev.weir.wire;

import static dev.weir.wire.BpfInstruction.*;

import java.util.List;

/** Classic BPF done plainly, one instruction at a time, as bpf(4) describes it: what translated programs must agree with. */
final class BpfInterpreter {
    private final byte[] packet;
    private final int length;
    private final int[] memory = new int[MEMORY];
    private int a;
    private int x;
    private boolean rejected;

    private BpfInterpreter(byte[] packet, int length) {
        this.packet = packet;
        this.length = length;
    }

    static int run(List<BpfInstruction> code, byte[] packet, int length) {
        return new BpfInterpreter(packet, length).run(code);
    }

    private int run(List<BpfInstruction> code) {
        int at = 0;
        while (true) {
            BpfInstruction it = code.get(at++);
            switch (it.kind()) {
                case LD -> a = load(it);
                case LDX -> x = it.mode() == MSH ? (load(it) & 0xF) * 4 : load(it);
                case ST -> memory[it.k()] = a;
                case STX -> memory[it.k()] = x;
                case ALU -> a = compute(it);
                case JMP -> at += jump(it);
                case RET -> {
                    return (it.code() & 0x18) == A ? a : it.k();
                }
                default -> {
                    if (it.operation() == TXA) a = x;
                    else x = a;
                }
            }
            if (rejected) return 0;
        }
    }

    private int load(BpfInstruction it) {
        long k = Integer.toUnsignedLong(it.k());
        return switch (it.mode()) {
            case IMM -> it.k();
            case LEN -> length;
            case MEM -> memory[it.k()];
            case IND -> octets(Integer.toUnsignedLong(x) + k, it.size());
            default -> octets(k, it.mode() == MSH ? B : it.size());
        };
    }

    private int octets(long from, int size) {
        int count = size == W ? 4 : size == H ? 2 : 1;
        if (from + count > packet.length) {
            rejected = true;
            return 0;
        }
        int value = 0;
        for (int i = 0; i < count; i++) value = (value << 8) | (packet[(int) from + i] & 0xFF);
        return value;
    }

    private int compute(BpfInstruction it) {
        long left = Integer.toUnsignedLong(a);
        long right = Integer.toUnsignedLong(it.fromX() ? x : it.k());
        boolean divides = it.operation() == DIV || it.operation() == MOD;
        if (divides && right == 0) {
            rejected = true;
            return 0;
        }
        long result = switch (it.operation()) {
            case ADD -> left + right;
            case SUB -> left - right;
            case MUL -> left * right;
            case DIV -> left / right;
            case MOD -> left % right;
            case OR -> left | right;
            case AND -> left & right;
            case XOR -> left ^ right;
            case LSH -> right < 32 ? left << right : 0;
            case RSH -> right < 32 ? left >> right : 0;
            default -> -left;
        };
        return (int) result;
    }

    private int jump(BpfInstruction it) {
        long left = Integer.toUnsignedLong(a);
        long right = Integer.toUnsignedLong(it.fromX() ? x : it.k());
        boolean holds = switch (it.operation()) {
            case JEQ -> left == right;
            case JGT -> left > right;
            case JGE -> left >= right;
            default -> (left & right) != 0;
        };
        if (it.operation() == JA) return it.k();
        return holds ? it.jumpTrue() : it.jumpFalse();
    }
}
