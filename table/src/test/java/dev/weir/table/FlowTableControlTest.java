package dev.weir.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.packet.TunnelMode;
import dev.weir.testing.Frames;
import java.lang.foreign.Arena;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Control calls at their edges, and the counters. Events are written {@code reason@milliseconds}. */
class FlowTableControlTest {
    private static final long MILLI = 1_000_000L;
    private static final int MINUTE = 60_000;

    private final Arena arena = Arena.ofConfined();
    private final FlowRecords records = new FlowRecords(1000, FlowEvent.ENDED, arena);
    private final FlowRecord view = new FlowRecord();
    private final FlowTable table =
            new FlowTable(FlowTableConfig.defaults().withMaxFlows(8).withHashSeed(1));
    private final KeyExtractor extractor = new KeyExtractor(table, TunnelMode.OUTER, TenantMode.NONE);
    private final Vectors vectors = new Vectors(16);

    @AfterEach
    void close() {
        table.assertValid();
        table.close();
        arena.close();
    }

    /** A UDP packet of 128 octets of flow {@code n}. */
    private void packet(int n, long millis) {
        send(millis, Frames.ipv4(n, 0x0A000001, Frames.UDP, Frames.udp(1000, 53, Frames.payload(100))));
    }

    private void tcp(int flags, long millis) {
        send(millis, Frames.ipv4(1, 2, Frames.TCP, Frames.tcp(1000, 80, flags, Frames.payload(0))));
    }

    private void send(long millis, byte[] packet) {
        vectors.clear();
        vectors.add(millis * MILLI, Frames.ethernet(packet));
        extractor.extract(vectors.flows);
        vectors.track(table, records);
    }

    private static FlowKey key(int n) {
        return new FlowKey(address(n), 1000, address(0x0A000001), 53, Frames.UDP, 0);
    }

    private static FlowKey reversed(int n) {
        return new FlowKey(address(0x0A000001), 53, address(n), 1000, Frames.UDP, 0);
    }

    private static InetAddress address(int n) {
        try {
            return InetAddress.getByAddress(
                    new byte[] {(byte) (n >>> 24), (byte) (n >>> 16), (byte) (n >>> 8), (byte) n});
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }

    private List<String> ends() {
        List<String> ends = new ArrayList<>();
        for (Event e : Event.allOf(records)) {
            ends.add(EndReason.name(e.reason()) + "@" + e.at() / MILLI);
        }
        records.clear();
        return ends;
    }

    private FlowUpdate lifetime(int millis) {
        return FlowUpdate.NOTHING.withLifetime(millis);
    }

    @Test
    void calls_byEitherOrientation_findTheFlow() {
        packet(7, 0);
        assertThat(table.lookup(key(7), view)).isTrue();
        assertThat(table.lookup(reversed(7), view)).isTrue();
        assertThat(view.sourcePort()).isEqualTo(1000);
        assertThat(table.update(
                        reversed(7), FlowUpdate.NOTHING.withCtxId(0xFFFF_FFFE).withOffloaded(true)))
                .isTrue();
        assertThat(table.lookup(key(7), view)).isTrue();
        assertThat(view.ctxId()).isEqualTo(0xFFFF_FFFEL);
        assertThat(view.offloaded()).isTrue();
        assertThat(view.flowId()).isEqualTo(1);
        assertThat(table.delete(reversed(7), records)).isTrue();
        assertThat(table.delete(key(7), records)).isFalse();
        assertThat(ends()).containsExactly("deleted@0");
    }

    @Test
    void calls_withoutTheFlow_sayFalseAndChangeNothing() {
        packet(7, 0);
        assertThat(table.lookup(key(8), view)).isFalse();
        assertThat(table.update(key(8), lifetime(1))).isFalse();
        assertThat(table.delete(key(8), records)).isFalse();
        assertThat(table.size()).isEqualTo(1);
        assertThat(ends()).isEmpty();
    }

    /** The clock is past the deadline, the wheel is not: nobody sees the flow any more, and it ends at its deadline. */
    @Test
    void flow_pastItsDeadlineAndNotYetExpired_isGone() {
        packet(7, 0);
        table.advance(MINUTE * MILLI);
        assertThat(table.lookup(key(7), view)).isFalse();
        assertThat(table.update(key(7), lifetime(Lifetime.NEVER))).isFalse();
        assertThat(table.delete(key(7), records)).isFalse();
        table.forEach(_ -> {
            throw new AssertionError("it has ended");
        });
        assertThat(table.size()).isEqualTo(1);
        assertThat(table.settle(records)).isTrue();
        assertThat(ends()).containsExactly("idle@60000");
    }

    @Test
    void flow_oneNanosecondBeforeItsDeadline_isThere() {
        packet(7, 0);
        table.advance(MINUTE * MILLI - 1);
        assertThat(table.settle(records)).isTrue();
        assertThat(table.lookup(key(7), view)).isTrue();
        assertThat(ends()).isEmpty();
    }

    @Test
    void packet_atTheDeadline_beginsANewFlow() {
        packet(7, 0);
        packet(7, MINUTE - 1);
        packet(7, 2 * MINUTE - 1);
        assertThat(ends()).containsExactly("idle@119999");
        assertThat(table.counters()).containsEntry("CREATED", 2L).containsEntry("TIMER_EXPIRE", 1L);
    }

    @Test
    void update_toLifetimeZero_endsTheFlowAtItsLastPacket() {
        packet(7, 10);
        table.advance(5000 * MILLI);
        assertThat(table.expire(records)).isTrue();
        assertThat(table.update(key(7), lifetime(0))).isTrue();
        assertThat(table.lookup(key(7), view)).isFalse();
        assertThat(table.expire(records)).isTrue();
        assertThat(ends()).containsExactly("idle@10");
    }

    /** Five flows had packets since their timers were set, and so have time left when these run out. */
    @Test
    void expire_noMoreThanSoMany_looksAtThoseWithTimeLeftToo() {
        for (int n = 1; n <= 5; n++) packet(n, 0);
        for (int n = 1; n <= 5; n++) packet(n, 20_000);
        table.advance(65_000 * MILLI);

        assertThat(table.expire(records, 2)).isEqualTo(2);
        assertThat(table.expire(records, 2)).isEqualTo(2);
        assertThat(table.expire(records, 2)).isEqualTo(1);
        assertThat(table.expire(records, 2)).isZero();
        assertThat(ends()).isEmpty();
        table.advance(81_000 * MILLI);
        assertThat(table.expire(records, 3)).isEqualTo(3);
        assertThat(table.expire(records)).isTrue();
        assertThat(ends()).containsExactly("idle@80000", "idle@80000", "idle@80000", "idle@80000", "idle@80000");
    }

    @Test
    void update_toNeverAndBack_endsByTheLastLifetime() {
        packet(7, 0);
        assertThat(table.update(key(7), lifetime(Lifetime.NEVER))).isTrue();
        table.advance(Long.MAX_VALUE / 2);
        assertThat(table.expire(records)).isTrue();
        assertThat(ends()).isEmpty();
        packet(7, Long.MAX_VALUE / 2 / MILLI + 1);
        assertThat(table.update(key(7), lifetime(1000))).isTrue();
        table.advance(Long.MAX_VALUE / 2 + 3000 * MILLI);
        assertThat(table.expire(records)).isTrue();
        assertThat(ends()).containsExactly("idle@" + (Long.MAX_VALUE / 2 / MILLI + 1001));
    }

    @Test
    void update_ofATcpFlowsLifetime_outlivesItsStates() {
        tcp(Frames.SYN, 0);
        var key = new FlowKey(address(1), 1000, address(2), 80, Frames.TCP, 0);
        assertThat(table.update(key, FlowUpdate.NOTHING.withAgingProfile(AgingProfiles.DEFAULT, 2)))
                .isTrue();
        tcp(Frames.FIN | Frames.ACK, 10_000);
        table.advance(99_999 * MILLI);
        assertThat(table.settle(records)).isTrue();
        assertThat(ends()).isEmpty();
        table.advance(100_000 * MILLI);
        assertThat(table.settle(records)).isTrue();
        assertThat(ends()).containsExactly("closed@100000");
    }

    @Test
    void resize_belowWhatIsLive_recyclesThoseNearestTheirDeadline() {
        for (int n = 0; n < 8; n++) {
            packet(n, n);
        }
        assertThat(table.resize(3, records)).isTrue();
        assertThat(ends()).hasSize(5).containsOnly("recycled@7");
        assertThat(table.size()).isEqualTo(3);
        for (int n = 0; n < 8; n++) {
            assertThat(table.lookup(key(n), view)).as("flow %d", n).isEqualTo(n >= 5);
        }
        table.assertValid();
        packet(9, 8);
        assertThat(ends()).containsExactly("recycled@8");
        assertThat(table.resize(100, records)).isTrue();
        packet(10, 9);
        assertThat(table.size()).isEqualTo(4);
        assertThat(ends()).isEmpty();
    }

    @Test
    void resize_withoutRoomForTheRecords_goesOnWhereItWas() {
        for (int n = 0; n < 8; n++) {
            packet(n, n);
        }
        var two = new FlowRecords(2, FlowEvent.ENDED, arena);
        int calls = 1;
        for (; !table.resize(1, two); calls++) {
            assertThat(two.size()).isEqualTo(2);
            assertThat(table.config().maxFlows()).isEqualTo(8);
            table.assertValid();
            two.clear();
        }
        assertThat(calls).isEqualTo(4);
        assertThat(table.size()).isEqualTo(1);
    }

    @Test
    void resize_toAnImpossibleSize_isRefusedAndChangesNothing() {
        packet(7, 0);
        assertThatThrownBy(() -> table.resize(0, records)).hasMessageContaining("max-flows out of range");
        assertThat(table.lookup(key(7), view)).isTrue();
    }

    /** A flow that ends with its only packet needs no room, so a full table loses nothing to it. */
    @Test
    void flowOfLifetimeZero_inAFullTable_recyclesNobody() {
        var config =
                FlowTableConfig.defaults().withMaxFlows(2).withTcpLifetimes(TcpLifetimes.DEFAULT.with(TcpState.RST, 0));
        try (var small = new FlowTable(config)) {
            var keys = new KeyExtractor(small, TunnelMode.OUTER, TenantMode.NONE);
            vectors.clear();
            for (int n = 0; n < 10; n++) {
                int flags = n < 2 ? Frames.SYN : Frames.RST;
                vectors.add(
                        n * MILLI,
                        Frames.ethernet(Frames.ipv4(n, 99, Frames.TCP, Frames.tcp(1, 2, flags, new byte[0]))));
            }
            keys.extract(vectors.flows);
            vectors.track(small, records);
            assertThat(ends()).hasSize(8).allMatch(end -> end.startsWith("closed@"));
            assertThat(small.size()).isEqualTo(2);
            small.assertValid();
        }
    }

    @Test
    void purge_withLittleRoom_endsEachChosenFlowOnce() {
        for (int n = 0; n < 8; n++) {
            packet(n, n);
        }
        var one = new FlowRecords(1, FlowEvent.ENDED, arena);
        int ended = 0;
        boolean through;
        do {
            through = table.purge(flow -> flow.sourceOctet(3) % 2 == 0, one);
            ended += one.size();
            one.clear();
        } while (!through);
        assertThat(ended).isEqualTo(4);
        assertThat(table.size()).isEqualTo(4);
    }

    @Test
    void flush_ofFlowsSomePastTheirDeadline_tellsThemApart() {
        packet(1, 0);
        packet(2, 30_000);
        table.advance(70_000 * MILLI);
        assertThat(table.flush(records)).isTrue();
        assertThat(ends()).containsExactly("idle@60000", "flushed@70000");
        assertThat(table.flush(records)).isTrue();
        assertThat(ends()).isEmpty();
    }

    @Test
    void finish_withLittleRoom_endsEachFlowOnceAndNothingElseIsPossible() {
        for (int flow = 1; flow <= 5; flow++) {
            packet(flow, flow);
        }
        var two = new FlowRecords(2, FlowEvent.ENDED, arena);
        var ids = new ArrayList<Long>();
        boolean through;
        do {
            through = table.finish(two);
            for (int i = 0; i < two.size(); i++) {
                ids.add(two.get(i, new FlowRecord()).flowId());
            }
            two.clear();
        } while (!through);
        assertThat(ids).hasSize(5).isSorted().doesNotHaveDuplicates();
        assertThat(table.finish(two)).isTrue();
        assertThat(two.size()).isZero();
        assertThat(table.size()).isZero();
        assertThat(table.counters()).containsEntry("ended:flushed", 5L);
        assertThatThrownBy(() -> table.flush(two)).hasMessageContaining("flow table is finished");
    }

    @Test
    void counters_afterTraffic_addUp() {
        packet(1, 0);
        packet(1, 1);
        packet(2, 2);
        assertThat(table.counters())
                .containsAllEntriesOf(Map.of("HIT", 1L, "THRU", 3L, "CREATED", 2L, "TIMER_EXPIRE", 0L, "RECYCLE", 0L));
        table.clearCounters();
        assertThat(table.counters().values()).containsOnly(0L);
        assertThat(table.size()).isEqualTo(2);
    }

    @Test
    void packet_olderThanOneBefore_countsAtTheClock() {
        packet(7, 5000);
        packet(7, 4000);
        packet(8, 3000);
        assertThat(table.late()).isEqualTo(2);
        assertThat(table.now()).isEqualTo(5000 * MILLI);
        for (int n = 7; n <= 8; n++) {
            assertThat(table.lookup(key(n), view)).isTrue();
            assertThat(view.endTime()).as("flow %d", n).isEqualTo(5000 * MILLI);
        }
    }

    @Test
    void packet_olderThanWhatWasExpired_countsAtTheClock() {
        packet(7, 0);
        table.advance(2 * MINUTE * MILLI);
        assertThat(table.expire(records)).isTrue();
        packet(7, 1000);
        assertThat(table.resize(4, records)).isTrue();
        packet(7, 2000);
        assertThat(table.late()).isEqualTo(2);
        assertThat(table.lookup(key(7), view)).isTrue();
        assertThat(view.startTime()).isEqualTo(2 * MINUTE * MILLI);
        assertThat(ends()).containsExactly("idle@60000");
    }

    @Test
    void clock_setBack_staysWhereItIs() {
        packet(1, 5000);
        table.advance(1);
        assertThat(table.now()).isEqualTo(5000 * MILLI);
    }

    static Stream<Arguments> calls() {
        return Stream.of(
                call("track", (t, v, out) -> t.track(4, v.flows, v.picks, 0, v.pick(4, 0, 1), out)),
                call("expire", (t, _, out) -> t.expire(out)),
                call("settle", (t, _, out) -> t.settle(out)),
                call("flush", (t, _, out) -> t.flush(out)),
                call("delete", (t, _, out) -> t.delete(key(7), out)),
                call("purge", (t, _, out) -> t.purge(_ -> true, out)),
                call("resize", (t, _, out) -> t.resize(4, out)));
    }

    static Stream<Arguments> callsWithoutRecords() {
        return Stream.of(
                call("lookup", (t, _, _) -> t.lookup(key(7), new FlowRecord())),
                call("update", (t, _, _) -> t.update(key(7), FlowUpdate.NOTHING)),
                call("forEach", (t, _, _) -> t.forEach(_ -> true)));
    }

    private static Arguments call(String name, Call call) {
        return Arguments.argumentSet(name, call);
    }

    /** A call that reads or writes the memory of a table. */
    interface Call {
        void on(FlowTable table, Vectors vectors, FlowRecords out);
    }

    @ParameterizedTest
    @MethodSource({"calls", "callsWithoutRecords"})
    void call_onAClosedTable_isRefused(Call call) {
        packet(7, 0);
        var other = new FlowTable(table.config());
        vectors.track(other, records);
        other.close();
        assertThatThrownBy(() -> call.on(other, vectors, records))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("flow table is closed");
    }

    @ParameterizedTest
    @MethodSource("calls")
    void call_withRecordsWhoseMemoryIsClosed_isRefused(Call call) {
        packet(7, 0);
        FlowRecords gone;
        try (Arena brief = Arena.ofConfined()) {
            gone = new FlowRecords(100, FlowEvent.ENDED, brief);
        }
        assertThatThrownBy(() -> call.on(table, vectors, gone))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("records: their memory is closed");
    }

    static Stream<Arguments> closing() {
        return Stream.of(call("close", (t, _, _) -> t.close()));
    }

    /** Any of these would end flows under the walk, or take away the memory that it reads. */
    @ParameterizedTest
    @MethodSource({"calls", "closing"})
    void call_fromAPredicate_isRefused(Call call) {
        packet(7, 0);
        Predicate<FlowRecord> predicate = _ -> {
            call.on(table, vectors, records);
            return true;
        };
        assertThatThrownBy(() -> table.forEach(predicate))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageStartingWith("flow table is being walked");
        assertThatThrownBy(() -> table.purge(predicate, records))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageStartingWith("flow table is being walked");
        assertThat(table.size()).isEqualTo(1);
        assertThat(table.purge(_ -> true, records)).isTrue();
    }

    @Test
    void predicate_thatLooksUpUpdatesAndWalks_mayDoSo() {
        packet(1, 0);
        packet(2, 0);
        List<Boolean> seen = new ArrayList<>();
        table.forEach(_ -> {
            table.forEach(_ -> seen.add(table.update(key(1), FlowUpdate.NOTHING.withLifetime(MINUTE))));
            return true;
        });
        assertThat(seen).containsExactly(true, true, true, true);
    }

    @Test
    void close_twice_isOneClose() {
        var other = new FlowTable(FlowTableConfig.defaults().withMaxFlows(1));
        other.close();
        other.close();
    }

    @Test
    void update_isTold_withTheFlowAfterIt_whereItIsWanted() {
        packet(1, 1000);
        records.clear();
        assertThat(table.update(key(1), FlowUpdate.NOTHING.withCtxId(5), records))
                .isTrue();
        assertThat(records.size()).as("not wanted").isZero();
        records.want(FlowEvent.UPDATED);
        assertThat(table.update(key(1), FlowUpdate.NOTHING.withCtxId(7), records))
                .isTrue();
        assertThat(table.update(key(2), FlowUpdate.NOTHING.withCtxId(7), records))
                .isFalse();
        assertThat(records.size()).isOne();
        FlowRecord event = records.get(0, view);
        assertThat(event.kind()).isEqualTo(FlowEvent.UPDATED);
        assertThat(event.author()).isEqualTo(FlowEvent.BY_CONTROL);
        assertThat(event.ctxId()).isEqualTo(7);
        assertThat(event.at()).isEqualTo(1000 * MILLI);
    }
}
