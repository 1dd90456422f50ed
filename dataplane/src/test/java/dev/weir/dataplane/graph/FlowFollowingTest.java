package dev.weir.dataplane.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import com.sun.management.ThreadMXBean;
import dev.weir.dataplane.nodes.Packets;
import dev.weir.table.ChangedPlaces;
import dev.weir.table.FlowRecord;
import dev.weir.testing.Frames;
import dev.weir.wire.PortException;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who follows a data plane's flows has them after each round as they are, second keys and what nodes keep among it. */
@Timeout(120)
class FlowFollowingTest {
    private static final long SECOND = 1_000_000_000L;

    private static String text(FlowCopies copies, int i) {
        FlowRecord view = copies.get(i, new FlowRecord());
        byte[] octets = view.segment()
                .asSlice(view.offset(), FlowRecord.SIZE + copies.annexBytes())
                .toArray(ValueLayout.JAVA_BYTE);
        // when it was copied is another time
        java.util.Arrays.fill(octets, FlowRecord.AT, FlowRecord.AT + 8, (byte) 0);
        byte[] aliases = copies.aliasMemory()
                .asSlice(copies.aliasAt(i), (long) copies.aliases(i) * FlowCopies.ALIAS_BYTES)
                .toArray(ValueLayout.JAVA_BYTE);
        for (int a = 0; a < copies.aliases(i) && view.family() == 4; a++) {
            // two keys of IPv4 take 32 octets; what is behind them, before the last word, says nothing
            int at = a * FlowCopies.ALIAS_BYTES;
            java.util.Arrays.fill(aliases, at + 32, at + FlowCopies.ALIAS_BYTES - 8, (byte) 0);
        }
        return view.key() + " " + HexFormat.of().formatHex(octets) + " "
                + HexFormat.of().formatHex(aliases);
    }

    /** What a follower has; fails where it is told to. */
    private static final class Follower implements FlowChangeSink {
        private final Map<List<Integer>, String> flows = new HashMap<>();
        private int begun, failsAfter = Integer.MAX_VALUE, flowsNow;
        private boolean whole;

        @Override
        public void begin(FlowsLegend legend) {
            begun++;
            flows.clear();
        }

        @Override
        public void changes(int worker, FlowChanges changes) throws IOException {
            whole = false;
            ChangedPlaces places = changes.places();
            for (int i = 0; i < places.empties(); i++) {
                flows.remove(List.of(worker, places.empty(i)));
            }
            for (int i = 0; i < changes.flows().size(); i++) {
                flows.put(List.of(worker, places.changed(i)), text(changes.flows(), i));
            }
            if (failsAfter-- == 0) {
                throw new IOException("the line is cut");
            }
        }

        @Override
        public void end(List<Moment> workers) {
            whole = true;
            flowsNow = workers.stream().mapToInt(Moment::flows).sum();
        }
    }

    private static List<String> flows(Dataplane plane) throws IOException {
        var all = new ArrayList<String>();
        assertThat(plane.copyFlows(new FlowSink() {
                    @Override
                    public void begin(FlowsLegend legend, FlowsLegend.Counted counted) {}

                    @Override
                    public void flows(int worker, FlowCopies copies) {
                        for (int i = 0; i < copies.size(); i++) {
                            all.add(text(copies, i));
                        }
                    }
                }))
                .isTrue();
        return all;
    }

    /** What one has and the other has not: the first few. */
    private static List<String> different(Collection<String> follower, List<String> table) {
        List<String> different = new ArrayList<>();
        var of = new HashSet<>(table);
        follower.stream()
                .filter(flow -> !of.contains(flow))
                .limit(2)
                .forEach(flow -> different.add("follower: " + flow));
        of.removeAll(new HashSet<>(follower));
        of.stream().limit(2).forEach(flow -> different.add("table: " + flow));
        if (different.isEmpty() && follower.size() != table.size()) {
            different.add(follower.size() + " flows, not " + table.size());
        }
        return different;
    }

    private static void put(MemoryPort port, int workers, long time, List<byte[]> frames) {
        for (int i = 0; i < frames.size(); i++) {
            port.put(i % workers, new MemoryPort.Frame(time, frames.get(i)));
        }
    }

    private static byte[] tcp(int flow, int flags) {
        return Packets.withChecksums(
                Frames.tcpFrame("10.1." + (flow >> 8) + "." + (flow & 0xFF), 1000, "192.0.2.2", 80, flags, 0));
    }

    @ParameterizedTest(name = "seed {0}, {1} workers")
    @CsvSource({"1, 1", "2, 2", "3, 3"})
    void follower_hasTheFlows_whateverHappensAndWhereverItIsCut(long seed, int workers)
            throws PortException, IOException {
        var random = new SplittableRandom(seed);
        int[] flags = {Frames.SYN, Frames.SYN, Frames.ACK, Frames.FIN | Frames.ACK, Frames.RST};
        List<MemoryPort> ports = List.of(new MemoryPort("inside", 1, workers), new MemoryPort("outside", 2, workers));
        GraphConfig config = TranslatedWorkersTest.edge(workers);
        config = config.withTable(config.table().withMaxFlows(1500));
        var follower = new Follower();
        int cuts = 0, anew = 1;
        try (var plane = Dataplane.start(config, ports, DataplaneOptions.defaults());
                var following = plane.followFlows()) {
            for (int round = 0; round < 60; round++) {
                var frames = new ArrayList<byte[]>();
                for (int n = random.nextInt(400); n > 0; n--) {
                    frames.add(
                            random.nextInt(3) == 0
                                    ? TranslatedWorkersTest.packet(random.nextInt(3000))
                                    : tcp(random.nextInt(2000), flags[random.nextInt(flags.length)]));
                }
                put(ports.get(0), workers, SECOND * (1 + round), frames);
                if (random.nextInt(3)
                        == 0) { // while packets flow; nothing can be said of it but that it comes to an end
                    assertThat(following.round(follower, 4)).isTrue();
                }
                while (!plane.isFinished()) {
                    LockSupport.parkNanos(500_000);
                }
                if (random.nextInt(8) == 0) {
                    plane.purge(flow -> flow.flowId() % 3 == 0).join();
                }
                if (random.nextInt(10) == 0) {
                    assertThat(plane.resize(1200 + random.nextInt(600))).isInstanceOf(ReloadResult.Applied.class);
                    anew++;
                }
                if (random.nextInt(6) == 0) {
                    follower.failsAfter = random.nextInt(3);
                    try {
                        following.round(follower, 1);
                        follower.failsAfter = Integer.MAX_VALUE;
                    } catch (IOException _) {
                        cuts++;
                        assertThat(follower.whole).isFalse();
                    }
                }
                assertThat(following.round(follower, 1)).isTrue();
                assertThat(following.round(follower, 1)).isTrue();
                assertThat(different(follower.flows.values(), flows(plane)))
                        .as("seed=%d round=%d", seed, round)
                        .isEmpty();
                assertThat(follower.whole).isTrue();
            }
            assertThat(cuts).isPositive();
            assertThat(follower.begun).isBetween(cuts + 1, cuts + anew);
            assertThat(follower.flowsNow).isGreaterThanOrEqualTo(follower.flows.size());
            assertThatIllegalStateException().isThrownBy(plane::followFlows).withMessageContaining("followed already");
        }
    }

    @Test
    void copyingChanges_allocatesNothing() {
        GraphConfig config = TranslatedWorkersTest.edge(1);
        var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        int flows = 10 * FlowCopies.FLOWS;
        try (var graph = GraphTester.of(config);
                var changing = new FlowChanging(graph.worker().table().config().annexBytes())) {
            for (int flow = 0; flow < flows; flow++) {
                graph.in("inside", SECOND, TranslatedWorkersTest.packet(flow));
            }
            graph.run();
            long least = Long.MAX_VALUE;
            for (int round = 0; round < 50; round++) {
                var mail = changing.round(1); // all, of both families
                long before = threads.getCurrentThreadAllocatedBytes();
                for (int turn = 0; turn < 12; turn++) {
                    mail.run(graph.worker());
                }
                least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
                while (!mail.answer.isDone()) {
                    mail.run(graph.worker());
                }
                int copied = 0;
                for (var block = changing.poll(); block != null; block = changing.poll()) {
                    copied += block.flows().size();
                    changing.giveBack(block);
                }
                assertThat(copied).isEqualTo(flows);
            }
            assertThat(least).as("octets in 12 turns").isLessThan(64);
        }
    }
}
