package dev.weir.offload.memory;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.offload.Samples;
import dev.weir.offload.check.FlowCheck;
import dev.weir.offload.check.FlowFault;
import dev.weir.offload.check.TableCheck;
import dev.weir.offload.model.Flow;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EntryIndexTest {
    private static MemoryEntry entry(TableCheck table, long uid) throws FlowFault {
        Flow flow = Samples.bridged(uid);
        return new MemoryEntry(flow, table.match(flow), 0);
    }

    /** Hashes that meet in few places, so that runs are long and go over the end. */
    private static int hash(long uid) {
        return (int) (uid % 7) * 0x1000_0003 - 1;
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void anySequence_agreesWithAMap(long seed) throws FlowFault {
        TableCheck table = FlowCheck.of(Samples.model(2000)).table(Samples.bridged(0));
        SplittableRandom random = new SplittableRandom(seed);
        EntryIndex index = new EntryIndex();
        Map<Long, MemoryEntry> expected = new HashMap<>();
        for (int step = 0; step < 5000; step++) {
            long uid = random.nextInt(60);
            MemoryEntry there = expected.get(uid);
            if (there == null) {
                MemoryEntry entry = entry(table, uid);
                index.add(hash(uid), entry);
                expected.put(uid, entry);
            } else if (random.nextBoolean()) {
                index.remove(hash(uid), there);
                expected.remove(uid);
            } else {
                MemoryEntry other = entry(table, uid);
                index.replace(hash(uid), there, other);
                expected.put(uid, other);
            }
            assertThat(index.size()).as("seed %d, step %d", seed, step).isEqualTo(expected.size());
            assertSame(index, expected);
        }
    }

    private static void assertSame(EntryIndex index, Map<Long, MemoryEntry> expected) {
        Map<Long, MemoryEntry> found = new HashMap<>();
        for (int slot = 0; slot < index.slots(); slot++) {
            MemoryEntry entry = index.at(slot);
            if (entry != null) assertThat(found.put(entry.flow.uid(), entry)).isNull();
        }
        assertThat(found).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2})
    void entries_areFoundByMatch_whateverCameAndWent(long seed) throws FlowFault {
        TableCheck table = FlowCheck.of(Samples.model(2000)).table(Samples.bridged(0));
        SplittableRandom random = new SplittableRandom(seed);
        EntryIndex index = new EntryIndex();
        Map<Long, MemoryEntry> expected = new HashMap<>();
        for (int step = 0; step < 20_000; step++) {
            long uid = random.nextInt(300);
            MemoryEntry looked = entry(table, uid);
            MemoryEntry there = index.of(looked.match);
            assertThat(there).as("seed %d, step %d", seed, step).isSameAs(expected.get(uid));
            if (there == null) {
                index.add(looked.match.hashCode(), looked);
                expected.put(uid, looked);
            } else {
                index.remove(looked.match.hashCode(), there);
                expected.remove(uid);
            }
        }
    }
}
