package dev.weir.dataplane.nodes.bridge;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MacTableTest {
    private record Station(int port, long seen) {
        static final Station NEVER_SEEN = new Station(-1, -1);
    }

    /** Against a map with the same times. The table refreshes a station once a second, so its times are that much older. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 0x5EED})
    void table_agreesWithAMap(long seed) {
        var random = new SplittableRandom(seed);
        var table = new MacTable(1000);
        Map<Long, Station> model = new HashMap<>();
        long now = 1_000_000, aging = 20_000;
        for (int step = 0; step < 100_000; step++) {
            now += random.nextInt(20);
            long oldest = now - aging;
            long key = MacTable.key(0x0200_0000_0000L + random.nextInt(600), random.nextInt(2));
            Station known = model.getOrDefault(key, Station.NEVER_SEEN);
            boolean fresh = known.seen >= oldest;
            if (random.nextInt(10) == 0) {
                int port = random.nextInt(8);
                int expected = !fresh ? MacTable.LEARNED : known.port == port ? MacTable.KNOWN : MacTable.MOVED;
                boolean rests = fresh && known.port == port && now - known.seen < 1000;
                assertThat(table.learn(key, port, now, oldest))
                        .as("seed=%d step=%d", seed, step)
                        .isEqualTo(expected);
                model.put(key, rests ? known : new Station(port, now));
            } else {
                assertThat(table.find(key, oldest))
                        .as("seed=%d step=%d", seed, step)
                        .isEqualTo(fresh ? known.port : MacTable.UNKNOWN);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 5, 100, 4096})
    void table_thatIsFull_learnsNoMoreUntilStationsAge(int capacity) {
        var table = new MacTable(capacity);
        int learned = 0;
        for (int i = 0; i < 3 * capacity; i++) {
            learned += table.learn(MacTable.key(i + 1, 0), 1, 1000, 0) == MacTable.LEARNED ? 1 : 0;
        }
        assertThat(learned).isEqualTo(capacity);
        int again = 0;
        for (int i = 0; i < 3 * capacity; i++) {
            again += table.learn(MacTable.key(i + 1_000_000, 0), 2, 5000, 4000) == MacTable.LEARNED ? 1 : 0;
        }
        assertThat(again).isEqualTo(capacity);
        int found = 0;
        for (int i = 0; i < 3 * capacity; i++) {
            assertThat(table.find(MacTable.key(i + 1, 0), 4000)).isEqualTo(MacTable.UNKNOWN);
            found += table.find(MacTable.key(i + 1_000_000, 0), 4000) == 2 ? 1 : 0;
        }
        assertThat(found).isEqualTo(capacity);
    }

    /** Station {@code n} is always behind port {@code n % 7}: whatever the interleaving, nobody may read another. */
    @Test
    void stations_learntByTwoWorkersWhileTheyAge_areNeverMixedUp() throws InterruptedException {
        var table = new MacTable(64);
        var wrong = new AtomicLong();
        var hits = new AtomicLong();
        Runnable worker = () -> {
            var random = new SplittableRandom(Thread.currentThread().threadId());
            for (long now = 10_000; now < 1_010_000; now++) {
                int station = random.nextInt(400);
                long key = MacTable.key(station + 1, 0);
                long oldest = now - 50;
                if ((now & 1) == 0) {
                    table.learn(key, station % 7, now, oldest);
                } else {
                    int port = table.find(key, oldest);
                    wrong.addAndGet(port != MacTable.UNKNOWN && port != station % 7 ? 1 : 0);
                    hits.addAndGet(port == station % 7 ? 1 : 0);
                }
            }
        };
        var one = new Thread(worker);
        var other = new Thread(worker);
        one.start();
        other.start();
        one.join();
        other.join();
        assertThat(wrong).hasValue(0);
        assertThat(hits.get()).isGreaterThan(1000);
    }
}
