package dev.weir.wire.linux;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import dev.weir.wire.BpfInstruction;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * A classic BPF program for the kernel to run on the packets of a socket.
 *
 * @param code at most 4096 instructions
 */
record SocketFilter(List<BpfInstruction> code) {
    private static final int INSTRUCTION_SIZE = 8, PROGRAM_SIZE = 16, PROGRAM_CODE = 8;

    /** Rejects every packet. */
    static final SocketFilter NONE = new SocketFilter(List.of(new BpfInstruction(BpfInstruction.RET, 0, 0, 0)));

    /** As {@code struct sock_fprog}: 0 count (16 bits), 8 address of {@code struct sock_filter}s. */
    MemorySegment encode(Arena arena) {
        MemorySegment instructions = arena.allocate((long) code.size() * INSTRUCTION_SIZE, 8);
        for (int i = 0; i < code.size(); i++) {
            BpfInstruction instruction = code.get(i);
            long at = (long) i * INSTRUCTION_SIZE;
            instructions.set(JAVA_SHORT, at, (short) instruction.code());
            instructions.set(JAVA_BYTE, at + 2, (byte) instruction.jumpTrue());
            instructions.set(JAVA_BYTE, at + 3, (byte) instruction.jumpFalse());
            instructions.set(JAVA_INT, at + 4, instruction.k());
        }
        MemorySegment program = arena.allocate(PROGRAM_SIZE, 8);
        program.set(JAVA_SHORT, 0, (short) code.size());
        program.set(ADDRESS, PROGRAM_CODE, instructions);
        return program;
    }
}
