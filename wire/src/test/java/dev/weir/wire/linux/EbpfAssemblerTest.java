package dev.weir.wire.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.util.HexFormat;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Encodings by RFC 9669, as a little-endian machine has them. */
class EbpfAssemblerTest {
    static Stream<Arguments> instructions() {
        return Stream.of(
                row("r2 = *(u32 *)(r1 + 16)", "61 12 1000 00000000", a -> a.loadWord(2, 1, 16)),
                row("r0 = *(u32 *)(r5 - 4)", "61 50 fcff 00000000", a -> a.loadWord(0, 5, -4)),
                row("r3 = 2", "b7 03 0000 02000000", a -> a.move(3, 2)),
                row("r0 = -1", "b7 00 0000 ffffffff", a -> a.move(0, -1)),
                row("r4 = r1", "bf 14 0000 00000000", a -> a.moveRegister(4, 1)),
                row("r1 = map 258", "18 11 0000 02010000 00 00 0000 00000000", a -> a.loadMap(1, 258)),
                row("call 51", "85 00 0000 33000000", a -> a.call(51)),
                row("exit", "95 00 0000 00000000", EbpfAssembler::exit));
    }

    private static Arguments row(String text, String hex, UnaryOperator<EbpfAssembler> instruction) {
        return Arguments.of(text, hex.replace(" ", ""), instruction);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("instructions")
    void assemble_oneInstruction_isEncoded(String text, String hex, UnaryOperator<EbpfAssembler> instruction) {
        assertThat(hex(instruction.apply(new EbpfAssembler()))).isEqualTo(hex);
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
