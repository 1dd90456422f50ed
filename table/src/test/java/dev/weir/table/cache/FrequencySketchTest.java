package dev.weir.table.cache;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FrequencySketchTest {
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 0x5EED})
    void estimate_beforeHalving_isNeverBelowWhatWasAdded(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        int capacity = 1 + random.nextInt(500);
        FrequencySketch sketch = new FrequencySketch(capacity);
        long[] hashes = random.longs(4L * capacity).toArray();
        long[] added = new long[hashes.length];
        for (int step = 0; step < 50_000; step++) {
            int key = Math.min(random.nextInt(hashes.length), random.nextInt(hashes.length));
            int weight = 1 + random.nextInt(40);
            added[key] += weight;
            int told = sketch.add(hashes[key], weight);
            assertThat(told).as("seed %d step %d", seed, step).isGreaterThanOrEqualTo((int)
                    Math.min(0xFFFF, added[key]));
            assertThat(sketch.estimate(hashes[key])).isEqualTo(told);
        }
        for (int key = 0; key < hashes.length; key++) {
            assertThat((long) sketch.estimate(hashes[key])).isGreaterThanOrEqualTo(Math.min(0xFFFF, added[key]));
        }
    }

    @Test
    void estimate_ofFewKeys_isWhatWasAdded() {
        SplittableRandom random = new SplittableRandom(7);
        FrequencySketch sketch = new FrequencySketch(4096);
        long[] hashes = random.longs(512).toArray();
        for (int key = 0; key < hashes.length; key++) sketch.add(hashes[key], 1 + key);
        int exact = 0;
        for (int key = 0; key < hashes.length; key++) exact += sketch.estimate(hashes[key]) == 1 + key ? 1 : 0;
        assertThat(exact).isGreaterThan(500);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 5, 15, 16, 17, 63, 64, 65, 1000})
    void halve_soManyTimes_halvesRoundedDown(int times) {
        FrequencySketch sketch = new FrequencySketch(64);
        sketch.add(0x1234_5678_9ABC_DEF0L, 50_001);
        for (int i = 0; i < times; i++) sketch.halve();
        assertThat(sketch.estimate(0x1234_5678_9ABC_DEF0L)).isEqualTo(times < 31 ? 50_001 >> times : 0);
    }

    @Test
    void halve_atDifferentTimesOfLooking_isTheSame() {
        FrequencySketch often = new FrequencySketch(64), seldom = new FrequencySketch(64);
        SplittableRandom random = new SplittableRandom(3);
        long[] hashes = random.longs(100).toArray();
        for (int round = 0; round < 20; round++) {
            for (long hash : hashes) {
                int weight = 1 + random.nextInt(9);
                often.add(hash, weight);
                seldom.add(hash, weight);
            }
            for (int i = 0; i < 3; i++) {
                often.halve();
                seldom.halve();
                for (long hash : hashes) often.estimate(hash);
            }
        }
        for (long hash : hashes) assertThat(often.estimate(hash)).isEqualTo(seldom.estimate(hash));
    }

    @Test
    void add_beyondTheLargest_staysThere() {
        FrequencySketch sketch = new FrequencySketch(8);
        for (int i = 0; i < 100; i++) sketch.add(42, 1023);
        assertThat(sketch.estimate(42)).isEqualTo(FrequencySketch.MOST);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4096, 1_000_000})
    void bytes_anEntry_areThirtyTwoToSixtyFour(int capacity) {
        double each = (double) new FrequencySketch(capacity).bytes() / capacity;
        assertThat(each).isBetween(32.0, 64.0);
    }
}
