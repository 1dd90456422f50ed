package dev.weir.p4.jvm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.p4.ir.Pipeline;
import dev.weir.p4.ir.Samples;
import dev.weir.p4.run.Rules;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CompiledSamplesTest {
    private static final long SECOND = 1_000_000_000;

    @ParameterizedTest
    @CsvSource({
        "flowtracker, false",
        "flowtracker, true",
        "options, false",
        "options, true",
        "everything, false",
        "everything, true"
    })
    void sample_compiled_doesWhatItsInterpreterDoes(String name, boolean split) {
        Pipeline pipeline = Samples.pipeline(name);
        for (long seed = 1; seed <= 20; seed++) {
            Rules rules = seed % 2 == 0 ? Rules.P4TC : Rules.PNA;
            CompiledProgram program = ProgramCompiler.compile(pipeline, split);
            try (Differential both = new Differential(pipeline, program, rules, seed, seed % 3 == 0 ? 64 : 0)) {
                SplittableRandom random = new SplittableRandom(seed);
                for (int vector = 0; vector < 20; vector++) {
                    String context = "seed " + seed + " vector " + vector;
                    both.run(packets(random), random.nextInt(3), vector * 7L * SECOND, context);
                    both.compareState(context);
                }
            }
        }
    }

    /** Of all lengths, with octets that programs look at and octets of any kind. */
    private static List<byte[]> packets(SplittableRandom random) {
        List<byte[]> packets = new ArrayList<>();
        for (int i = 0; i < 16; i++) {
            byte[] packet = new byte[random.nextInt(90)];
            random.nextBytes(packet);
            for (int at = 0; at < packet.length; at++) {
                if (random.nextInt(3) > 0) packet[at] = (byte) random.nextInt(8);
            }
            if (random.nextBoolean() && packet.length > 24) {
                packet[12] = 8;
                packet[13] = 0;
                packet[23] = 6;
            }
            if (random.nextBoolean() && packet.length > 1) packet[0] = (byte) (0x45 + random.nextInt(11));
            packets.add(packet);
        }
        return packets;
    }

    @ParameterizedTest
    @CsvSource({"flowtracker", "everything"})
    void sample_inOnePiece_fitsTheJit(String name) {
        assertThat(ProgramCompiler.longest(
                        ProgramCompiler.compile(Samples.pipeline(name)).classFile()))
                .isLessThanOrEqualTo(HugeMethods.limit());
    }
}
