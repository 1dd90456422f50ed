package dev.weir.wire.linux;

import static dev.weir.wire.linux.EbpfAssembler.Register.R0;
import static dev.weir.wire.linux.EbpfAssembler.Register.R1;
import static dev.weir.wire.linux.EbpfAssembler.Register.R10;
import static dev.weir.wire.linux.EbpfAssembler.Register.R2;
import static dev.weir.wire.linux.EbpfAssembler.Register.R3;
import static dev.weir.wire.linux.EbpfAssembler.Register.R4;
import static dev.weir.wire.linux.EbpfAssembler.Register.R5;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.wire.linux.EbpfAssembler.Condition;
import dev.weir.wire.linux.EbpfAssembler.Operation;
import dev.weir.wire.linux.EbpfAssembler.Width;
import java.lang.foreign.Arena;
import java.util.HexFormat;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Encodings by RFC 9669, as a little-endian machine has them, and the words of the kernel's verifier for them. */
class EbpfAssemblerTest {
    static Stream<Arguments> instructions() {
        return Stream.of(
                row("r2 = *(u32 *)(r1 + 16)", "61 12 1000 00000000", a -> a.load(Width.WORD, R2, R1, 16)),
                row("r0 = *(u8 *)(r5 - 4)", "71 50 fcff 00000000", a -> a.load(Width.BYTE, R0, R5, -4)),
                row("r0 = *(u16 *)(r5 + 0)", "69 50 0000 00000000", a -> a.load(Width.HALF, R0, R5, 0)),
                row("r0 = *(u64 *)(r5 + 8)", "79 50 0800 00000000", a -> a.load(Width.DOUBLE, R0, R5, 8)),
                row("*(u64 *)(r10 - 8) = r1", "7b 1a f8ff 00000000", a -> a.store(Width.DOUBLE, R10, -8, R1)),
                row("*(u16 *)(r1 + 2) = -2", "6a 01 0200 feffffff", a -> a.store(Width.HALF, R1, 2, -2)),
                row(
                        "lock *(u64 *)(r1 + 8) += r2",
                        "db 21 0800 00000000",
                        a -> a.addAtomically(Width.DOUBLE, R1, 8, R2)),
                row("lock *(u32 *)(r1 + 4) |= r2", "c3 21 0400 40000000", a -> a.orAtomically(Width.WORD, R1, 4, R2)),
                row("r3 = 2", "b7 03 0000 02000000", a -> a.move(R3, 2)),
                row("r0 = -1", "b7 00 0000 ffffffff", a -> a.move(R0, -1)),
                row("r4 = r1", "bf 14 0000 00000000", a -> a.move(R4, R1)),
                row("r4 += r1", "0f 14 0000 00000000", a -> a.compute(Operation.ADD, R4, R1)),
                row("r4 >>= 16", "77 04 0000 10000000", a -> a.compute(Operation.SHIFT_RIGHT, R4, 16)),
                row("w4 ^= 255", "a4 04 0000 ff000000", a -> a.compute32(Operation.EXCLUSIVE_OR, R4, 255)),
                row("r3 = be16 r3", "dc 03 0000 10000000", a -> a.networkOrder(R3, 16)),
                row("r1 = map[fd:258]", "18 11 0000 02010000 00 00 0000 00000000", a -> a.loadMap(R1, 258)),
                row("call 51", "85 00 0000 33000000", a -> a.call(51)),
                row("exit", "95 00 0000 00000000", EbpfAssembler::exit));
    }

    private static Arguments row(String text, String hex, UnaryOperator<EbpfAssembler> instruction) {
        return Arguments.of(text, hex.replace(" ", ""), instruction);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("instructions")
    void assemble_oneInstruction_isEncodedAndListed(String text, String hex, UnaryOperator<EbpfAssembler> instruction) {
        EbpfAssembler program = instruction.apply(new EbpfAssembler());
        assertThat(hex(program)).isEqualTo(hex);
        assertThat(program.listing()).isEqualTo("   0: " + text + "\n");
    }

    @Test
    void jumps_forwardAndBack_countFromTheNextInstruction() {
        EbpfAssembler program = new EbpfAssembler()
                .label("again")
                .jump(Condition.EQUAL, R1, 7, "end")
                .jump(Condition.ABOVE, R1, R2, "end")
                .jump("again")
                .label("end")
                .exit();
        assertThat(hex(program))
                .isEqualTo(
                        "1501020007000000" // if r1 == 7 goto +2
                                + "2d21010000000000" // if r1 > r2 goto +1
                                + "0500fdff00000000" // goto -3
                                + "9500000000000000");
        assertThat(program.listing()).isEqualTo("""
                again:
                   0: if r1 == 7 goto end
                   1: if r1 > r2 goto end
                   2: goto again
                end:
                   3: exit
                """);
    }

    @Test
    void labels_missingOrTwice_areNamed() {
        assertThatThrownBy(() -> hex(new EbpfAssembler().jump("nowhere")))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("label 'nowhere': jumped to at 0, but missing");
        assertThatThrownBy(() -> new EbpfAssembler().label("end").label("end"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("label 'end': empty or given twice; take another name");
    }

    @Test
    void jump_furtherThanItsField_isRefused() {
        EbpfAssembler program = new EbpfAssembler().jump("end");
        for (int i = 0; i < 40_000; i++) program.move(R0, 0);
        program.label("end").exit();
        assertThatThrownBy(() -> hex(program)).hasMessage("label 'end': too far from 0: distance=40000");
    }

    @Test
    void program_ofAPort_redirectsByReceiveQueue() {
        assertThat(hex(XdpAttachment.program(7)))
                .isEqualTo(
                        "6112100000000000" // r2 = context->rx_queue_index
                                + "18110000070000000000000000000000" // r1 = map 7
                                + "b703000002000000" // r3 = XDP_PASS
                                + "8500000033000000" // call bpf_redirect_map
                                + "9500000000000000"); // exit
    }

    private static String hex(EbpfAssembler program) {
        try (Arena arena = Arena.ofConfined()) {
            byte[] code = program.assemble(arena).toArray(JAVA_BYTE);
            assertThat(code).hasSize(program.count() * EbpfAssembler.SIZE);
            return HexFormat.of().formatHex(code);
        }
    }
}
