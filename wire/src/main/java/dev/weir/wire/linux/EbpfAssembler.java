package dev.weir.wire.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Writes eBPF programs (RFC 9669) an instruction a call. Jumps go to labels, which are names, forward or back. Only what
 * programs here need; the kernel's verifier judges what comes out. Numbers are in native byte order. One thread; for the
 * control path, as it allocates.
 *
 * <pre>
 * byte 0        1             2        4           8
 *      | opcode | src4 | dst4 | offset | immediate |        native byte order; a big-endian machine has dst4 first
 * </pre>
 */
public final class EbpfAssembler {
    /**
     * R0 is a call's result and the program's verdict; R1 to R5 are the arguments of a call, of which R1 is the context at
     * the program's start, and lost by it; R6 to R9 survive calls; R10 points behind 512 octets of stack.
     */
    public enum Register {
        R0(0),
        R1(1),
        R2(2),
        R3(3),
        R4(4),
        R5(5),
        R6(6),
        R7(7),
        R8(8),
        R9(9),
        R10(10);

        final int number;

        Register(int number) {
            this.number = number;
        }

        String text() {
            return "r" + number;
        }
    }

    /** How much of memory an instruction takes. What is loaded has zeros above. */
    public enum Width {
        BYTE(1, 0x10),
        HALF(2, 0x08),
        WORD(4, 0x00),
        DOUBLE(8, 0x18);

        final int octets;
        final int bits;

        Width(int octets, int bits) {
            this.octets = octets;
            this.bits = bits;
        }
    }

    /** What is made of a register and another or a constant, over all 64 bits. */
    public enum Operation {
        ADD(0x00, "+="),
        SUBTRACT(0x10, "-="),
        OR(0x40, "|="),
        AND(0x50, "&="),
        SHIFT_LEFT(0x60, "<<="),
        SHIFT_RIGHT(0x70, ">>="),
        EXCLUSIVE_OR(0xA0, "^="),
        MOVE(0xB0, "=");

        final int bits;
        final String text;

        Operation(int bits, String text) {
            this.bits = bits;
            this.text = text;
        }
    }

    /** What a jump depends on, without signs; constants are taken with theirs. */
    public enum Condition {
        EQUAL(0x10, "=="),
        ABOVE(0x20, ">"),
        AT_LEAST(0x30, ">="),
        ANY_BIT(0x40, "&"),
        NOT_EQUAL(0x50, "!="),
        BELOW(0xA0, "<"),
        AT_MOST(0xB0, "<=");

        final int bits;
        final String text;

        Condition(int bits, String text) {
            this.bits = bits;
            this.text = text;
        }
    }

    /** Octets of an instruction. */
    static final int SIZE = 8;

    private final List<EbpfInstruction> instructions = new ArrayList<>();
    private final Map<String, Integer> labels = new HashMap<>();

    /** {@code destination = *(width *)(base + offset)}. */
    public EbpfAssembler load(Width width, Register destination, Register base, int offset) {
        return add(EbpfInstruction.load(width, destination, base, offset));
    }

    /** {@code *(width *)(base + offset) = source}. */
    public EbpfAssembler store(Width width, Register base, int offset, Register source) {
        return add(EbpfInstruction.store(width, base, offset, source));
    }

    /** {@code *(width *)(base + offset) = constant}, its sign extended. */
    public EbpfAssembler store(Width width, Register base, int offset, int constant) {
        return add(EbpfInstruction.store(width, base, offset, constant));
    }

    /** {@code *(width *)(base + offset) += source}, in one step for all who do so; a word or a double one. */
    public EbpfAssembler addAtomically(Width width, Register base, int offset, Register source) {
        return add(EbpfInstruction.atomic(true, width, base, offset, source));
    }

    /** {@code *(width *)(base + offset) |= source}, in one step for all who do so; a word or a double one. */
    public EbpfAssembler orAtomically(Width width, Register base, int offset, Register source) {
        return add(EbpfInstruction.atomic(false, width, base, offset, source));
    }

    /** {@code destination op= source}. */
    public EbpfAssembler compute(Operation operation, Register destination, Register source) {
        return add(EbpfInstruction.compute(operation, destination, source));
    }

    /** {@code destination op= constant}, its sign extended. */
    public EbpfAssembler compute(Operation operation, Register destination, int constant) {
        return add(EbpfInstruction.compute(operation, destination, constant));
    }

    /** {@code destination op= constant} over the lower 32 bits; the upper ones become 0. */
    public EbpfAssembler compute32(Operation operation, Register destination, int constant) {
        return add(EbpfInstruction.compute32(operation, destination, constant));
    }

    /** {@code destination = constant}, its sign extended. */
    public EbpfAssembler move(Register destination, int constant) {
        return compute(Operation.MOVE, destination, constant);
    }

    /** {@code destination = source}. */
    public EbpfAssembler move(Register destination, Register source) {
        return compute(Operation.MOVE, destination, source);
    }

    /** The lower 16, 32 or 64 bits change between native and network byte order; those above become 0. */
    public EbpfAssembler networkOrder(Register destination, int bits) {
        return add(EbpfInstruction.bigEndian(destination, bits));
    }

    /** Goes to the label where the condition holds. */
    public EbpfAssembler jump(Condition condition, Register left, Register right, String label) {
        return add(EbpfInstruction.jump(condition, left, right, label));
    }

    /** Goes to the label where the condition holds. */
    public EbpfAssembler jump(Condition condition, Register left, int right, String label) {
        return add(EbpfInstruction.jump(condition, left, right, label));
    }

    /** Goes to the label. */
    public EbpfAssembler jump(String label) {
        return add(EbpfInstruction.jump(label));
    }

    /**
     * The next instruction is where jumps to this label go.
     *
     * @throws IllegalArgumentException when there is such a label already, or it is empty
     */
    public EbpfAssembler label(String name) {
        if (name.isEmpty() || labels.putIfAbsent(name, instructions.size()) != null) {
            throw new IllegalArgumentException("label '" + name + "': empty or given twice; take another name");
        }
        return this;
    }

    /** {@code destination} = the map; takes the room of two instructions. */
    public EbpfAssembler loadMap(Register destination, EbpfMap map) {
        return loadMap(destination, map.descriptor());
    }

    /** The same by the map's file descriptor. */
    EbpfAssembler loadMap(Register destination, int fd) {
        return add(EbpfInstruction.loadMap(destination, fd)).add(EbpfInstruction.rest());
    }

    /** {@code R0 = helper(R1, R2, R3, R4, R5)}, by the kernel's number of the helper. */
    public EbpfAssembler call(int helper) {
        return add(EbpfInstruction.call(helper));
    }

    /** Ends the program; R0 is its verdict. */
    public EbpfAssembler exit() {
        return add(EbpfInstruction.exit());
    }

    /** How many instructions there are so far, in units of {@link #SIZE}. */
    public int count() {
        return instructions.size();
    }

    /** The program for a reader, an instruction a line with its number, as in the verifier's log, and labels before theirs. */
    public String listing() {
        Map<Integer, String> names = labels.entrySet().stream()
                .collect(Collectors.toMap(
                        Map.Entry::getValue,
                        e -> e.getKey() + ":\n",
                        (one, other) -> one.compareTo(other) < 0 ? one + other : other + one));
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < instructions.size(); i++) {
            text.append(names.getOrDefault(i, ""));
            String line = instructions.get(i).listed();
            if (!line.isEmpty()) text.append("%4d: %s%n".formatted(i, line));
        }
        return text.toString();
    }

    /**
     * The program as the kernel takes it.
     *
     * @throws IllegalStateException when a jump goes to a label that there is not, or too far away
     */
    MemorySegment assemble(Arena arena) {
        MemorySegment code = arena.allocate((long) count() * SIZE, SIZE);
        boolean little = ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN;
        for (int i = 0; i < instructions.size(); i++) {
            EbpfInstruction instruction = instructions.get(i);
            int source = instruction.source(), destination = instruction.destination();
            long at = (long) i * SIZE;
            code.set(JAVA_BYTE, at, (byte) instruction.opcode());
            code.set(JAVA_BYTE, at + 1, (byte) (little ? source << 4 | destination : destination << 4 | source));
            code.set(JAVA_SHORT, at + 2, (short) (instruction.isJump() ? distance(i) : instruction.offset()));
            code.set(JAVA_INT, at + 4, instruction.immediate());
        }
        return code;
    }

    /** From the instruction after the jump. */
    private int distance(int jump) {
        String label = instructions.get(jump).target();
        Integer to = labels.get(label);
        if (to == null)
            throw new IllegalStateException("label '" + label + "': jumped to at " + jump + ", but missing");
        int distance = to - jump - 1;
        if (distance != (short) distance) {
            throw new IllegalStateException("label '" + label + "': too far from " + jump + ": distance=" + distance);
        }
        return distance;
    }

    private EbpfAssembler add(EbpfInstruction instruction) {
        instructions.add(instruction);
        return this;
    }
}
