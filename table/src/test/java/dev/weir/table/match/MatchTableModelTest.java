package dev.weir.table.match;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.ValueLayout;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Tables of all kinds under random calls, against {@link ModelTable}: what is found, what is told and when, what is left. */
class MatchTableModelTest {
    private static final int STEPS = 4_000;
    private static final long TICK = 1L << 24;

    static Stream<Arguments> tables() {
        List<Arguments> tables = new ArrayList<>();
        long seed = 1;
        for (String key : List.of(
                "a:8:EXACT",
                "dev:9:EXACT addr:32:EXACT port:16:EXACT",
                "a:64:EXACT",
                "a:128:EXACT",
                "t:32:EXACT s:128:EXACT d:128:EXACT p:8:EXACT sp:16:EXACT dp:16:EXACT",
                "a:8:LPM",
                "a:20:LPM",
                "a:32:LPM",
                "vrf:9:EXACT a:32:LPM",
                "a:64:LPM p:8:EXACT",
                "a:128:LPM",
                "a:32:TERNARY",
                "a:32:TERNARY b:128:TERNARY c:16:OPTIONAL",
                "a:32:LPM b:32:LPM p:8:EXACT",
                "p:16:RANGE",
                "a:32:TERNARY p:16:RANGE q:64:RANGE c:8:EXACT")) {
            for (IdleTimeout idle : IdleTimeout.values()) {
                tables.add(Arguments.of(key, idle, seed++));
            }
        }
        return tables.stream();
    }

    @ParameterizedTest(name = "{0} {1} seed {2}")
    @MethodSource("tables")
    void table_randomCalls_agreesWithAList(String key, IdleTimeout idle, long seed) {
        try (var test = new Run(layout(key), idle, seed)) {
            for (int step = 0; step < STEPS; step++) {
                test.step();
                if (step % 1000 == 0) {
                    test.compareAll();
                }
            }
            test.compareAll();
        }
    }

    private static KeyLayout layout(String text) {
        List<KeyField> fields = new ArrayList<>();
        for (String field : text.split(" ", -1)) {
            String[] parts = field.split(":", -1);
            fields.add(new KeyField(parts[0], Integer.parseInt(parts[1]), MatchKind.valueOf(parts[2])));
        }
        return KeyLayout.of(fields);
    }

    private static final class Run implements AutoCloseable {
        private final KeyLayout layout;
        private final long seed;
        private final SplittableRandom random;
        private final ModelTable model;
        private final MatchTable table;
        private final Map<Long, Long> told = new TreeMap<>();
        private final int[] found = new int[600];
        private long now = 1_700_000_000_000_000_000L;
        private long ids;
        private int nextPriority;

        private Run(KeyLayout layout, IdleTimeout idle, long seed) {
            this.layout = layout;
            this.seed = seed;
            random = new SplittableRandom(seed);
            model = new ModelTable(layout, idle == IdleTimeout.DELETE);
            var config = MatchTableConfig.of(layout, 50)
                    .withPayloadBytes(8)
                    .withIdleTimeout(idle)
                    .withHashSeed(seed);
            table = MatchTable.create(config, (t, entry, deadline) -> told.put(id(t, entry), deadline));
        }

        private static long id(MatchTable table, int entry) {
            return table.payload().get(ValueLayout.JAVA_LONG, table.payloadAt(entry));
        }

        private void step() {
            now += random.nextInt(4) == 0 ? random.nextLong(3 * TICK) : random.nextLong(1000);
            switch (random.nextInt(16)) {
                case 0, 1, 2, 3 -> add();
                case 4, 5, 6, 7, 8 -> match();
                case 9 -> matchMany();
                case 10 -> remove();
                case 11 -> setLifetime();
                case 12, 13 -> expire();
                case 14 -> resizeSeldom();
                default -> jumpSeldom();
            }
            assertThat(told).as("told, seed=%d", seed).isEqualTo(model.told);
            told.clear();
            model.told.clear();
            assertThat(table.size()).as("size, seed=%d", seed).isEqualTo(model.entries.size());
        }

        private void add() {
            MatchKey key = key();
            // Each once, in no order: among equal ones a table may choose.
            int priority = (int) (nextPriority++ * 7919L % 1_000_003) - 500_000;
            if (random.nextInt(10) == 0 && !model.entries.isEmpty()) {
                key = model.entries.getFirst().key;
                priority = model.entries.getFirst().priority;
            }
            long lifetime = lifetime();
            int entry = table.add(key, priority, lifetime, now);
            if (model.isInTheWay(key, priority, now)) {
                assertThat(entry).isEqualTo(MatchTable.EXISTS);
            } else if (model.entries.size() == table.capacity()) {
                assertThat(entry).isEqualTo(MatchTable.FULL);
            } else {
                assertThat(entry).as("seed=%d", seed).isNotNegative();
                assertThat(id(table, entry)).isZero();
                table.payload().set(ValueLayout.JAVA_LONG, table.payloadAt(entry), ++ids);
                model.add(key, priority, ids, lifetime, now);
            }
        }

        private void match() {
            long[] packet = packet();
            int entry = table.match(packet, 0, now);
            ModelTable.@Nullable Entry expected = model.match(packet, now);
            compare(entry, expected);
            if (expected != null && random.nextBoolean()) {
                table.touch(entry, now);
                expected.last = now;
            }
        }

        private void compare(int entry, ModelTable.@Nullable Entry expected) {
            assertThat(entry == MatchTable.NONE).as("seed=%d", seed).isEqualTo(expected == null);
            if (expected != null) {
                assertThat(id(table, entry))
                        .as("seed=%d %s", seed, expected.key)
                        .isEqualTo(expected.id);
            }
        }

        private void matchMany() {
            int words = layout.words();
            int n = random.nextInt(found.length);
            long[] packets = new long[n * words];
            for (int i = 0; i < n; i++) {
                System.arraycopy(packet(), 0, packets, i * words, words);
            }
            table.match(packets, n, now, found);
            for (int i = 0; i < n; i++) {
                long[] packet = Arrays.copyOfRange(packets, i * words, (i + 1) * words);
                compare(found[i], model.match(packet, now));
            }
        }

        private void remove() {
            if (!model.entries.isEmpty()) {
                ModelTable.Entry entry = model.entries.remove(random.nextInt(model.entries.size()));
                table.remove(table.find(entry.key, entry.priority));
                assertThat(table.find(entry.key, entry.priority)).isEqualTo(MatchTable.NONE);
            }
        }

        private void setLifetime() {
            if (!model.entries.isEmpty()) {
                ModelTable.Entry entry = model.entries.get(random.nextInt(model.entries.size()));
                long lifetime = lifetime();
                table.setLifetime(table.find(entry.key, entry.priority), lifetime);
                model.setLifetime(entry, lifetime);
            }
        }

        private void expire() {
            int limit = 1 + random.nextInt(20);
            while (table.expire(now, limit) == limit) {}
            if (table.config().idleTimeout() != IdleTimeout.NONE) {
                model.expire(now);
            }
        }

        private void resizeSeldom() {
            if (random.nextInt(20) == 0) {
                int capacity = 1 + random.nextInt(100);
                assertThat(table.resize(capacity)).isEqualTo(capacity >= model.entries.size());
            }
        }

        private void jumpSeldom() {
            if (random.nextInt(50) == 0) {
                now += random.nextLong(200L * 3600 * 1_000_000_000L);
            }
        }

        private long lifetime() {
            return switch (random.nextInt(5)) {
                case 0 -> 0;
                case 1 -> 1 + random.nextLong(100);
                case 2 -> 1 + random.nextLong(5 * TICK);
                case 3 -> 30_000_000_000L;
                default -> 1 + random.nextLong(5000 * TICK);
            };
        }

        /** Keys from few, so that most packets match something. */
        private MatchKey key() {
            List<FieldMatch> matches = new ArrayList<>();
            for (KeyField field : layout.fields()) {
                matches.add(
                        switch (field.kind()) {
                            case EXACT -> new FieldMatch.Exact(value(field));
                            case LPM -> new FieldMatch.Lpm(value(field), random.nextInt(field.bits() + 1));
                            case TERNARY -> new FieldMatch.Ternary(value(field), mask(field));
                            case RANGE -> range(field);
                            case OPTIONAL ->
                                random.nextBoolean() ? new FieldMatch.Exact(value(field)) : FieldMatch.any();
                        });
            }
            return MatchKey.of(layout, matches);
        }

        private BigInteger mask(KeyField field) {
            BigInteger ones = BigInteger.ONE.shiftLeft(field.bits()).subtract(BigInteger.ONE);
            return switch (random.nextInt(4)) {
                case 0 -> ones;
                case 1 -> BigInteger.ZERO;
                case 2 -> ones.shiftRight(field.bits() / 2);
                default -> ones.shiftLeft(field.bits() / 2).and(ones);
            };
        }

        private FieldMatch range(KeyField field) {
            BigInteger one = value(field), other = value(field);
            return new FieldMatch.Range(one.min(other), one.max(other));
        }

        private long[] packet() {
            long[] packet = new long[layout.words()];
            for (int field = 0; field < layout.fields().size(); field++) {
                layout.put(packet, 0, field, value(layout.fields().get(field)));
            }
            return packet;
        }

        /** One of eight values, that differ at their begin, at their end, or in between. */
        private BigInteger value(KeyField field) {
            if (layout.fields().size() > 1 && random.nextInt(4) != 0) {
                return BigInteger.ONE;
            }
            BigInteger value = BigInteger.ONE;
            for (int bit : new int[] {0, field.bits() / 2, field.bits() - 1}) {
                value = random.nextBoolean() ? value.flipBit(bit) : value;
            }
            return value;
        }

        private MatchKey copiedKey(int entry) {
            long[] words = new long[table.keyCopyWords() + 2];
            table.copyKey(entry, words, 1);
            return MatchKey.ofWords(table.layout(), Arrays.copyOfRange(words, 1, words.length - 1));
        }

        private void compareAll() {
            table.assertValid();
            var expected = new TreeSet<Long>();
            for (ModelTable.Entry entry : model.entries) {
                expected.add(entry.id);
                int own = table.find(entry.key, entry.priority);
                assertThat(own).as("seed=%d %s", seed, entry.key).isNotNegative();
                assertThat(table.key(own)).as("seed=%d", seed).isEqualTo(entry.key);
                assertThat(copiedKey(own)).as("seed=%d", seed).isEqualTo(entry.key);
                assertThat(table.lastHit(own)).isEqualTo(entry.last);
                assertThat(table.lifetime(own)).isEqualTo(entry.lifetime);
            }
            var seen = new TreeSet<Long>();
            for (int from = 0; from < table.end(); from += 16) {
                for (int e = table.next(from, from + 16); e != MatchTable.NONE; e = table.next(e + 1, from + 16)) {
                    assertThat(seen.add(id(table, e))).isTrue();
                }
            }
            assertThat(seen).as("seed=%d", seed).isEqualTo(expected);
        }

        @Override
        public void close() {
            table.close();
        }
    }
}
