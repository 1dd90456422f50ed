package dev.weir.table.match;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What a table promises, one promise a test; {@link MatchTableModelTest} has all of them at once. */
class MatchTableTest {
    private static final long SECOND = 1_000_000_000L, TICK = 1L << 24;
    private static final KeyLayout EXACT = KeyLayout.of(new KeyField("a", 32, MatchKind.EXACT));
    private static final KeyLayout LPM = KeyLayout.of(new KeyField("a", 32, MatchKind.LPM));
    private static final KeyLayout TERNARY = KeyLayout.of(new KeyField("a", 32, MatchKind.TERNARY));

    private final List<String> told = new ArrayList<>();

    static Stream<KeyLayout> layouts() {
        return Stream.of(EXACT, LPM, TERNARY);
    }

    private MatchTable table(KeyLayout layout, int capacity, IdleTimeout idle) {
        var config = MatchTableConfig.of(layout, capacity)
                .withPayloadBytes(24)
                .withIdleTimeout(idle)
                .withHashSeed(1);
        return MatchTable.create(config, (_, entry, deadline) -> told.add(entry + " at " + deadline));
    }

    private static long[] packet(long address) {
        return new long[] {address << 32};
    }

    private static MatchKey exact(KeyLayout layout, long address) {
        return MatchKey.exact(layout, address);
    }

    private static MatchKey prefix(long address, int bits) {
        return MatchKey.of(LPM, FieldMatch.lpm(address, bits));
    }

    @ParameterizedTest
    @MethodSource("layouts")
    void add_entriesUpToTheCapacity_thenFull(KeyLayout layout) {
        try (var table = table(layout, 3, IdleTimeout.NONE)) {
            for (int i = 0; i < 3; i++) {
                assertThat(table.add(exact(layout, i), i, 0, 0)).isEqualTo(i);
            }
            assertThat(table.add(exact(layout, 9), 9, 0, 0)).isEqualTo(MatchTable.FULL);
            assertThat(table.add(exact(layout, 1), 1, 0, 0)).isEqualTo(MatchTable.EXISTS);
            table.remove(1);
            assertThat(table.add(exact(layout, 9), 9, 0, 0)).isEqualTo(1);
            assertThat(table.match(packet(1), 0, 0)).isEqualTo(MatchTable.NONE);
            assertThat(table.match(packet(9), 0, 0)).isEqualTo(1);
            table.assertValid();
        }
    }

    @ParameterizedTest
    @MethodSource("layouts")
    void payload_ofANewEntry_isZeroAndKeptOverAResize(KeyLayout layout) {
        try (var table = table(layout, 2, IdleTimeout.NONE)) {
            table.add(exact(layout, 1), 0, 0, 0);
            int second = table.add(exact(layout, 2), 1, 0, 0);
            for (int at = 0; at < 24; at += 8) {
                assertThat(table.payload().get(ValueLayout.JAVA_LONG, table.payloadAt(second) + at))
                        .isZero();
                table.payload().set(ValueLayout.JAVA_LONG, table.payloadAt(second) + at, 40 + at);
            }
            table.remove(0);
            assertThat(table.resize(1000)).isTrue();
            assertThat(table.capacity()).isEqualTo(1000);
            int moved = table.match(packet(2), 0, 0);
            assertThat(table.payload().get(ValueLayout.JAVA_LONG, table.payloadAt(moved) + 16))
                    .isEqualTo(56);
            assertThat(table.resize(1)).isTrue();
            table.assertValid();
        }
    }

    @Test
    void resize_belowTheEntries_isRefused() {
        try (var table = table(EXACT, 5, IdleTimeout.NONE)) {
            for (int i = 0; i < 5; i++) {
                table.add(exact(EXACT, i), 0, 0, 0);
            }
            assertThat(table.resize(4)).isFalse();
            assertThat(table.capacity()).isEqualTo(5);
            assertThat(table.match(packet(4), 0, 0)).isEqualTo(4);
        }
    }

    @ParameterizedTest
    @EnumSource(IdleTimeout.class)
    void entry_notHitForItsLifetime_isWhatTheTableSays(IdleTimeout idle) {
        try (var table = table(EXACT, 5, idle)) {
            int entry = table.add(exact(EXACT, 1), 0, 30 * SECOND, SECOND);
            assertThat(table.expire(31 * SECOND, 100)).isZero();
            assertThat(table.match(packet(1), 0, 31 * SECOND - 1)).isEqualTo(entry);
            assertThat(told).isEmpty();
            int atDeadline = table.match(packet(1), 0, 31 * SECOND);
            assertThat(atDeadline).isEqualTo(idle == IdleTimeout.DELETE ? MatchTable.NONE : entry);
            table.expire(31 * SECOND + TICK, 100);
            switch (idle) {
                case NONE -> assertThat(told).isEmpty();
                case NOTIFY, DELETE -> assertThat(told).containsExactly("0 at 31000000000");
            }
            assertThat(table.size()).isEqualTo(idle == IdleTimeout.DELETE ? 0 : 1);
        }
    }

    @Test
    void entryThatStays_withoutAHit_isToldEachLifetimeAndOnceForThoseThatPassed() {
        try (var table = table(EXACT, 5, IdleTimeout.NOTIFY)) {
            int entry = table.add(exact(EXACT, 1), 0, 10 * SECOND, 0);
            table.expire(15 * SECOND, 100);
            table.expire(18 * SECOND, 100);
            table.expire(25 * SECOND, 100);
            table.expire(57 * SECOND, 100);
            assertThat(told).containsExactly("0 at 10000000000", "0 at 20000000000", "0 at 30000000000");
            told.clear();
            table.touch(entry, 59 * SECOND);
            table.expire(68 * SECOND, 100);
            assertThat(told).isEmpty();
            table.expire(70 * SECOND, 100);
            assertThat(told).containsExactly("0 at 69000000000");
        }
    }

    @Test
    void expire_withALimit_goesOnWhereItStoppedAndTellsNobodyTwice() {
        try (var table = table(EXACT, 10, IdleTimeout.NOTIFY)) {
            for (int i = 0; i < 10; i++) {
                table.add(exact(EXACT, i), 0, SECOND + i, 0);
            }
            int calls = 0;
            while (table.expire(400_000 * SECOND, 3) == 3) {
                calls++;
            }
            assertThat(calls).isEqualTo(3);
            assertThat(told).hasSize(10).doesNotHaveDuplicates();
            table.assertValid();
        }
    }

    @ParameterizedTest
    @MethodSource("layouts")
    void add_whereAnEntryIsOver_endsThatOneFirst(KeyLayout layout) {
        try (var table = table(layout, 1, IdleTimeout.DELETE)) {
            table.add(exact(layout, 1), 7, SECOND, 0);
            assertThat(table.add(exact(layout, 1), 7, SECOND, SECOND - 1)).isEqualTo(MatchTable.EXISTS);
            assertThat(table.add(exact(layout, 1), 7, SECOND, SECOND)).isZero();
            assertThat(told).containsExactly("0 at 1000000000");
            assertThat(table.lastHit(0)).isEqualTo(SECOND);
            table.assertValid();
        }
    }

    @Test
    void touch_beforeTheDeadline_movesIt() {
        try (var table = table(EXACT, 5, IdleTimeout.DELETE)) {
            int entry = table.add(exact(EXACT, 1), 0, 10 * SECOND, 0);
            for (int second = 9; second < 100; second += 9) {
                table.expire(second * SECOND, 10);
                assertThat(table.match(packet(1), 0, second * SECOND)).isEqualTo(entry);
                table.touch(entry, second * SECOND);
            }
            table.touch(entry, 5 * SECOND);
            assertThat(table.lastHit(entry)).isEqualTo(99 * SECOND);
            table.expire(120 * SECOND, 10);
            assertThat(told).containsExactly("0 at 109000000000");
        }
    }

    @Test
    void setLifetime_ofAnEntry_countsFromItsLastHit() {
        try (var table = table(EXACT, 5, IdleTimeout.DELETE)) {
            int forever = table.add(exact(EXACT, 1), 0, 0, 0), shorter = table.add(exact(EXACT, 2), 0, 90 * SECOND, 0);
            table.expire(50 * SECOND, 10);
            table.setLifetime(forever, 60 * SECOND);
            table.setLifetime(shorter, 30 * SECOND);
            assertThat(table.lifetime(forever)).isEqualTo(60 * SECOND);
            assertThat(table.match(packet(2), 0, 50 * SECOND)).isEqualTo(MatchTable.NONE);
            table.expire(61 * SECOND, 10);
            assertThat(told).containsExactly("1 at 30000000000", "0 at 60000000000");
        }
    }

    @Test
    void longestPrefix_whenItIsOver_givesWayToTheNextShorter() {
        try (var table = table(LPM, 5, IdleTimeout.DELETE)) {
            int all = table.add(prefix(0, 0), 0, 0, 0);
            int eight = table.add(prefix(0x0A00_0000L, 8), 0, 20 * SECOND, 0);
            int host = table.add(prefix(0x0A01_0203L, 32), 0, 10 * SECOND, 0);
            assertThat(table.match(packet(0x0A01_0203L), 0, 1)).isEqualTo(host);
            assertThat(table.match(packet(0x0A01_0204L), 0, 1)).isEqualTo(eight);
            assertThat(table.match(packet(0x0B01_0204L), 0, 1)).isEqualTo(all);
            assertThat(table.match(packet(0x0A01_0203L), 0, 10 * SECOND)).isEqualTo(eight);
            assertThat(table.match(packet(0x0A01_0203L), 0, 20 * SECOND)).isEqualTo(all);
            assertThat(told).containsExactly("2 at 10000000000", "1 at 20000000000");
        }
    }

    @Test
    void largestPriority_amongMasksThatMatch_wins() {
        try (var table = table(TERNARY, 5, IdleTimeout.NONE)) {
            int low = table.add(MatchKey.of(TERNARY, FieldMatch.any()), -5, 0, 0);
            int high = table.add(MatchKey.of(TERNARY, FieldMatch.ternary(0x0A00_0000L, 0xFF00_0000L)), 10, 0, 0);
            int middle = table.add(MatchKey.of(TERNARY, FieldMatch.exact(0x0A00_0001L)), 5, 0, 0);
            assertThat(table.match(packet(0x0A00_0001L), 0, 0)).isEqualTo(high);
            table.remove(high);
            assertThat(table.match(packet(0x0A00_0001L), 0, 0)).isEqualTo(middle);
            assertThat(table.match(packet(0x0A00_0002L), 0, 0)).isEqualTo(low);
            assertThat(((TernaryTable) table).masks()).isEqualTo(2);
        }
    }

    @Test
    void entry_thatIsNotThere_isRefusedWhereItWouldBeChanged() {
        try (var table = table(EXACT, 5, IdleTimeout.DELETE)) {
            table.add(exact(EXACT, 1), 0, 0, 0);
            table.remove(0);
            assertThatThrownBy(() -> table.remove(0)).hasMessage("table entry 0: there is none");
            assertThatThrownBy(() -> table.setLifetime(3, 1)).hasMessage("table entry 3: there is none");
            assertThatThrownBy(() -> table.key(5)).isInstanceOf(IndexOutOfBoundsException.class);
        }
    }

    @Test
    void arguments_outOfRange_sayTheRemedy() {
        assertThatThrownBy(() -> MatchTableConfig.of(EXACT, 0))
                .hasMessage("table size: 0 entries is out of range; give 1 to 268435454");
        assertThatThrownBy(() -> MatchTableConfig.of(EXACT, 1).withPayloadBytes(12))
                .hasMessage("table payload: 12 octets an entry is out of range; give 0 to 4096 in steps of 8");
        assertThatThrownBy(() -> ExactTable.create(MatchTableConfig.of(LPM, 1), IdleListener.NONE))
                .hasMessageContaining("is not exact; make another kind of table");
        assertThatThrownBy(() -> LpmTable.create(MatchTableConfig.of(EXACT, 1), IdleListener.NONE))
                .hasMessageContaining("has not one prefix among exact fields; make another kind of table");
        try (var table = table(LPM, 5, IdleTimeout.DELETE)) {
            assertThatThrownBy(() -> table.add(prefix(0, 0), 0, -1, 0))
                    .hasMessage("lifetime: -1 ns is out of range; give 0 to 4611686018427387904");
            assertThatThrownBy(() -> ((LpmTable) table).add(packet(1), 0, 33, 0, 0))
                    .hasMessage("prefix: its length is 33 bits of the key; give 0 to 32");
        }
    }
}
