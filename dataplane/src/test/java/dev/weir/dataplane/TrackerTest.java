package dev.weir.dataplane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.packet.LinkType;
import dev.weir.packet.PacketVector;
import dev.weir.packet.TunnelMode;
import dev.weir.table.EndReason;
import dev.weir.table.FlowEvent;
import dev.weir.table.FlowRecord;
import dev.weir.table.FlowTableConfig;
import dev.weir.table.Lifetime;
import dev.weir.table.TcpLifetimes;
import dev.weir.table.TcpState;
import dev.weir.table.TenantMode;
import dev.weir.table.feature.FeatureSet;
import dev.weir.table.feature.FeatureValues;
import dev.weir.wire.CaptureException;
import dev.weir.wire.Captures;
import dev.weir.wire.ForwardingSource;
import dev.weir.wire.PacketSource;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.locks.LockSupport;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Real captures, the project's own and those beside it, through any number of workers. */
class TrackerTest {
    private static final Path SAMPLES = Path.of("../samples");
    private static final Path CAPTURES = Path.of("../../shared/captures");
    private static final int ALL_EVENTS = FlowEvent.CREATED | FlowEvent.STATE_CHANGED | FlowEvent.ENDED;

    /** A way of tracking, by name. */
    private record Way(String name, UnaryOperator<Tracker.Builder> options) {}

    private static final List<Way> WAYS = List.of(
            new Way("defaults", b -> b),
            new Way(
                    "one record a key",
                    b -> b.table(FlowTableConfig.defaults()
                            .withLifetime(Lifetime.NEVER)
                            .withTcpClose(false))),
            new Way("a flow a packet", b -> b.table(tcpLike(0))),
            new Way("a tenth of a second", b -> b.table(tcpLike(100))),
            new Way(
                    "pieces",
                    b -> b.table(FlowTableConfig.defaults().withActiveTimeout(50))
                            .events(ALL_EVENTS)),
            new Way(
                    "inside tunnels",
                    b -> b.tunnels(TunnelMode.INNER).tenant(TenantMode.VNI).events(ALL_EVENTS)),
            new Way("by VLAN", b -> b.tenant(TenantMode.VLAN)));

    private static FlowTableConfig tcpLike(int millis) {
        var tcp = TcpLifetimes.DEFAULT;
        for (int state = TcpState.START; state < TcpState.COUNT; state++) {
            tcp = tcp.with(state, millis);
        }
        return FlowTableConfig.defaults().withLifetime(millis).withTcpLifetimes(tcp);
    }

    static List<Path> captures() throws IOException {
        var all = new ArrayList<Path>();
        for (Path folder : List.of(SAMPLES, CAPTURES)) {
            if (Files.isDirectory(folder)) {
                try (Stream<Path> files = Files.list(folder)) {
                    files.filter(f -> f.toString().matches(".*\\.(pcap|pcapng|cap)"))
                            .sorted()
                            .forEach(all::add);
                }
            }
        }
        return all;
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("captures")
    void run_anyNumberOfWorkers_sameRecordsInTheSameOrder(Path capture) throws IOException {
        for (Way way : WAYS) {
            List<String> one = records(capture, way, 1);
            for (int workers : new int[] {2, 3, 5}) {
                assertThat(records(capture, way, workers))
                        .as("%s with %d workers", way.name(), workers)
                        .isEqualTo(one);
            }
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("captures")
    void run_withFeatures_anyNumberOfWorkersAndAllCountersAsWithout(Path capture) throws IOException {
        FeatureSet features = FeatureSet.all(3);
        for (Way way : List.of(
                WAYS.getFirst(),
                new Way("pieces", b -> b.table(FlowTableConfig.defaults().withActiveTimeout(200))))) {
            List<String> without = records(capture, way, 1);
            var measured = new Way(way.name(), b -> {
                Tracker.Builder options = way.options().apply(b);
                return options.table(options.table.withFeatures(features));
            });
            List<String> one = records(capture, measured, 1, features);
            assertThat(records(capture, measured, 3, features)).as(way.name()).isEqualTo(one);
            assertThat(records(capture, measured, 2, FeatureSet.NONE))
                    .as(way.name())
                    .isEqualTo(without);
        }
    }

    private static List<String> records(Path capture, Way way, int workers, FeatureSet features) throws IOException {
        var records = new ArrayList<String>();
        var values = new FeatureValues(features);
        try {
            track(capture, way, workers, record -> {
                records.add(describe(record, features.annexBytes()));
                if (!features.isEmpty()) {
                    values.wrap(record.segment(), record.offset() + FlowRecord.SIZE);
                    assertThat(values.packets(FeatureValues.FORWARD)).isEqualTo(record.forwardPackets());
                    assertThat(values.packets(FeatureValues.REVERSE)).isEqualTo(record.reversePackets());
                    assertThat(values.duration(FeatureValues.BOTH)).isEqualTo(record.endTime() - record.startTime());
                }
            });
        } catch (CaptureException e) {
            records.add(e.getMessage());
        }
        return records;
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("captures")
    void run_everyPacket_isInOneRecordOrUnhandled(Path capture) throws IOException {
        for (Way way : WAYS) {
            long[] sums = new long[2];
            Tracker tracker = tracker(way, 2, record -> {
                if (record.kind() == FlowEvent.ENDED) {
                    sums[0] += record.forwardPackets() + record.reversePackets();
                    sums[1] += record.reason() == EndReason.ACTIVE ? 0 : 1;
                }
            });
            TrackSummary summary;
            try (PacketSource source = new UpToDamage(Captures.open(List.of(capture.toString())))) {
                summary = tracker.run(source);
            }
            long unhandled = summary.counters().getOrDefault("UNHANDLED", -1L);
            assertThat(sums[0] + unhandled).as(way.name()).isEqualTo(summary.packets());
            assertThat(sums[1]).as(way.name()).isEqualTo(summary.flows());
        }
    }

    @Test
    void run_eventsOfAllKinds_comeInTheOrderOfTimeAndBeginBeforeTheyEnd() throws IOException {
        var way = new Way("events", b -> b.events(ALL_EVENTS).table(tcpLike(100)));
        long[] last = {Long.MIN_VALUE};
        var open = new HashSet<Long>();
        track(SAMPLES.resolve("mixed.pcapng"), way, 3, record -> {
            assertThat(record.at()).isGreaterThanOrEqualTo(last[0]);
            last[0] = record.at();
            switch (record.kind()) {
                case FlowEvent.CREATED -> assertThat(open.add(record.flowId())).isTrue();
                case FlowEvent.ENDED -> assertThat(open.remove(record.flowId())).isTrue();
                default -> assertThat(open).contains(record.flowId());
            }
        });
        assertThat(open).isEmpty();
    }

    @Test
    void run_truncatedCapture_givesTheFlowsUpToTheDamageThenSaysWhere(@TempDir Path folder) throws IOException {
        byte[] whole = Files.readAllBytes(SAMPLES.resolve("web.pcap"));
        Path cut = folder.resolve("cut.pcap");
        Files.write(cut, Arrays.copyOf(whole, whole.length - 7));
        var flows = new ArrayList<String>();
        assertThatThrownBy(() -> track(cut, WAYS.getFirst(), 2, record -> flows.add(describe(record))))
                .isInstanceOf(CaptureException.class)
                .hasMessageContaining("at byte");
        assertThat(flows).hasSizeGreaterThan(3);
    }

    @Test
    void run_sinkThatFails_endsTheRunWithItsFailure() {
        assertTimely(() -> assertThatThrownBy(() -> track(CHURN, 2, _ -> {
                    throw new IOException("disk full");
                }))
                .isInstanceOf(IOException.class)
                .hasMessage("disk full"));
    }

    @Test
    void run_sourceThatThrows_endsTheRunAndNamesTheCause() {
        PacketSource broken = new EndlessSource(3) {
            @Override
            public int read(PacketVector vector) {
                if (super.read(vector) == 0) {
                    throw new IllegalStateException("bug in the source");
                }
                return vector.size;
            }
        };
        assertTimely(() -> assertThatThrownBy(() -> tracker(CHURN, 3, _ -> {}).run(broken))
                .hasRootCauseMessage("bug in the source"));
    }

    @Test
    void run_slowSink_makesTheReaderWaitAndLosesNothing() throws IOException {
        int chunks = 40;
        long[] seen = new long[1];
        Tracker tracker = tracker(CHURN, 2, _ -> {
            if (++seen[0] % 10_000 == 0) {
                LockSupport.parkNanos(1_000_000);
            }
        });
        TrackSummary summary = tracker.run(new EndlessSource(chunks));
        assertThat(seen[0]).isEqualTo(summary.packets()).isEqualTo((long) chunks * Chunk.PACKETS);
    }

    @Test
    void stop_endlessSource_endsAndFlushes() {
        var flows = new long[1];
        Tracker tracker = tracker(WAYS.getFirst(), 2, _ -> flows[0]++);
        Thread stopper = Thread.ofPlatform().start(() -> {
            while (tracker.packets() < 100_000) {
                Thread.onSpinWait();
            }
            tracker.stop();
        });
        assertTimely(() -> {
            TrackSummary summary = tracker.run(new EndlessSource(Integer.MAX_VALUE));
            assertThat(summary.packets()).isGreaterThanOrEqualTo(100_000);
            assertThat(flows[0]).isEqualTo(summary.flows());
            stopper.join();
        });
    }

    @Test
    void stop_beforeRun_readsNothing() throws IOException {
        Tracker tracker = tracker(WAYS.getFirst(), 2, _ -> {});
        tracker.stop();
        assertThat(tracker.run(new EndlessSource(10)).packets()).isZero();
    }

    @Test
    void run_timesThatGoBack_countAtTheClock() throws IOException {
        List<String> one = new ArrayList<>();
        List<String> four = new ArrayList<>();
        long late = tracker(CHURN, 1, r -> one.add(describe(r)))
                .run(new EndlessSource(20, 77))
                .late();
        tracker(CHURN, 4, r -> four.add(describe(r))).run(new EndlessSource(20, 77));
        assertThat(late).isPositive();
        assertThat(four).isEqualTo(one);
    }

    private static final Way CHURN = new Way("churn", b -> b.table(tcpLike(0)));

    private static void assertTimely(Executable run) {
        Assertions.assertTimeoutPreemptively(Duration.ofSeconds(30), run);
    }

    /** A source that ends where its capture is damaged. */
    private static final class UpToDamage extends ForwardingSource {
        UpToDamage(PacketSource source) {
            super(source);
        }

        @Override
        public int read(PacketVector vector) {
            try {
                return source.read(vector);
            } catch (CaptureException _) {
                return 0;
            }
        }
    }

    private static List<String> records(Path capture, Way way, int workers) throws IOException {
        return records(capture, way, workers, FeatureSet.NONE);
    }

    private static TrackSummary track(Path capture, Way way, int workers, RecordSink sink) throws IOException {
        try (PacketSource source = Captures.open(List.of(capture.toString()))) {
            return tracker(way, workers, sink).run(source);
        }
    }

    private static TrackSummary track(Way way, int workers, RecordSink sink) throws IOException {
        return tracker(way, workers, sink).run(new EndlessSource(50));
    }

    private static Tracker tracker(Way way, int workers, RecordSink sink) {
        return way.options()
                .apply(Tracker.builder().workers(workers))
                .sink(sink)
                .build();
    }

    /** Every octet of the record. */
    private static String describe(FlowRecord record) {
        return describe(record, 0);
    }

    private static String describe(FlowRecord record, int annexBytes) {
        return HexFormat.of()
                .formatHex(record.segment()
                        .asSlice(record.offset(), FlowRecord.SIZE + annexBytes)
                        .toArray(ValueLayout.JAVA_BYTE));
    }

    /** UDP packets between random hosts, chunk after chunk; with a seed, at times that now and then go back. */
    private static class EndlessSource implements PacketSource {
        private final int chunks;
        private final SplittableRandom random;
        private final boolean jitter;
        private int read;
        private long time = 1_700_000_000_000_000_000L;
        private long number = 1;

        EndlessSource(int chunks) {
            this(chunks, 0);
        }

        EndlessSource(int chunks, long seed) {
            this.chunks = chunks;
            this.jitter = seed != 0;
            this.random = new SplittableRandom(seed);
        }

        @Override
        public int read(PacketVector v) {
            if (read++ >= chunks) {
                v.size = 0;
                return 0;
            }
            byte[] frames = new byte[Chunk.PACKETS * 64];
            for (int i = 0; i < Chunk.PACKETS; i++) {
                frame(frames, i * 64);
                v.offset[i] = i * 64L;
                v.captured[i] = 64;
                v.length[i] = 64;
                time += jitter ? random.nextInt(-2000, 10_000) : 1000;
                v.time[i] = time;
            }
            v.data = MemorySegment.ofArray(frames);
            v.uniform(LinkType.ETHERNET, 0);
            v.size = Chunk.PACKETS;
            v.first = number;
            number += Chunk.PACKETS;
            return v.size;
        }

        private void frame(byte[] frames, int at) {
            var frame = ByteBuffer.wrap(frames, at, 64).slice();
            frame.putShort(12, (short) 0x0800).putInt(14, 0x4500_0032).put(23, (byte) 17);
            frame.putInt(26, random.nextInt(1 << 12)).putInt(30, 0x0A00_0001).putInt(34, 0x0400_0035);
            frame.putShort(38, (short) 30);
        }

        @Override
        public void close() {}
    }

    @Test
    void withoutSink_countersAreThoseOfARunWithOne() throws IOException {
        Path capture = SAMPLES.resolve("web.pcap");
        for (int workers : new int[] {1, 3}) {
            Tracker.Builder counted = Tracker.builder().workers(workers);
            Tracker.Builder written = Tracker.builder().workers(workers).sink(record -> {});
            try (PacketSource one = Captures.open(List.of(capture.toString()));
                    PacketSource other = Captures.open(List.of(capture.toString()))) {
                TrackSummary expected = written.build().run(one);
                assertThat(expected.counters().get("ended:flushed")).isPositive();
                assertThat(counted.build().run(other)).isEqualTo(expected);
            }
        }
    }
}
