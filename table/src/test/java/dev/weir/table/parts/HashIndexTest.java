package dev.weir.table.parts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HashIndexTest {
    /** Hashes are drawn from {@code buckets} places of the upper half and {@code tags} of the lower. */
    @ParameterizedTest(name = "seed {0}, capacity {1}, {2} home buckets, {3} tags")
    @CsvSource(textBlock = """
            1,     1,  1,   1
            2,     7,  2,   2
            3,   100,  1,   1
            4,   100,  1, 256
            5,  1000,  3,   4
            6,  1000, 50, 256
            7, 10000, 1000000, 256
            8,   600,  1,   1
            """)
    void index_randomInsertsAndRemoves_agreesWithHashMap(long seed, int capacity, int buckets, int tags) {
        var random = new SplittableRandom(seed);
        Map<Integer, Long> oracle = new HashMap<>();
        try (Arena arena = Arena.ofConfined()) {
            var index = new HashIndex(capacity, arena);
            List<Integer> slots = new ArrayList<>();
            for (int step = 0; step < 40_000; step++) {
                boolean fills = (step / 2000 & 1) == 0;
                int slot = random.nextInt(capacity);
                @Nullable Long known = oracle.get(slot);
                boolean against = random.nextInt(4) == 0;
                if (known != null && fills == against) {
                    index.remove(known, slot);
                    oracle.remove(slot);
                } else if (known == null && fills != against) {
                    long hash = (random.nextLong(buckets) * 0xFFFF_FFFFL / buckets) << 32 | random.nextInt(tags);
                    index.insert(hash, slot);
                    oracle.put(slot, hash);
                }
                if (step % 500 == 0) {
                    assertThat(index.size()).as("seed=%d step=%d", seed, step).isEqualTo(oracle.size());
                    oracle.forEach(
                            (s, hash) -> assertThat(slotsOf(index, hash, slots)).contains(s));
                }
            }
            oracle.forEach((slot, hash) -> index.remove(hash, slot));
            assertThat(index.size()).isZero();
            assertThat(slotsOf(index, random.nextLong(), slots)).isEmpty();
        }
    }

    private static List<Integer> slotsOf(HashIndex index, long hash, List<Integer> slots) {
        slots.clear();
        long cursor = index.first(hash);
        while (cursor != HashIndex.NONE) {
            slots.add(index.slotAt(cursor));
            cursor = index.next(hash, cursor);
        }
        return slots;
    }

    @Test
    void insert_oneBucketForAll_fillsToCapacityAndFindsEach() {
        int capacity = 5000;
        try (Arena arena = Arena.ofConfined()) {
            var index = new HashIndex(capacity, arena);
            for (int slot = 0; slot < capacity; slot++) {
                index.insert(0, slot);
            }
            assertThat(slotsOf(index, 0, new ArrayList<>())).hasSize(capacity).doesNotHaveDuplicates();
            // Another tag of the same bucket: the search passes every full bucket and ends.
            assertThat(slotsOf(index, 7, new ArrayList<>())).isEmpty();
        }
    }

    /** A bucket that more than 255 entries passed stays passed, so what lies behind it is still found. */
    @Test
    void remove_afterTheCountStuck_keepsTheOthers() {
        int capacity = 1000;
        try (Arena arena = Arena.ofConfined()) {
            var index = new HashIndex(capacity, arena);
            for (int slot = 0; slot < capacity; slot++) {
                index.insert(0, slot);
            }
            for (int slot = 0; slot < capacity - 1; slot++) {
                index.remove(0, slot);
            }
            assertThat(slotsOf(index, 0, new ArrayList<>())).containsExactly(capacity - 1);
        }
    }

    /** The search wraps around from the last bucket to the first, and ends when it has seen all. */
    @Test
    void search_fromTheLastBucket_wraps() {
        try (Arena arena = Arena.ofConfined()) {
            var index = new HashIndex(20, arena);
            long last = -1L << 32;
            for (int slot = 0; slot < 20; slot++) {
                index.insert(last | 5, slot);
            }
            assertThat(slotsOf(index, last | 5, new ArrayList<>())).hasSize(20);
            assertThat(slotsOf(index, last | 6, new ArrayList<>())).isEmpty();
        }
    }

    @Test
    void candidate_ofOneEntry_isIt() {
        try (Arena arena = Arena.ofConfined()) {
            var index = new HashIndex(100, arena);
            for (int entry = 0; entry < 12; entry++) {
                index.insert(entry, entry);
            }
            // Tags 0 and 1 are one tag: a guess may be the other's.
            assertThat(index.candidate(0)).isZero();
            assertThat(index.candidate(1)).isZero();
            for (int entry = 2; entry < 12; entry++) {
                assertThat(index.candidate(entry)).isEqualTo(entry);
            }
            assertThat(index.candidate(200)).isEqualTo(HashIndex.NONE);
        }
    }

    @Test
    void remove_ofWhatIsNotThere_isABug() {
        try (Arena arena = Arena.ofConfined()) {
            var index = new HashIndex(10, arena);
            index.insert(3, 1);
            assertThatThrownBy(() -> index.remove(3, 2)).hasMessage("index lost an entry: slot=2");
        }
    }
}
