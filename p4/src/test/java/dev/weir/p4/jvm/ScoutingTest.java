package dev.weir.p4.jvm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.p4.ir.IrReader;
import dev.weir.p4.ir.Pipeline;
import dev.weir.p4.ir.Samples;
import dev.weir.p4.run.Rules;
import dev.weir.p4.run.RunOptions;
import dev.weir.packet.PacketVector;
import java.lang.foreign.ValueLayout;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** A table that is larger than the caches is looked ahead for; what packets find must not depend on it. */
class ScoutingTest {
    private static final int VECTOR = 256;
    private static final int FRAME = 64;
    private static final long SECOND = 1_000_000_000;

    private final Pipeline pipeline = IrReader.read(
            Samples.text("flowtracker").replace("    add_on_miss\n", "    size 40000\n    add_on_miss\n"));
    private final PacketVector packets = new PacketVector(VECTOR);
    private final int[] picks = IntStream.range(0, VECTOR).toArray();

    @Test
    void packets_lookedAheadAt_findWhatTheyFindOtherwise() {
        CompiledProgram ahead = ProgramCompiler.compile(pipeline, false);
        CompiledProgram plain = ProgramCompiler.compile(pipeline, true);
        try (RunningProgram a = ahead.start(RunOptions.of(Rules.P4TC), VECTOR);
                RunningProgram b = plain.start(RunOptions.of(Rules.P4TC), VECTOR)) {
            SplittableRandom random = new SplittableRandom(1);
            for (int vector = 0; vector < 1000; vector++) {
                // flows come twice in a vector, end between vectors, and the table gets full
                int[] flows = random.ints(VECTOR, 0, 45_000).toArray();
                for (int i = 0; i < 8; i++) flows[VECTOR - 1 - i] = flows[i];
                long now = vector * SECOND / 5;
                run(a, flows, now);
                run(b, flows, now);
                assertThat(counts(a)).as("vector " + vector).isEqualTo(counts(b));
            }
            assertThat(a.state().control("Main.flows").size()).isGreaterThan(16_384);
            assertThat(a.state().table("Main.flows").hits()).isGreaterThan(50_000);
        }
    }

    private static String counts(RunningProgram program) {
        var table = program.state().table("Main.flows");
        return table.hits() + " " + table.misses() + " " + table.entriesAdded() + " " + table.entriesNotAdded();
    }

    private void run(RunningProgram program, int[] flows, long now) {
        packets.room(FRAME * VECTOR, 0);
        packets.size = VECTOR;
        for (int i = 0; i < VECTOR; i++) {
            long at = (long) FRAME * i;
            packets.offset[i] = at;
            packets.captured[i] = FRAME;
            packets.length[i] = FRAME;
            packets.data.set(ValueLayout.JAVA_SHORT_UNALIGNED, at + 12, (short) 8);
            packets.data.set(ValueLayout.JAVA_BYTE, at + 14, (byte) 0x45);
            packets.data.set(ValueLayout.JAVA_BYTE, at + 23, (byte) (flows[i] % 5 == 0 ? 1 : 6));
            packets.data.set(ValueLayout.JAVA_INT_UNALIGNED, at + 26, flows[i]);
        }
        program.process(packets, picks, VECTOR, now);
    }
}
