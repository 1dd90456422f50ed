package dev.weir.p4.jvm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.p4.compile.P4Compiler;
import dev.weir.p4.ir.IrVerifier;
import dev.weir.p4.ir.Pipeline;
import dev.weir.p4.passes.Passes;
import dev.weir.p4.preprocess.IncludePath;
import dev.weir.p4.run.Rules;
import dev.weir.p4.source.Diagnostics;
import dev.weir.p4.source.SourceFile;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Programs of P4 text at random: all of them compile, and compiled code does with packets what the interpreter does. */
class GeneratedSourceTest {
    private static final int PROGRAMS = 25;
    private static final int PACKETS = 24;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 0x5EED})
    void program_ofAnyStatements_doesTheSameCompiledAndInterpreted(long seed) {
        for (int i = 0; i < PROGRAMS; i++) {
            one(seed * 1000 + i);
        }
    }

    static void one(long seed) {
        String text = new SourceGenerator(seed).program();
        Diagnostics diagnostics = new Diagnostics();
        P4Compiler.Compiled compiled = P4Compiler.compile(
                "generated", SourceFile.of("generated.p4", text), new IncludePath(List.of()), Map.of(), diagnostics);
        if (compiled == null) throw new AssertionError("seed " + seed + "\n" + diagnostics.render());
        Pipeline optimized = IrVerifier.requireValid(Passes.optimize(compiled.pipeline()));
        CompiledProgram program = ProgramCompiler.compile(seed % 2 == 0 ? optimized : compiled.pipeline());
        SplittableRandom random = new SplittableRandom(seed);
        try (Differential both = new Differential(compiled.pipeline(), program, Rules.PNA, seed, 64)) {
            both.run(packets(random), 3, 1_000_000_000, "seed " + seed);
            both.compareState("seed " + seed);
        }
        assertThat(compiled.pipeline().tables()).hasSizeLessThanOrEqualTo(2);
    }

    /** Octets are small, so that conditions hold and entries are hit now and then; some packets end early. */
    private static List<byte[]> packets(SplittableRandom random) {
        List<byte[]> packets = new ArrayList<>();
        for (int i = 0; i < PACKETS; i++) {
            byte[] packet = new byte[random.nextInt(40)];
            for (int at = 0; at < packet.length; at++) {
                packet[at] = (byte) (random.nextInt(4) == 0 ? random.nextInt(256) : random.nextInt(4));
            }
            packets.add(packet);
        }
        return packets;
    }
}
