package dev.weir.table.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.testing.Allocation;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class BoundedCacheTest {
    /** A table of keys by slot, as an owner has one, beside a plain cache of the same keys. */
    private static final class Rig {
        final CacheConfig config;
        final BoundedCache cache;
        final PlainCache<Long> plain;
        final Map<Long, Integer> slots = new HashMap<>();
        final Map<Integer, Long> keys = new HashMap<>();
        final Map<Long, Long> boxes = new HashMap<>();
        final Deque<Integer> free = new ArrayDeque<>();
        final Map<Long, Boolean> pinned = new HashMap<>();
        String context = "";

        Rig(CacheConfig config) {
            this.config = config;
            cache = new BoundedCache(config);
            plain = new PlainCache<>(config);
            for (int slot = 0; slot < config.capacity(); slot++) free.add(slot);
        }

        static long hash(long key) {
            return new SplittableRandom(key).nextLong();
        }

        long tenant(long key) {
            return key % 3;
        }

        /** The same object for the same key, by which the plain cache knows it. */
        Long box(long key) {
            return boxes.computeIfAbsent(key, k -> Long.valueOf(k));
        }

        boolean packet(long key, int bytes) {
            Integer slot = slots.get(key);
            if (slot != null) {
                cache.hit(slot, bytes);
                plain.hit(box(key), bytes);
                return true;
            }
            cache.missed(tenant(key), bytes);
            int answer = cache.offer(hash(key), tenant(key), bytes);
            PlainCache.Offer<Long> expected = plain.offer(hash(key), tenant(key), bytes);
            Long victim = answer >= 0 ? keys.get(answer) : null;
            assertThat(answer != BoundedCache.REJECTED).as(context).isEqualTo(expected.admitted());
            assertThat(victim).as(context).isEqualTo(expected.victim());
            if (victim != null) {
                assertThat(pinned).as(context).doesNotContainKey(victim);
                cache.evicted(answer);
                forget(victim);
            }
            if (answer == BoundedCache.REJECTED) return false;
            int at = take(key);
            cache.added(at, hash(key), tenant(key), bytes);
            plain.added(box(key), hash(key), tenant(key), bytes);
            return false;
        }

        private int take(long key) {
            int at = free.remove();
            slots.put(key, at);
            keys.put(at, key);
            return at;
        }

        private void forget(long key) {
            plain.removed(box(key));
            int slot = Objects.requireNonNull(slots.remove(key));
            keys.remove(slot);
            pinned.remove(key);
            free.addFirst(slot);
        }

        void put(long key, boolean pin) {
            if (slots.containsKey(key)) return;
            if (free.isEmpty()) {
                int slot = cache.victim();
                Long victim = slot < 0 ? null : keys.get(slot);
                assertThat(victim).as(context).isEqualTo(plain.victim());
                if (victim == null) return;
                cache.evicted(slot);
                forget(victim);
            }
            cache.put(take(key), hash(key), tenant(key), pin);
            plain.put(box(key), hash(key), tenant(key), pin);
            if (pin) pinned.put(key, true);
        }

        void remove(long key, boolean expired) {
            Integer slot = slots.get(key);
            if (slot == null) return;
            if (expired) {
                cache.expired(slot);
            } else {
                cache.removed(slot);
            }
            forget(key);
        }

        void pin(long key, boolean pin) {
            Integer slot = slots.get(key);
            if (slot == null) return;
            cache.pin(slot, hash(key), pin);
            plain.pin(box(key), pin);
            if (pin) {
                pinned.put(key, true);
            } else {
                pinned.remove(key);
            }
        }

        void check() {
            assertThat(cache.size()).as(context).isEqualTo(slots.size()).isEqualTo(plain.size());
            assertThat(cache.size()).as(context).isLessThanOrEqualTo(config.capacity());
            CacheFigures figures = cache.figures();
            assertThat(figures.size()).as(context).isEqualTo(slots.size());
            assertThat(figures.pinned()).as(context).isEqualTo(pinned.size());
        }
    }

    private static CacheConfig config(CachePolicy policy, SplittableRandom random) {
        CacheConfig config = CacheConfig.of(policy, 1 + random.nextInt(60));
        if (random.nextBoolean()) config = config.withBytes();
        return random.nextBoolean() ? config.withTenants(random.nextInt(config.capacity() + 1)) : config;
    }

    @ParameterizedTest
    @EnumSource
    void cache_givenRandomCalls_decidesAsThePlainOne(CachePolicy policy) {
        for (long seed = 1; seed <= 30; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            Rig rig = new Rig(config(policy, random));
            for (int step = 0; step < 6_000; step++) {
                rig.context = policy + " seed " + seed + " step " + step + " " + rig.config;
                long key = Math.min(random.nextInt(300), random.nextInt(300)) + (step / 2_000) * 100L;
                switch (random.nextInt(40)) {
                    case 0 -> rig.put(key, random.nextBoolean());
                    case 1 -> rig.remove(key, random.nextBoolean());
                    case 2 -> rig.pin(key, random.nextInt(3) == 0);
                    default -> rig.packet(key, 64 + random.nextInt(1455));
                }
                if (step % 50 == 0) rig.check();
            }
            rig.check();
        }
    }

    @ParameterizedTest
    @EnumSource
    void quota_whileOnlyPacketsAdd_isKept(CachePolicy policy) {
        SplittableRandom random = new SplittableRandom(5);
        Rig rig = new Rig(CacheConfig.of(policy, 30).withTenants(7));
        for (int step = 0; step < 20_000; step++) {
            rig.packet(random.nextInt(400), 100);
            for (CacheFigures figures : rig.cache.tenants().values()) {
                assertThat(figures.size()).as("step %d", step).isLessThanOrEqualTo(7);
            }
        }
        assertThat(rig.cache.size()).isEqualTo(21);
    }

    @ParameterizedTest
    @EnumSource
    void pinned_whateverComes_stays(CachePolicy policy) {
        Rig rig = new Rig(CacheConfig.of(policy, 20));
        for (long key = 1000; key < 1012; key++) rig.put(key, true);
        SplittableRandom random = new SplittableRandom(9);
        for (int step = 0; step < 10_000; step++) rig.packet(random.nextInt(200), 100);
        for (long key = 1000; key < 1012; key++) assertThat(rig.slots).containsKey(key);
        for (long key = 2000; key < 2008; key++) rig.put(key, true);
        assertThat(rig.cache.victim()).isEqualTo(BoundedCache.REJECTED);
        assertThat(rig.cache.offer(Rig.hash(7), 0, 100)).isEqualTo(BoundedCache.REJECTED);
    }

    /** Of keys that are seen often, while four times as many come once. */
    private static double hitRatioOfHot(CachePolicy policy) {
        Rig rig = new Rig(CacheConfig.of(policy, 100));
        SplittableRandom random = new SplittableRandom(11);
        long hits = 0, all = 0, once = 1_000;
        for (int step = 0; step < 50_000; step++) {
            if (random.nextInt(5) > 0) {
                rig.packet(once++, 100);
            } else {
                boolean hit = rig.packet(random.nextInt(90), 100);
                if (step > 10_000) {
                    hits += hit ? 1 : 0;
                    all++;
                }
            }
        }
        return (double) hits / all;
    }

    @Test
    void tinyLfu_duringAScan_keepsWhatIsUsed() {
        assertThat(hitRatioOfHot(CachePolicy.TINYLFU)).isGreaterThan(0.9);
        assertThat(hitRatioOfHot(CachePolicy.LRU)).isLessThan(0.4);
    }

    @Test
    void tinyLfu_ofOtherTraffic_followsIt() {
        Rig rig = new Rig(CacheConfig.of(CachePolicy.TINYLFU, 100));
        SplittableRandom random = new SplittableRandom(12);
        for (int step = 0; step < 20_000; step++) rig.packet(random.nextInt(90), 100);
        int hits = 0;
        for (int step = 0; step < 10_000; step++) {
            boolean hit = rig.packet(5_000 + random.nextInt(90), 100);
            if (step >= 5_000 && hit) hits++;
        }
        assertThat(hits).isGreaterThan(4_500);
    }

    @Test
    void weight_byBytes_keepsLargePackets() {
        for (boolean byBytes : new boolean[] {false, true}) {
            CacheConfig config = CacheConfig.of(CachePolicy.TINYLFU, 50);
            Rig rig = new Rig(byBytes ? config.withBytes() : config);
            SplittableRandom random = new SplittableRandom(13);
            for (int step = 0; step < 40_000; step++) {
                boolean small = random.nextInt(10) < 7;
                rig.packet(small ? random.nextInt(50) : 100 + random.nextInt(45), small ? 64 : 1500);
            }
            long large = rig.slots.keySet().stream().filter(key -> key >= 100).count();
            if (byBytes) {
                assertThat(large).isGreaterThan(40);
            } else {
                assertThat(large).isLessThan(10);
            }
        }
    }

    @Test
    void figures_ofTenants_addUp() {
        Rig rig = new Rig(CacheConfig.of(CachePolicy.LRU, 10).withTenants(0));
        for (long key : new long[] {0, 1, 2, 3, 0, 1, 5, 0}) rig.packet(key, 100);
        assertThat(rig.cache.tenants().keySet()).containsExactly(0L, 1L, 2L);
        CacheFigures first = rig.cache.tenants().get(0L);
        assertThat(first).isEqualTo(new CacheFigures(2, 200, 2, 200, 2, 0, 0, 0, 2, 0));
        CacheFigures sum = rig.cache.tenants().values().stream().reduce(CacheFigures.NONE, CacheFigures::plus);
        assertThat(rig.cache.figures()).isEqualTo(sum);
        rig.remove(0, true);
        assertThat(rig.cache.tenants().get(0L)).isEqualTo(new CacheFigures(2, 200, 2, 200, 2, 0, 0, 1, 1, 0));
    }

    @Test
    void tenants_beyondTheMost_areCountedTogether() {
        BoundedCache cache = new BoundedCache(CacheConfig.of(CachePolicy.LRU, 4).withTenants(0));
        for (long tenant = 0; tenant < 10_000; tenant++) cache.missed(tenant << 40, 60);
        assertThat(cache.tenants()).hasSize(TenantNumbers.MOST);
        assertThat(cache.figures().missPackets()).isEqualTo(10_000);
    }

    @ParameterizedTest
    @EnumSource
    void slot_toldTwice_fails(CachePolicy policy) {
        BoundedCache cache = new BoundedCache(CacheConfig.of(policy, 4));
        cache.added(1, 1, 0, 60);
        assertThatThrownBy(() -> cache.added(1, 1, 0, 60)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> cache.removed(2)).isInstanceOf(IllegalStateException.class);
    }

    @ParameterizedTest
    @EnumSource
    void packets_ofAnyPolicy_allocateNothing(CachePolicy policy) {
        CacheConfig config = CacheConfig.of(policy, 1000).withBytes().withTenants(400);
        BoundedCache cache = new BoundedCache(config);
        SplittableRandom random = new SplittableRandom(1);
        int[] keys = random.ints(100_000, 0, 4000)
                .map(key -> (int) ((long) key * key / 4000))
                .toArray();
        int[] slotOf = new int[4000], keyIn = new int[1000];
        java.util.Arrays.fill(slotOf, -1);
        int[] fresh = new int[1];
        Runnable work = () -> {
            for (int key : keys) {
                if (slotOf[key] >= 0) {
                    cache.hit(slotOf[key], 700);
                    continue;
                }
                cache.missed(key & 3, 700);
                int slot = cache.offer(key * 0x9E37_79B9_7F4A_7C15L, key & 3, 700);
                if (slot == BoundedCache.REJECTED) continue;
                if (slot >= 0) {
                    slotOf[keyIn[slot]] = -1;
                    cache.evicted(slot);
                } else {
                    slot = fresh[0]++;
                }
                slotOf[key] = slot;
                keyIn[slot] = key;
                cache.added(slot, key * 0x9E37_79B9_7F4A_7C15L, key & 3, 700);
            }
        };
        assertThat(Allocation.octetsOfRound(keys.length - 1, work) / keys.length)
                .as("octets a packet")
                .isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"0 0 false", "10 11 true", "10 -1 true", "10 3 false"})
    void config_outOfRange_saysWhat(String words) {
        List<String> each = new ArrayList<>(List.of(words.split(" ")));
        int capacity = Integer.parseInt(each.get(0)), quota = Integer.parseInt(each.get(1));
        boolean tenants = Boolean.parseBoolean(each.get(2));
        assertThatThrownBy(() -> new CacheConfig(CachePolicy.LRU, capacity, false, tenants, quota))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("cache ");
    }

    /** As many packets as the policy is told of at a time: an entry that is carried stays as one does that is hit by each of them. */
    @ParameterizedTest
    @EnumSource(CachePolicy.class)
    void carriedPackets_areAsGoodAsHits(CachePolicy policy) {
        BoundedCache hit = new BoundedCache(new CacheConfig(policy, 4, false, true, 0));
        BoundedCache carried = new BoundedCache(new CacheConfig(policy, 4, false, true, 0));
        for (BoundedCache cache : List.of(hit, carried)) {
            for (int slot = 0; slot < 4; slot++) {
                assertThat(cache.offer(Rig.hash(slot), slot, 100)).isEqualTo(BoundedCache.ROOM);
                cache.added(slot, Rig.hash(slot), slot, 100);
            }
        }
        for (int slot : new int[] {3, 1, 0, 2}) {
            for (int i = 0; i < 5 + slot; i++) hit.hit(slot, 100);
            carried.carried(slot, 5 + slot, 100L * (5 + slot));
        }
        assertThat(carried.figures()).isEqualTo(hit.figures());
        assertThat(carried.tenants()).isEqualTo(hit.tenants());
        assertThat(carried.victim()).isEqualTo(hit.victim());
        carried.carried(carried.victim(), 5_000_000, 500_000_000);
        assertThat(carried.figures().hitPackets()).isEqualTo(hit.figures().hitPackets() + 5_000_000);
        assertThat(carried.victim()).isNotEqualTo(hit.victim());
    }
}
