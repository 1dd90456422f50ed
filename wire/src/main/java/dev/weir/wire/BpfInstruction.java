package dev.weir.wire;

import java.util.List;

/**
 * An instruction of the classic BSD packet filter. Source: McCanne and Jacobson, "The BSD Packet Filter", 1993, and
 * bpf(4).
 *
 * @param code class, size or operation, and mode or source, in 16 bits
 * @param jumpTrue instructions to step over when a condition holds
 * @param jumpFalse the same when it does not
 * @param k the constant, unsigned
 */
public record BpfInstruction(int code, int jumpTrue, int jumpFalse, int k) {
    public static final int LD = 0, LDX = 1, ST = 2, STX = 3, ALU = 4, JMP = 5, RET = 6, MISC = 7;
    public static final int W = 0x00, H = 0x08, B = 0x10;
    public static final int IMM = 0x00, ABS = 0x20, IND = 0x40, MEM = 0x60, LEN = 0x80, MSH = 0xA0;
    public static final int ADD = 0x00, SUB = 0x10, MUL = 0x20, DIV = 0x30, OR = 0x40, AND = 0x50;
    public static final int LSH = 0x60, RSH = 0x70, NEG = 0x80, MOD = 0x90, XOR = 0xA0;
    public static final int JA = 0x00, JEQ = 0x10, JGT = 0x20, JGE = 0x30, JSET = 0x40;
    public static final int X = 0x08, A = 0x10, TAX = 0x00, TXA = 0x80;

    /** Cells of the scratch memory. */
    public static final int MEMORY = 16;

    int kind() {
        return code & 0x07;
    }

    int size() {
        return code & 0x18;
    }

    int mode() {
        return code & 0xE0;
    }

    int operation() {
        return code & 0xF0;
    }

    boolean fromX() {
        return (code & X) != 0;
    }

    /** @throws IllegalArgumentException when these do not make a program: what bpf(4) does not define */
    public static void check(List<BpfInstruction> code) {
        if (code.isEmpty() || code.getLast().kind() != RET) {
            throw new IllegalArgumentException("a BPF program ends with a return");
        }
        for (int i = 0; i < code.size(); i++) {
            if (!code.get(i).valid(i, code.size() - i - 1)) {
                throw new IllegalArgumentException("BPF instruction " + i + " is not valid: " + code.get(i));
            }
        }
    }

    /**
     * @param before how many instructions go before this one
     * @param after how many follow
     */
    private boolean valid(int before, int after) {
        return switch (kind()) {
            case LD -> validLoad() || (size() == W && validValue());
            case LDX -> size() == W ? validValue() : code == (LDX | B | MSH);
            case ST, STX -> code <= STX && validCell();
            case ALU -> code >>> 8 == 0 && operation() <= XOR;
            case JMP -> validJump(before, after);
            case RET -> code == RET || code == (RET | A);
            default -> code == (MISC | TAX) || code == (MISC | TXA);
        };
    }

    private boolean validLoad() {
        return code >>> 8 == 0 && size() <= B && (mode() == ABS || mode() == IND);
    }

    private boolean validValue() {
        return code >>> 8 == 0 && (mode() == IMM || mode() == LEN || (mode() == MEM && validCell()));
    }

    private boolean validCell() {
        return k >= 0 && k < MEMORY;
    }

    private boolean validJump(int before, int after) {
        if (code == (JMP | JA)) return k < after && k >= -1 - before;
        return code >>> 8 == 0 && operation() >= JEQ && operation() <= JSET && Math.max(jumpTrue, jumpFalse) < after;
    }
}
