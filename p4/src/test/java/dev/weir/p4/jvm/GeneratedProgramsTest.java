package dev.weir.p4.jvm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.p4.ir.ActionProfile;
import dev.weir.p4.ir.IrPrinter;
import dev.weir.p4.ir.IrReader;
import dev.weir.p4.ir.IrVerifier;
import dev.weir.p4.ir.Match;
import dev.weir.p4.ir.Pipeline;
import dev.weir.p4.ir.Table;
import dev.weir.p4.ir.ValueSet;
import dev.weir.p4.passes.Passes;
import dev.weir.p4.run.ProfileRun;
import dev.weir.p4.run.Rules;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Programs from seeds: compiled, with and without passes, they do what they do interpreted, and their text reads back. A failure names its seed. */
class GeneratedProgramsTest {
    private static final int PROGRAMS = Integer.getInteger("weir.p4.programs", 100);
    /** Between vectors, so that some entries are over in between; a deadline never falls on a vector, since tables notice it a tick late. */
    private static final long STEP = 20_300_000_000L;

    @ParameterizedTest
    @ValueSource(longs = {1, 20_261_121})
    void program_compiled_doesWhatItsInterpreterDoes(long first) {
        for (long seed = first; seed < first + PROGRAMS; seed++) check(seed);
    }

    /** What the control plane does between vectors, tables aside. */
    private static void control(Pipeline pipeline, Generator generator, Differential both, SplittableRandom random) {
        for (ValueSet set : pipeline.valueSets()) {
            List<Match> matches = generator.matches(set.fields());
            both.change(set.name(), matches, true);
            if (random.nextInt(3) == 0) both.change(set.name(), matches, false);
        }
        for (ActionProfile profile : pipeline.profiles()) {
            both.member(profile.name(), random.nextInt(5), generator.member());
            if (!profile.selects()) continue;
            long first = random.nextInt(4);
            List<ProfileRun.Weighted> of = random.nextInt(4) == 0
                    ? List.of()
                    : List.of(new ProfileRun.Weighted(first, 2), new ProfileRun.Weighted(first + 1, 1));
            both.group(profile.name(), random.nextInt(3), of);
        }
    }

    private static void check(long seed) {
        Generator generator = new Generator(seed);
        Pipeline pipeline = generator.pipeline();
        String text = IrPrinter.print(pipeline);
        assertThat(IrVerifier.verify(pipeline)).as("seed " + seed + "\n" + text).isEmpty();
        assertThat(IrReader.read(text)).as("seed " + seed).isEqualTo(pipeline);
        Rules rules = seed % 2 == 0 ? Rules.P4TC : Rules.PNA;
        Pipeline optimized = seed % 4 < 2 ? IrVerifier.requireValid(Passes.optimize(pipeline)) : pipeline;
        CompiledProgram program = ProgramCompiler.compile(optimized, seed % 3 == 0);
        try (Differential both = new Differential(pipeline, program, rules, seed, seed % 5 == 0 ? 32 : 0)) {
            for (int vector = 0; vector < 6; vector++) {
                String context = "seed " + seed + " vector " + vector;
                control(pipeline, generator, both, new SplittableRandom(seed + vector));
                for (Table table : pipeline.tables()) {
                    if (!table.keys().isEmpty()) both.insert(table.name(), generator.entry(table), vector * STEP);
                }
                List<byte[]> packets = new ArrayList<>();
                for (int i = 0; i < 20; i++) packets.add(generator.packet());
                both.run(packets, (int) seed, vector * STEP, context);
                both.compareState(context);
            }
        }
    }
}
