package dev.weir.bench.cache;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.table.cache.CacheConfig;
import dev.weir.table.cache.CacheFigures;
import dev.weir.table.cache.CachePolicy;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class OptimumTest {
    private static CacheTrace random(SplittableRandom random, int packets, int flows) {
        int[] flow = random.ints(packets, 0, flows).toArray();
        int[] bytes = random.ints(packets, 64, 1500).toArray();
        return new CacheTrace("random", flow, bytes, flows);
    }

    /** The most packets, or octets, that any choice of entries gives, by trying all of them; {@code held} has a bit a flow. */
    private static long best(CacheTrace trace, int entries, boolean byBytes, int at, int held) {
        if (at == trace.packets()) return 0;
        int own = 1 << trace.flow()[at];
        if ((held & own) != 0) {
            return (byBytes ? trace.bytes()[at] : 1) + best(trace, entries, byBytes, at + 1, held);
        }
        long most = best(trace, entries, byBytes, at + 1, held);
        if (Integer.bitCount(held) < entries) {
            return Math.max(most, best(trace, entries, byBytes, at + 1, held | own));
        }
        for (int left = held; left != 0; left &= left - 1) {
            int gone = Integer.lowestOneBit(left);
            most = Math.max(most, best(trace, entries, byBytes, at + 1, (held & ~gone) | own));
        }
        return most;
    }

    @Test
    void optimum_ofSmallTraces_isTheBestOfAllChoices() {
        for (long seed = 1; seed <= 200; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            CacheTrace trace = random(random, 10, 2 + random.nextInt(4));
            int entries = 1 + random.nextInt(2);
            Optimum optimum = Optimum.ofPackets(trace, entries);
            assertThat(optimum.hitPackets()).as("seed %d", seed).isEqualTo(best(trace, entries, false, 0, 0));
            assertThat(Optimum.bytesBound(trace, entries))
                    .as("seed %d", seed)
                    .isGreaterThanOrEqualTo(best(trace, entries, true, 0, 0));
        }
    }

    @Test
    void policies_ofAnyTrace_areBelowTheOptimum() {
        for (long seed = 1; seed <= 10; seed++) {
            CacheTrace trace = CacheTraces.scanned(1, 300, 20_000, 10, seed);
            Optimum optimum = Optimum.ofPackets(trace, 40);
            for (CachePolicy policy : CachePolicy.values()) {
                CacheRun run = new CacheRun(trace, CacheConfig.of(policy, 40).withBytes(), seed);
                run.run();
                CacheFigures figures = run.cache().figures();
                assertThat(figures.hitPackets() + figures.missPackets()).isEqualTo(trace.packets());
                assertThat(figures.hitPackets()).as("%s seed %d", policy, seed).isLessThan(optimum.hitPackets());
                assertThat(figures.hitBytes()).isLessThan(Optimum.bytesBound(trace, 40));
            }
            long once = Arrays.stream(trace.flow()).distinct().count();
            assertThat(Optimum.unbounded(trace).hitPackets()).isEqualTo(trace.packets() - once);
        }
    }

    @Test
    void trace_ofASeed_isTheSameAgain() {
        CacheTrace first = CacheTraces.drifting(1, 100, 5_000, 20, 3),
                again = CacheTraces.drifting(1, 100, 5_000, 20, 3);
        assertThat(first.flow()).isEqualTo(again.flow());
        assertThat(first.bytes()).isEqualTo(again.bytes());
        assertThat(first.flows()).isGreaterThan(200);
    }
}
