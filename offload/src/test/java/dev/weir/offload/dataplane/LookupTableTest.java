package dev.weir.offload.dataplane;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.offload.model.Flow;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LookupTableTest {
    private static Entry entry(long uid, long priority, long mask, long value) {
        long[] masks = new long[PacketKey.WORDS];
        long[] values = new long[PacketKey.WORDS];
        masks[4] = mask;
        values[4] = value & mask;
        return new Entry(
                Flow.of(1, uid, priority, List.of(), List.of()),
                new KeyPattern(masks, values),
                ActionCode.DROP,
                new FlowCounts(1));
    }

    private static long[] key(long word) {
        long[] key = new long[PacketKey.WORDS];
        key[4] = word;
        return key;
    }

    private static long uid(LookupTable table, long word) {
        Entry found = table.find(key(word));
        return found == null ? -1 : found.flow.uid();
    }

    /** Against all entries looked at one by one: flows come and go, of few masks, values and priorities, so that all meet. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void anySequence_agreesWithALinearSearch(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        LookupTable table = new LookupTable();
        List<Entry> there = new ArrayList<>();
        long[] masks = {0, 0xF, 0xF0, 0xFF, 0xF00, 0xFFF};
        for (int step = 0; step < 4000; step++) {
            if (random.nextInt(5) < 3 && there.size() < 300) {
                // a priority of its own: of two flows with equal masks bits and priorities either may be found
                Entry made =
                        entry(step, step * 7919L % 4001, masks[random.nextInt(masks.length)], random.nextInt(4096));
                table.add(made);
                there.add(made);
            } else if (!there.isEmpty()) {
                table.remove(there.remove(random.nextInt(there.size())));
            }
            for (int i = 0; i < 8; i++) {
                long[] key = key(random.nextInt(4096));
                Entry expected = there.stream()
                        .filter(each -> each.pattern.holds(key))
                        .max((a, b) -> Long.compare(a.priority(), b.priority()))
                        .orElse(null);
                assertThat(table.find(key)).as("seed %d, step %d", seed, step).isSameAs(expected);
            }
        }
    }

    @Test
    void ofFlowsWithOnePriority_theOneThatAsksForMostIsFound() {
        LookupTable table = new LookupTable();
        table.add(entry(8, 5, 0xFF000000L, 0x0A000000L));
        table.add(entry(24, 5, 0xFFFFFF00L, 0x0A000100L));
        table.add(entry(16, 5, 0xFFFF0000L, 0x0A000000L));
        assertThat(uid(table, 0x0A000105L)).isEqualTo(24);
        assertThat(uid(table, 0x0A000205L)).isEqualTo(16);
        assertThat(uid(table, 0x0A090205L)).isEqualTo(8);
        assertThat(uid(table, 0x0B000000L)).isEqualTo(-1);
    }

    @Test
    void aFlowThatTakesAnothersPlace_isFoundInIt() {
        LookupTable table = new LookupTable();
        Entry before = entry(1, 5, 0xFF, 1);
        table.add(before);
        Entry same = entry(1, 5, 0xFF, 1);
        table.replace(before, same);
        assertThat(table.find(key(1))).isSameAs(same);
        Entry other = entry(1, 9, 0xFFF, 2);
        table.replace(same, other);
        assertThat(table.find(key(1))).isNull();
        assertThat(table.find(key(2))).isSameAs(other);
        assertThat(table.of(other.pattern, other.flow)).isSameAs(other);
        assertThat(table.of(same.pattern, same.flow)).isNull();
    }

    /** One thread writes others; a flow that is there all the time is found every time. */
    @Test
    void aFlow_isFoundWhileOthersComeAndGo() throws InterruptedException {
        LookupTable table = new LookupTable();
        Entry stays = entry(1, 5, 0xFFFF, 77);
        table.add(stays);
        boolean[] over = new boolean[1];
        long[] missed = new long[1];
        Thread reader = Thread.ofPlatform().start(() -> {
            long[] key = key(77);
            while (!Thread.currentThread().isInterrupted()) {
                if (table.find(key) != stays) missed[0]++;
            }
            over[0] = true;
        });
        SplittableRandom random = new SplittableRandom(5);
        Entry[] ring = new Entry[512];
        for (int step = 0; step < 200_000; step++) {
            int at = random.nextInt(ring.length);
            if (ring[at] != null) table.remove(ring[at]);
            ring[at] = entry(1000 + at, 1, 0xFFFF, 1000 + random.nextInt(4000));
            table.add(ring[at]);
        }
        reader.interrupt();
        reader.join();
        assertThat(over[0]).isTrue();
        assertThat(missed[0]).isZero();
        assertThat(Arrays.stream(ring).filter(each -> each != null && table.of(each.pattern, each.flow) == each))
                .hasSize(512);
    }
}
