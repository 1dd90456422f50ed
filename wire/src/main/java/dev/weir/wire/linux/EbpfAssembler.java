package dev.weir.wire.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * Writes eBPF programs (RFC 9669) an instruction a call. Only what programs here need; the kernel's verifier judges what
 * comes out. One thread.
 *
 * <pre>
 * byte 0        1             2        4           8
 *      | opcode | src4 | dst4 | offset | immediate |        native byte order; a big-endian machine has dst4 first
 * </pre>
 */
final class EbpfAssembler {
    /** Registers: the result; the arguments of a call, of which the first is the context at the program's start. */
    static final int R0 = 0, R1 = 1, R2 = 2, R3 = 3, R4 = 4, R5 = 5;
    /** Octets of an instruction. */
    static final int SIZE = 8;

    private static final int LOAD_WORD = 0x61, MOVE_CONSTANT = 0xB7, MOVE_REGISTER = 0xBF, CALL = 0x85, EXIT = 0x95;
    private static final int LOAD_WIDE = 0x18, SOURCE_IS_MAP = 1;

    private final List<Instruction> instructions = new ArrayList<>();

    private record Instruction(int opcode, int destination, int source, int offset, int immediate) {}

    /** {@code destination = *(u32 *)(source + offset)}. */
    EbpfAssembler loadWord(int destination, int source, int offset) {
        return add(LOAD_WORD, destination, source, offset, 0);
    }

    /** {@code destination = constant}, its sign extended. */
    EbpfAssembler move(int destination, int constant) {
        return add(MOVE_CONSTANT, destination, 0, 0, constant);
    }

    /** {@code destination = source}. */
    EbpfAssembler moveRegister(int destination, int source) {
        return add(MOVE_REGISTER, destination, source, 0, 0);
    }

    /** {@code destination} = the map of that file descriptor; takes the room of two instructions. */
    EbpfAssembler loadMap(int destination, int fd) {
        return add(LOAD_WIDE, destination, SOURCE_IS_MAP, 0, fd).add(0, 0, 0, 0, 0);
    }

    /** {@code R0 = helper(R1, R2, R3, R4, R5)}, by the kernel's number of the helper. */
    EbpfAssembler call(int helper) {
        return add(CALL, 0, 0, 0, helper);
    }

    /** Ends the program; R0 is its verdict. */
    EbpfAssembler exit() {
        return add(EXIT, 0, 0, 0, 0);
    }

    /** How many instructions there are so far, in units of {@link #SIZE}. */
    int count() {
        return instructions.size();
    }

    /** The program as the kernel takes it. */
    MemorySegment assemble(Arena arena) {
        MemorySegment code = arena.allocate((long) count() * SIZE, SIZE);
        boolean little = ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN;
        long at = 0;
        for (Instruction i : instructions) {
            int registers = little ? i.source << 4 | i.destination : i.destination << 4 | i.source;
            code.set(JAVA_BYTE, at, (byte) i.opcode);
            code.set(JAVA_BYTE, at + 1, (byte) registers);
            code.set(JAVA_SHORT, at + 2, (short) i.offset);
            code.set(JAVA_INT, at + 4, i.immediate);
            at += SIZE;
        }
        return code;
    }

    private EbpfAssembler add(int opcode, int destination, int source, int offset, int immediate) {
        instructions.add(new Instruction(opcode, destination, source, offset, immediate));
        return this;
    }
}
