package dev.weir.table;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.packet.PacketVector;
import dev.weir.packet.TunnelMode;
import dev.weir.testing.Frames;
import java.lang.foreign.Arena;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who copies what changed, place by place, has the flows that the table has. */
class ChangedPlacesTest {
    private static final long SECOND = 1_000_000_000L;
    private static final int STEPS = 4000, FLOWS = 60;
    private static final int[] FLAGS = {
        Frames.SYN, Frames.SYN | Frames.ACK, Frames.ACK, Frames.FIN | Frames.ACK, Frames.RST
    };

    /** A table under random traffic and orders, small enough to recycle, and what a follower has of it. */
    private static final class Run implements AutoCloseable {
        private final SplittableRandom random;
        private final FlowTable table = new FlowTable(FlowTableConfig.defaults().withMaxFlows(FLOWS));
        private final KeyExtractor extractor = new KeyExtractor(table, TunnelMode.OUTER, TenantMode.NONE);
        private final Arena arena = Arena.ofConfined();
        private final FlowRecords records = new FlowRecords(4096, FlowEvent.ENDED, arena);
        private final FlowRecords copies;
        private final ChangedPlaces places;
        private final Map<Integer, String> follower = new HashMap<>();
        private final FlowRecord view = new FlowRecord();
        private long time = SECOND;

        Run(long seed, int room) {
            random = new SplittableRandom(seed);
            copies = new FlowRecords(room, 0, arena);
            places = new ChangedPlaces(room);
        }

        void step() {
            time += random.nextLong(SECOND / 2);
            switch (random.nextInt(12)) {
                case 0 -> table.delete(key(), records);
                case 1 ->
                    table.update(key(), FlowUpdate.NOTHING.withLifetime(Lifetime.ofSeconds(1 + random.nextInt(300))));
                case 2 -> {
                    table.advance(time);
                    table.expire(records);
                }
                default -> packet();
            }
            records.clear();
        }

        private FlowKey key() {
            int source = 1 + random.nextInt(12), destination = 1 + random.nextInt(12);
            return new FlowKey(address(source), 1000, address(destination), 80, Frames.TCP, 0);
        }

        private static InetAddress address(int host) {
            try {
                return InetAddress.getByAddress(new byte[] {10, 0, 0, (byte) host});
            } catch (UnknownHostException e) {
                throw new AssertionError(e);
            }
        }

        private void packet() {
            var vectors = new Vectors(new PacketVector(1, true), true);
            int source = 1 + random.nextInt(12), destination = 1 + random.nextInt(12);
            byte[] segment = Frames.tcp(1000, 80, FLAGS[random.nextInt(FLAGS.length)], Frames.payload(8));
            byte[] ip = random.nextInt(3) == 0
                    ? Frames.ip("fd00::" + source, "fd00::" + destination, Frames.TCP, segment)
                    : Frames.ip("10.0.0." + source, "10.0.0." + destination, Frames.TCP, segment);
            vectors.add(time, Frames.ethernet(ip));
            extractor.extract(vectors.flows);
            vectors.track(table, records);
        }

        /** What of a flow does not change without a mark. */
        private String text() {
            return view.key() + " " + view.flowId() + " " + view.tcpState() + " " + view.lifetimeMillis();
        }

        void round() {
            for (long cursor = 0; cursor != FlowTable.THROUGH; ) {
                cursor = table.copyChanged(cursor, 1 + random.nextInt(100), copies, places);
                for (int i = 0; i < places.empties(); i++) {
                    follower.remove(places.empty(i));
                }
                for (int i = 0; i < copies.size(); i++) {
                    copies.get(i, view);
                    follower.put(places.changed(i), text());
                }
                copies.clear();
                places.clear();
            }
        }

        Map<Integer, String> flows() {
            var all = new HashMap<Integer, String>();
            table.forEach(flow -> {
                view.wrap(flow.segment(), flow.offset());
                all.put(table.flow(flow.key()), text());
                return true;
            });
            return all;
        }

        @Override
        public void close() {
            table.close();
            arena.close();
        }
    }

    @ParameterizedTest(name = "seed {0}, room for {1}")
    @CsvSource({"1, 1", "2, 3", "3, 64", "4, 128"})
    void follower_afterARound_hasTheFlowsOfTheTable(long seed, int room) {
        try (var run = new Run(seed, room)) {
            for (int i = 0; i < 100; i++) {
                run.step();
            }
            run.table.markChanges();
            int most = 0;
            for (int step = 0; step < STEPS; step++) {
                run.step();
                if (run.random.nextInt(20) == 0) {
                    run.table.advance(run.time);
                    run.round();
                    // flows whose time has run out are over for either, gone from their places or not
                    assertThat(run.follower).as("seed=%d step=%d", seed, step).containsAllEntriesOf(run.flows());
                    run.table.expire(run.records);
                    run.records.clear();
                    run.round();
                    most = Math.max(most, run.follower.size());
                }
            }
            assertThat(most).as("it was full").isGreaterThan(FLOWS / 2);
            run.table.advance(run.time + 10_000 * SECOND);
            run.table.settle(run.records);
            run.round();
            assertThat(run.follower).isEmpty();
            run.table.stopMarking();
            run.step();
            assertThat(run.table.marksChanges()).isFalse();
        }
    }

    @Test
    void countedPackets_markNothing_untilTheirPlacesAreGoneOver() {
        try (var run = new Run(5, 8)) {
            run.table.markChanges();
            var vectors = new Vectors(new PacketVector(1, true), true);
            vectors.add(run.time, Frames.udpFrame("10.0.0.1", 1000, "10.0.0.2", 53, 8));
            run.extractor.extract(vectors.flows);
            vectors.track(run.table, run.records);
            run.round();
            assertThat(run.follower).hasSize(1);
            run.follower.clear();
            vectors.track(run.table, run.records);
            run.round();
            assertThat(run.follower).as("a packet more").isEmpty();
            assertThat(run.table.mark(0, 1000)).isEqualTo(1L << 32);
            run.round();
            assertThat(run.follower).as("gone over").hasSize(1);
        }
    }
}
