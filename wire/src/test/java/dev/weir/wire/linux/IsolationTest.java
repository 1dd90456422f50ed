package dev.weir.wire.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Programs of the test's own on processors that are kept free of them; the machine's are moved with them, and given back what they had. */
class IsolationTest {
    private static final long PATIENCE_MILLIS = 30_000;

    private final List<Process> programs = new ArrayList<>();
    private final BitSet all = Affinity.of(RealTime.thread());
    private final int last = all.length() - 1;
    private final BitSet rest = (BitSet) all.clone();

    @BeforeEach
    void needsTwoProcessors() {
        assumeTrue(all.cardinality() > 1, "needs two processors");
        rest.clear(last);
    }

    @AfterEach
    void end() throws InterruptedException {
        for (Process program : programs) {
            program.destroyForcibly().waitFor();
        }
    }

    @Test
    void programs_areKeptOff_andMayRunThereAgainAtTheEnd() throws IOException {
        int before = start("sleep", "100");
        assertThat(Affinity.of(before)).isEqualTo(all);
        int since;
        try (var isolation = Isolation.of(List.of(last))) {
            assertThat(Affinity.of(before)).isEqualTo(rest);
            assertThat(Affinity.of(RealTime.thread())).as("this thread").isEqualTo(rest);
            assertThat(isolation.moved()).isPositive();
            assertThat(isolation.refused()).as("root may move all").isZero();
            since = start("sleep", "100");
            assertThat(Affinity.of(since)).as("who is started meanwhile").isEqualTo(rest);
        }
        assertThat(Affinity.of(before)).isEqualTo(all);
        assertThat(Affinity.of(RealTime.thread())).isEqualTo(all);
        assertThat(Affinity.of(since)).as("who was started meanwhile").isEqualTo(all);
    }

    @Test
    void whoMayRunNowhereElse_stays() throws IOException {
        int pinned = start("taskset", "-c", Integer.toString(last), "sleep", "100");
        BitSet only = one(last);
        await(() -> Affinity.of(pinned).equals(only));
        try (var _ = Isolation.of(List.of(last))) {
            assertThat(Affinity.of(pinned)).isEqualTo(only);
        }
        assertThat(Affinity.of(pinned)).isEqualTo(only);
    }

    @Test
    void whoHadOtherProcessorsOrIsGivenOthersMeanwhile_keepsThose() throws IOException {
        int first = all.nextSetBit(0);
        int elsewhere = start("taskset", "-c", Integer.toString(first), "sleep", "100");
        await(() -> Affinity.of(elsewhere).equals(one(first)));
        int rebound = start("sleep", "100");
        try (var _ = Isolation.of(List.of(last))) {
            assertThat(Affinity.set(rebound, one(last))).isZero();
        }
        assertThat(Affinity.of(elsewhere)).isEqualTo(one(first));
        assertThat(Affinity.of(rebound)).isEqualTo(one(last));
    }

    @Test
    void whoIsMovedBack_isKeptOffAgain() throws IOException {
        int program = start("sleep", "100");
        try (var _ = Isolation.of(List.of(last))) {
            assertThat(Affinity.set(program, all)).isZero();
            await(() -> Affinity.of(program).equals(rest));
        }
        assertThat(Affinity.of(program)).isEqualTo(all);
    }

    @Test
    void processorsThatAreNotThere_orAllThatThereAre_areRefused_andNobodyIsMoved() {
        assertThatThrownBy(() -> Isolation.of(List.of(4000)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("there is no processor {4000}; there are {0");
        List<Integer> every = all.stream().boxed().toList();
        assertThatThrownBy(() -> Isolation.of(every))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("processors " + all + " are all that there are; leave one for other programs");
        assertThat(Affinity.of(RealTime.thread())).isEqualTo(all);
    }

    private int start(String... command) throws IOException {
        Process program = new ProcessBuilder(command).start();
        programs.add(program);
        return (int) program.pid();
    }

    private static BitSet one(int cpu) {
        var mask = new BitSet();
        mask.set(cpu);
        return mask;
    }

    private static void await(BooleanSupplier condition) {
        long end = System.nanoTime() + PATIENCE_MILLIS * 1_000_000;
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("it never came").isLessThan(end);
            Thread.onSpinWait();
        }
    }
}
