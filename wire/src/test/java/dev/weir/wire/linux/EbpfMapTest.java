package dev.weir.wire.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.weir.wire.PortException;
import dev.weir.wire.linux.EbpfMap.Shape;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Maps of the running kernel; they need no network. */
class EbpfMapTest {
    private static final EbpfUse USE = new EbpfUse(Set.of(Capability.BPF), "do without");
    private final Arena arena = Arena.ofConfined();
    private final MemorySegment key = arena.allocate(JAVA_LONG), value = arena.allocate(JAVA_INT);

    @BeforeEach
    void needsRights() {
        assumeTrue(Capabilities.missing(USE.needed()).isEmpty(), "needs CAP_BPF for maps");
    }

    @AfterEach
    void free() {
        arena.close();
    }

    private static EbpfMap hash(int entries) throws PortException {
        return EbpfMap.create(
                "here", USE, new Shape(EbpfMapType.HASH, "weir_test", Long.BYTES, Integer.BYTES, entries));
    }

    private int put(EbpfMap map, long k, int v, int how) {
        key.set(JAVA_LONG, 0, k);
        value.set(JAVA_INT, 0, v);
        return map.put(key, value, how);
    }

    private int get(EbpfMap map, long k) {
        key.set(JAVA_LONG, 0, k);
        return map.get(key, value);
    }

    @Test
    void elements_arePutReadTakenAndRemoved() throws Exception {
        try (EbpfMap map = hash(2)) {
            assertThat(get(map, 5)).isEqualTo(-Errno.ENOENT);
            assertThat(put(map, 5, 50, EbpfMap.ONLY_NEW)).isZero();
            assertThat(put(map, 5, 51, EbpfMap.ONLY_NEW)).isEqualTo(-Errno.EEXIST);
            assertThat(put(map, 5, 52, 0)).isZero();
            assertThat(get(map, 5)).isZero();
            assertThat(value.get(JAVA_INT, 0)).isEqualTo(52);
            assertThat(put(map, 6, 60, 0)).isZero();
            assertThat(put(map, 7, 70, 0)).isEqualTo(-Errno.E2BIG);
            key.set(JAVA_LONG, 0, 6);
            assertThat(map.take(key, value)).isZero();
            assertThat(value.get(JAVA_INT, 0)).isEqualTo(60);
            assertThat(map.take(key, value)).isEqualTo(-Errno.ENOENT);
            assertThat(map.remove(key)).isEqualTo(-Errno.ENOENT);
            assertThat(put(map, 7, 70, 0)).isZero();
            assertThat(map.remove(key)).isZero();
        }
    }

    @Test
    void batches_walkAndRemoval_coverAll() throws Exception {
        int count = 10_000;
        MemorySegment keys = arena.allocate(JAVA_LONG, count), values = arena.allocate(JAVA_INT, count);
        for (int i = 0; i < count; i++) {
            keys.setAtIndex(JAVA_LONG, i, 7L * i);
            values.setAtIndex(JAVA_INT, i, i);
        }
        try (EbpfMap map = hash(count)) {
            assertThat(map.putAll(keys, values, count)).isEqualTo(count);
            Map<Long, Integer> all = new TreeMap<>();
            EbpfMap.Walk walk = new EbpfMap.Walk(arena);
            MemorySegment someKeys = arena.allocate(JAVA_LONG, 512), someValues = arena.allocate(JAVA_INT, 512);
            for (int n = map.next(walk, someKeys, someValues, 512);
                    n > 0;
                    n = map.next(walk, someKeys, someValues, 512)) {
                for (int i = 0; i < n; i++)
                    all.put(someKeys.getAtIndex(JAVA_LONG, i), someValues.getAtIndex(JAVA_INT, i));
            }
            assertThat(all).hasSize(count);
            assertThat(all).allSatisfy((k, v) -> assertThat(k).isEqualTo(7L * v));
            assertThat(map.removeAll(keys, count)).isEqualTo(count);
            assertThat(map.removeAll(keys, count)).isEqualTo(-Errno.ENOENT);
            assertThat(map.next(new EbpfMap.Walk(arena), someKeys, someValues, 512))
                    .isZero();
        }
    }

    @Test
    void mappedArray_isWhatTheKernelHas() throws Exception {
        Shape shape = new Shape(EbpfMapType.ARRAY, "weir_test", Integer.BYTES, 24, 1000);
        try (EbpfMap map = EbpfMap.createMappable("here", USE, shape)) {
            MemorySegment all = map.mapped("here", USE, arena);
            assertThat(all.byteSize()).isEqualTo(24_000);
            MemorySegment room = arena.allocate(24, 8);
            room.set(JAVA_LONG, 16, 77);
            assertThat(map.put(arena.allocateFrom(JAVA_INT, 999), room, 0)).isZero();
            assertThat(all.get(JAVA_LONG, 999 * 24 + 16)).isEqualTo(77);
            all.set(JAVA_LONG, 24, 88);
            assertThat(map.get(arena.allocateFrom(JAVA_INT, 1), room)).isZero();
            assertThat(room.get(JAVA_LONG, 0)).isEqualTo(88);
        }
    }

    @Test
    void create_withoutRights_namesTheCapability() throws Exception {
        FutureTask<Throwable> refused = new FutureTask<>(() -> {
            assertThat(Capabilities.keepOnly(Set.of())).isTrue();
            return catchThrowable(() -> hash(1));
        });
        Thread.ofPlatform().start(refused);
        assertThat(refused.get())
                .isInstanceOf(PortException.class)
                .hasMessageStartingWith("here: an eBPF map may not be made, lacking CAP_BPF; start it by sudo");
    }

    @Test
    void create_impossible_saysWhatToDoWithout() {
        Shape shape = new Shape(EbpfMapType.HASH, "weir_test", 0, 4, 1);
        assertThatThrownBy(() -> EbpfMap.create("here", USE, shape))
                .isInstanceOf(PortException.class)
                .hasMessage("here: an eBPF map could not be made, invalid argument (EINVAL); do without");
    }
}
