package dev.weir.wire.linux;

import dev.weir.wire.linux.EbpfAssembler.Condition;
import dev.weir.wire.linux.EbpfAssembler.Operation;
import dev.weir.wire.linux.EbpfAssembler.Register;
import dev.weir.wire.linux.EbpfAssembler.Width;

/**
 * One eBPF instruction (RFC 9669), and how the kernel's verifier writes it, so that its log and a listing read alike.
 * Immutable.
 *
 * @param opcode eight bits
 * @param destination number of a register
 * @param source number of a register, or for a load of 64 bits what kind of number its immediate is
 * @param offset of memory, or the distance of a jump; 16 bits with sign
 * @param immediate 32 bits with sign
 * @param text what the verifier writes; for the second half of a load of 64 bits nothing
 * @param target the label that a jump goes to, which gives {@code offset}; empty for all others
 */
record EbpfInstruction(int opcode, int destination, int source, int offset, int immediate, String text, String target) {
    /** Classes of opcodes, and what is added to them. */
    private static final int LDX = 0x61, ST = 0x62, STX = 0x63, ATOMIC = 0xC3;

    private static final int ALU32 = 0x04, JUMP = 0x05, ALU64 = 0x07, REGISTER = 0x08, TO_BIG_ENDIAN = 0xDC;
    private static final int LOAD_WIDE = 0x18, CALL = 0x85, EXIT = 0x95, SOURCE_IS_MAP = 1;
    private static final int ATOMIC_ADD = 0x00, ATOMIC_OR = 0x40;

    static EbpfInstruction load(Width width, Register destination, Register base, int offset) {
        return plain(
                LDX | width.bits,
                destination,
                base.number,
                offset,
                0,
                "%s = %s".formatted(destination.text(), memory(width, base, offset)));
    }

    static EbpfInstruction store(Width width, Register base, int offset, Register source) {
        return plain(
                STX | width.bits,
                base,
                source.number,
                offset,
                0,
                "%s = %s".formatted(memory(width, base, offset), source.text()));
    }

    static EbpfInstruction store(Width width, Register base, int offset, int constant) {
        return plain(
                ST | width.bits, base, 0, offset, constant, "%s = %d".formatted(memory(width, base, offset), constant));
    }

    static EbpfInstruction atomic(boolean add, Width width, Register base, int offset, Register source) {
        return plain(
                ATOMIC | width.bits,
                base,
                source.number,
                offset,
                add ? ATOMIC_ADD : ATOMIC_OR,
                "lock %s %s %s".formatted(memory(width, base, offset), add ? "+=" : "|=", source.text()));
    }

    static EbpfInstruction compute(Operation operation, Register destination, Register source) {
        return plain(
                ALU64 | REGISTER | operation.bits,
                destination,
                source.number,
                0,
                0,
                "%s %s %s".formatted(destination.text(), operation.text, source.text()));
    }

    static EbpfInstruction compute(Operation operation, Register destination, int constant) {
        return plain(
                ALU64 | operation.bits,
                destination,
                0,
                0,
                constant,
                "%s %s %d".formatted(destination.text(), operation.text, constant));
    }

    static EbpfInstruction compute32(Operation operation, Register destination, int constant) {
        return plain(
                ALU32 | operation.bits,
                destination,
                0,
                0,
                constant,
                "w%d %s %d".formatted(destination.number, operation.text, constant));
    }

    static EbpfInstruction bigEndian(Register destination, int bits) {
        return plain(TO_BIG_ENDIAN, destination, 0, 0, bits, "%1$s = be%2$d %1$s".formatted(destination.text(), bits));
    }

    static EbpfInstruction jump(Condition condition, Register left, Register right, String target) {
        return new EbpfInstruction(
                JUMP | REGISTER | condition.bits,
                left.number,
                right.number,
                0,
                0,
                "if %s %s %s".formatted(left.text(), condition.text, right.text()),
                target);
    }

    static EbpfInstruction jump(Condition condition, Register left, int right, String target) {
        return new EbpfInstruction(
                JUMP | condition.bits,
                left.number,
                0,
                0,
                right,
                "if %s %s %d".formatted(left.text(), condition.text, right),
                target);
    }

    static EbpfInstruction jump(String target) {
        return new EbpfInstruction(JUMP, 0, 0, 0, 0, "", target);
    }

    static EbpfInstruction loadMap(Register destination, int fd) {
        return plain(LOAD_WIDE, destination, SOURCE_IS_MAP, 0, fd, "%s = map[fd:%d]".formatted(destination.text(), fd));
    }

    /** What takes the room of the other half of a load of 64 bits; the upper 32 of these are 0. */
    static EbpfInstruction rest() {
        return new EbpfInstruction(0, 0, 0, 0, 0, "", "");
    }

    static EbpfInstruction call(int helper) {
        return plain(CALL, Register.R0, 0, 0, helper, "call " + helper);
    }

    static EbpfInstruction exit() {
        return plain(EXIT, Register.R0, 0, 0, 0, "exit");
    }

    private static EbpfInstruction plain(
            int opcode, Register destination, int source, int offset, int immediate, String text) {
        return new EbpfInstruction(opcode, destination.number, source, offset, immediate, text, "");
    }

    private static String memory(Width width, Register base, int offset) {
        return "*(u%d *)(%s %s %d)".formatted(width.octets * 8, base.text(), offset < 0 ? '-' : '+', Math.abs(offset));
    }

    boolean isJump() {
        return !target.isEmpty();
    }

    /** The instruction for a reader; a jump with where it goes. */
    String listed() {
        if (!isJump()) return text;
        return text.isEmpty() ? "goto " + target : text + " goto " + target;
    }
}
