package dev.weir.wire;

import static dev.weir.wire.BpfInstruction.*;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class BpfTranslatorTest {
    private static final int[] CODES = {
        LD | W | ABS,
        LD | H | ABS,
        LD | B | ABS,
        LD | W | IND,
        LD | H | IND,
        LD | B | IND,
        LD | IMM,
        LD | MEM,
        LD | LEN,
        LDX | IMM,
        LDX | MEM,
        LDX | LEN,
        LDX | B | MSH,
        ST,
        STX,
        MISC | TAX,
        MISC | TXA,
        ALU | NEG,
        JMP | JA,
        RET,
        RET | A
    };

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 0xB0F, 0x5EED})
    void match_randomPrograms_agreeWithTheInterpreter(long seed) {
        var random = new SplittableRandom(seed);
        for (int round = 0; round < 150; round++) {
            List<BpfInstruction> code = program(random, random.nextInt(1, 60));
            BpfProgram whole = BpfTranslator.translate(code);
            BpfProgram parts = BpfTranslator.translate(code, random.nextInt(1, 8));
            for (int i = 0; i < 30; i++) {
                byte[] packet = new byte[random.nextInt(40)];
                random.nextBytes(packet);
                int length = packet.length + random.nextInt(3);
                int expected = BpfInterpreter.run(code, packet, length);
                assertThat(match(whole, packet, length))
                        .as("seed=%d round=%d packet=%d", seed, round, i)
                        .isEqualTo(expected);
                assertThat(match(parts, packet, length))
                        .as("in parts, seed=%d round=%d packet=%d", seed, round, i)
                        .isEqualTo(expected);
            }
        }
    }

    private static int match(BpfProgram program, byte[] packet, int length) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment data = arena.allocate(packet.length + 5L);
            MemorySegment.copy(packet, 0, data, ValueLayout.JAVA_BYTE, 3, packet.length);
            return program.match(data, 3, packet.length, length);
        }
    }

    private static List<BpfInstruction> program(SplittableRandom random, int size) {
        List<BpfInstruction> code = new ArrayList<>();
        for (int i = 0; i < size; i++) code.add(instruction(random, size - i));
        code.add(new BpfInstruction(random.nextBoolean() ? RET | A : RET, 0, 0, random.nextInt()));
        return code;
    }

    private static BpfInstruction instruction(SplittableRandom random, int after) {
        int pick = random.nextInt(3);
        int source = random.nextBoolean() ? X : 0;
        if (pick == 0) {
            int operation = random.nextInt(11) << 4;
            return new BpfInstruction(ALU | operation | source, 0, 0, constant(random));
        }
        if (pick == 1) {
            int operation = random.nextInt(1, 5) << 4;
            return new BpfInstruction(
                    JMP | operation | source, random.nextInt(after), random.nextInt(after), constant(random));
        }
        int code = CODES[random.nextInt(CODES.length - (random.nextInt(4) > 0 ? 2 : 0))];
        int k = constant(random);
        if (code == ST || code == STX || ((code & 0xE0) == MEM && (code & 7) <= LDX)) k = random.nextInt(MEMORY);
        if (code == (JMP | JA)) k = random.nextInt(after);
        return new BpfInstruction(code, 0, 0, k);
    }

    /** Mostly small, so that loads hit; sometimes at the edges of 32 bits. */
    private static int constant(SplittableRandom random) {
        return switch (random.nextInt(12)) {
            case 0 -> -random.nextInt(1, 5);
            case 1 -> Integer.MAX_VALUE - random.nextInt(4);
            case 2 -> random.nextInt();
            case 3 -> 0;
            default -> random.nextInt(48);
        };
    }

    @Test
    void match_programOfManyThousandInstructions_isTranslated() {
        List<BpfInstruction> code = new ArrayList<>();
        code.add(new BpfInstruction(LD | B | ABS, 0, 0, 0));
        for (int i = 0; i < 20_000; i++) code.add(new BpfInstruction(ALU | ADD, 0, 0, 1));
        code.add(new BpfInstruction(RET | A, 0, 0, 0));

        assertThat(match(BpfTranslator.translate(code), new byte[] {5}, 1)).isEqualTo(20_005);
    }

    @ParameterizedTest(name = "in parts of {0}")
    @ValueSource(ints = {1, 2, 3, 100})
    void match_jumpBack_loops(int chunk) {
        var code = List.of(
                new BpfInstruction(LD | W | ABS, 0, 0, 0),
                new BpfInstruction(LDX | MEM, 0, 0, 3),
                new BpfInstruction(ALU | ADD | X, 0, 0, 0),
                new BpfInstruction(MISC | TAX, 0, 0, 0),
                new BpfInstruction(STX, 0, 0, 3),
                new BpfInstruction(JMP | JGT, 0, 1, 100),
                new BpfInstruction(RET | A, 0, 0, 0),
                new BpfInstruction(JMP | JA, 0, 0, -8),
                new BpfInstruction(RET, 0, 0, 0));
        BpfProgram program = BpfTranslator.translate(code, chunk);

        for (int round = 0; round < 3; round++) {
            assertThat(match(program, new byte[] {0, 0, 0, 7}, 4)).isEqualTo(105);
        }
    }

    @ParameterizedTest(name = "in parts of {0}")
    @ValueSource(ints = {1, 2, 3, 100})
    void match_endlessLoop_rejectsThePacket(int chunk) {
        var itself = List.of(new BpfInstruction(JMP | JA, 0, 0, -1), new BpfInstruction(RET, 0, 0, 1));
        var through = List.of(
                new BpfInstruction(ALU | ADD, 0, 0, 1),
                new BpfInstruction(JMP | JA, 0, 0, 1),
                new BpfInstruction(RET, 0, 0, 1),
                new BpfInstruction(JMP | JA, 0, 0, -4),
                new BpfInstruction(RET, 0, 0, 1));

        assertThat(match(BpfTranslator.translate(itself, chunk), new byte[9], 9))
                .isZero();
        assertThat(match(BpfTranslator.translate(through, chunk), new byte[9], 9))
                .isZero();
    }

    @ParameterizedTest(name = "{0} rounds: {1}")
    @CsvSource({"65536, 7", "65537, 0"})
    void match_loop_mayJumpBackSoOftenForEachPacket(int rounds, int expected) {
        var code = List.of(
                new BpfInstruction(JMP | JGE, 2, 0, rounds),
                new BpfInstruction(ALU | ADD, 0, 0, 1),
                new BpfInstruction(JMP | JA, 0, 0, -3),
                new BpfInstruction(RET, 0, 0, 7));

        for (int chunk : new int[] {1, 3, 100}) {
            BpfProgram program = BpfTranslator.translate(code, chunk);
            for (int packet = 0; packet < 3; packet++) {
                assertThat(match(program, new byte[9], 9)).isEqualTo(expected);
            }
        }
    }

    static Stream<Arguments> invalid() {
        BpfInstruction end = new BpfInstruction(RET, 0, 0, 0);
        return Stream.of(
                Arguments.of("nothing", List.of()),
                Arguments.of("no return", List.of(new BpfInstruction(LD | IMM, 0, 0, 0))),
                Arguments.of("jump beyond", List.of(new BpfInstruction(JMP | JEQ, 1, 0, 0), end)),
                Arguments.of("long jump beyond", List.of(new BpfInstruction(JMP | JA, 0, 0, -2), end)),
                Arguments.of("no such cell", List.of(new BpfInstruction(ST, 0, 0, 16), end)),
                Arguments.of("no such operation", List.of(new BpfInstruction(ALU | 0xB0, 0, 0, 0), end)),
                Arguments.of("no such load", List.of(new BpfInstruction(LD | 0x18 | ABS, 0, 0, 0), end)),
                Arguments.of("no such return", List.of(new BpfInstruction(RET | X, 0, 0, 0), end)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("invalid")
    void translate_invalidProgram_isRefused(String title, List<BpfInstruction> code) {
        assertThatThrownBy(() -> BpfTranslator.translate(code)).isInstanceOf(IllegalArgumentException.class);
    }
}
