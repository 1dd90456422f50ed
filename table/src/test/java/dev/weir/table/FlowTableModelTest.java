package dev.weir.table;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.packet.TunnelMode;
import dev.weir.testing.Frames;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The whole table against {@link ModelTable}: random packets, control calls and clock jumps on small tables, every event compared
 * field by field after every step. {@code -Dweir.seeds=N} tries N more seeds, from {@code -Dweir.seed} on.
 */
class FlowTableModelTest {
    /** Add each seed that ever failed. */
    private static final long[] SEEDS = {1, 2, 3, 4, 5, 6, 7, 8, 0x5EED};

    private static final int STEPS = 1500;
    private static final long SECOND = 1_000_000_000L;
    private static final int[] PROTOCOLS = {6, 6, 6, 17, 17, 58};
    private static final int[] LIFETIMES = {
        0, 1, 16, 17, 500, 3_000, 15_000, 60_000, 299_000, 90_000_000, 900_000_000, -2, Lifetime.NEVER
    };
    private static final int[] FLAGS = {
        Frames.SYN,
        Frames.SYN | Frames.ACK,
        Frames.ACK,
        Frames.ACK | Frames.PSH,
        Frames.FIN,
        Frames.FIN | Frames.ACK,
        Frames.RST,
        Frames.RST | Frames.ACK,
        0
    };

    static LongStream seeds() {
        return LongStream.concat(
                LongStream.of(SEEDS),
                LongStream.range(0, Long.getLong("weir.seeds", 0)).map(i -> Long.getLong("weir.seed", 1000) + i));
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void table_randomTraffic_agreesWithModel(long seed) {
        try (var run = new Run(seed)) {
            for (int step = 0; step < STEPS; step++) {
                run.step(step);
            }
            run.finish();
        }
    }

    /** One table, its two models, and the traffic between them. */
    private static final class Run implements AutoCloseable {
        private final SplittableRandom random;
        private final long seed;
        private final FlowTable table;
        private final ModelTable[] models;
        private final KeyExtractor extractor;
        private final Vectors vectors = new Vectors(64);
        private final Arena arena = Arena.ofConfined();
        private final FlowRecords records;
        private final List<ModelTable.Packet> packets = new ArrayList<>();
        private final int addresses;
        private final long pace;
        private final Set<Long> open = new HashSet<>();
        private final Map<String, Long> ends = new HashMap<>();
        private long now;
        private long sentPackets, sentBytes, sentFrameBytes, sentLate, endedPackets, endedBytes, endedFrameBytes;
        private String doing = "";

        private Run(long seed) {
            this.seed = seed;
            random = new SplittableRandom(seed);
            addresses = random.nextInt(2, 12);
            pace = 1L << random.nextInt(44);
            int maxFlows = random.nextBoolean() ? random.nextInt(1, 8) : random.nextInt(1, 80);
            var tcp = TcpLifetimes.DEFAULT;
            if (random.nextBoolean()) {
                for (int state = 0; state < TcpState.COUNT; state++) {
                    tcp = tcp.with(state, lifetime());
                }
            }
            var config = FlowTableConfig.defaults()
                    .withMaxFlows(maxFlows)
                    .withLifetime(random.nextBoolean() ? 60_000 : lifetime())
                    .withTcpLifetimes(tcp)
                    .withTcpClose(random.nextInt(4) != 0)
                    .withActiveTimeout(random.nextInt(3) != 0 ? Lifetime.NEVER : random.nextInt(1, 200_000))
                    .withHashSeed(seed);
            // Half of the runs touch ahead as if no cache held their flows, but for the first vector into an empty
            // table.
            table = new FlowTable(config, seed % 2 == 0 ? 0 : PacketPath.CACHED_FLOWS);
            models = new ModelTable[] {new ModelTable(config), new ModelTable(config)};
            extractor = new KeyExtractor(table, TunnelMode.OUTER, TenantMode.NONE);
            int kinds = FlowEvent.CREATED | FlowEvent.STATE_CHANGED | FlowEvent.ENDED;
            records = new FlowRecords(64 * FlowTable.RECORDS_PER_PACKET, kinds, arena);
            now = random.nextInt(4) == 0 ? random.nextLong(1000) : 1_700_000_000 * SECOND + random.nextLong(SECOND);
            table.advance(now);
            doing = config.toString();
        }

        private int lifetime() {
            return LIFETIMES[random.nextInt(LIFETIMES.length)];
        }

        private ModelTable model(int family) {
            return models[family == 4 ? 0 : 1];
        }

        private void step(int step) {
            doing = "seed=" + seed + " step=" + step + ": ";
            switch (random.nextInt(24)) {
                case 0 -> jump();
                case 1 -> update();
                case 2 -> delete();
                case 3 -> purge();
                case 4 -> resize();
                case 5 -> lookup();
                case 6 -> settle();
                case 7, 8, 9, 10 -> expire();
                default -> traffic();
            }
            assertContent();
        }

        private void traffic() {
            vectors.clear();
            packets.clear();
            long before = now;
            int n = random.nextInt(1, random.nextBoolean() ? 5 : 64);
            doing += "traffic of " + n;
            for (int i = 0; i < n; i++) {
                now += random.nextInt(3) == 0 ? 0 : random.nextLong(pace);
                ModelTable.Packet packet = packet();
                packets.add(packet);
                long sent = random.nextInt(8) == 0 ? now - random.nextLong(pace) : now;
                vectors.add(sent, frame(packet), packet.frameBytes(), 1, 0);
            }
            extractor.extract(vectors.flows);
            for (int family : new int[] {4, 6}) {
                int picked = vectors.pick(family, 0, n);
                long clock = before;
                table.track(family, vectors.flows, vectors.picks, 0, picked, records);
                List<Event> actual = Event.allOf(records);
                List<Long> chosen = idsOf(actual);
                for (int j = 0; j < picked; j++) {
                    int i = vectors.picks[j];
                    ModelTable.Packet p = packets.get(i);
                    sentLate += vectors.packets.time[i] < clock ? 1 : 0;
                    clock = Math.max(clock, vectors.packets.time[i]);
                    model(family).packet(vectors.packets.first + i, p, clock, chosen);
                    sentPackets++;
                    sentBytes += p.ipBytes();
                    sentFrameBytes += p.frameBytes();
                }
                assertEvents(true);
            }
        }

        private ModelTable.Packet packet() {
            int family = random.nextInt(3) == 0 ? 6 : 4;
            int protocol = PROTOCOLS[random.nextInt(PROTOCOLS.length)];
            boolean ports = protocol == 6 || protocol == 17;
            int payload = random.nextInt(3) == 0 ? random.nextInt(1, 1200) : 0;
            int ip = family == 4 ? 20 : 40;
            int transport = protocol == 6 ? 20 : 8;
            return new ModelTable.Packet(
                    family,
                    address(family),
                    ports ? random.nextInt(1, 4) : 0,
                    address(family),
                    ports ? random.nextInt(1, 4) : 0,
                    protocol,
                    random.nextInt(10) == 0 ? random.nextInt(256) : FLAGS[random.nextInt(FLAGS.length)],
                    payload > 0,
                    ip + transport + payload,
                    14 + ip + transport + payload + random.nextInt(20));
        }

        private List<Integer> address(int family) {
            int host = random.nextInt(addresses);
            int high = host % 3 == 0 ? 0xC0 : 0x0A;
            return family == 4
                    ? List.of(high, 0, 0, host)
                    : List.of(0x20, 1, 0x0d, 0xb8, 0, 0, 0, 0, high, 0, 0, 0, 0, 0, 0, host);
        }

        private static byte[] frame(ModelTable.Packet p) {
            int ip = p.family() == 4 ? 20 : 40;
            byte[] transport = switch (p.protocol()) {
                case 6 ->
                    Frames.tcp(p.sourcePort(), p.destinationPort(), p.flags(), Frames.payload(p.ipBytes() - ip - 20));
                case 17 -> Frames.udp(p.sourcePort(), p.destinationPort(), Frames.payload(p.ipBytes() - ip - 8));
                default -> Frames.payload(p.ipBytes() - ip);
            };
            long source = number(p.source()), destination = number(p.destination());
            return Frames.ethernet(
                    p.family() == 4
                            ? Frames.ipv4((int) source, (int) destination, p.protocol(), transport)
                            : Frames.ipv6(source, destination, p.protocol(), transport));
        }

        /** The last eight octets of an address, or all four. */
        private static long number(List<Integer> address) {
            long number = 0;
            for (int octet : address) {
                number = number << 8 | octet;
            }
            return number;
        }

        private void jump() {
            long[] far = {1, 1 << 24, 1L << 36, 70 * SECOND, 3600 * SECOND, 1L << 48, 90 * 86_400 * SECOND};
            now += random.nextLong(2 * far[random.nextInt(far.length)]);
            if (random.nextInt(4) == 0) {
                int shift = random.nextBoolean() ? 24 : 36;
                now = ((now >>> shift) + 1) << shift;
            }
            if (random.nextInt(100) == 0) {
                now += 5L * 365 * 86_400 * SECOND;
            }
            doing += "jump to " + now;
            table.advance(now);
            if (random.nextBoolean()) {
                expire();
            }
        }

        private void expire() {
            doing += "expire";
            table.advance(now);
            if (random.nextInt(4) == 0) {
                expireSome(random.nextInt(1, 4));
                return;
            }
            assertThat(table.expire(records)).as(doing).isTrue();
            models[0].expire(now);
            models[1].expire(now);
            assertEvents(false);
            assertThat(table.watermark()).as(doing).isEqualTo(now >>> 24 << 24);
        }

        /** Expires into a block that is soon full, or looks at few flows, and does not carry on. */
        private void expireSome(int most) {
            boolean byRoom = random.nextBoolean();
            doing += " of " + most + (byRoom ? " with room" : "");
            var small = new FlowRecords(byRoom ? most : 1000, FlowEvent.ENDED, arena);
            int looked = table.expire(small, byRoom ? Integer.MAX_VALUE : most);
            assertThat(small.size()).as(doing).isLessThanOrEqualTo(Math.min(most, looked));
            if (!byRoom) assertThat(looked).as(doing).isLessThanOrEqualTo(most);
            if (small.room() != 0 && (byRoom || looked < most)) {
                assertThat(table.watermark()).as(doing).isEqualTo(now >>> 24 << 24);
            }
            append(small);
            List<Long> chosen = idsOf(Event.allOf(records));
            models[0].expireSome(now, chosen);
            models[1].expireSome(now, chosen);
            assertEvents(false);
        }

        private void append(FlowRecords small) {
            for (int i = 0; i < small.size(); i++) {
                MemorySegment.copy(
                        small.segment(),
                        (long) i * FlowRecord.SIZE,
                        records.segment(),
                        records.claim() - records.segment().address(),
                        FlowRecord.SIZE);
            }
            small.clear();
        }

        private void settle() {
            doing += "settle";
            table.advance(now);
            assertThat(table.settle(records)).isTrue();
            models[0].settle(now);
            models[1].settle(now);
            assertEvents(false);
        }

        private void resize() {
            int maxFlows = random.nextInt(1, 80);
            doing += "resize to " + maxFlows;
            table.advance(now);
            assertThat(table.resize(maxFlows, records)).isTrue();
            List<Long> chosen = idsOf(Event.allOf(records));
            models[0].resize(maxFlows, now, chosen);
            models[1].resize(maxFlows, now, chosen);
            assertThat(table.config().maxFlows()).isEqualTo(maxFlows);
            assertEvents(false);
        }

        private void purge() {
            int host = random.nextInt(addresses);
            doing += "purge of host " + host;
            table.advance(now);
            assertThat(table.purge(flow -> flow.sourceOctet(flow.family() == 4 ? 3 : 15) == host, records))
                    .isTrue();
            for (ModelTable model : models) {
                model.purge(now, flow -> ModelTable.snapshot(flow, now).source().getLast() == host);
            }
            assertEvents(false);
        }

        private void update() {
            ModelTable.Packet any = packet();
            table.advance(now);
            @Nullable Integer lifetime = random.nextBoolean() ? lifetime() : null;
            @Nullable Boolean offloaded = random.nextBoolean() ? random.nextBoolean() : null;
            byte @Nullable [] infos = random.nextBoolean() ? new byte[random.nextInt(17)] : null;
            var update = FlowUpdate.NOTHING;
            update = lifetime == null ? update : update.withLifetime(lifetime);
            update = offloaded == null ? update : update.withOffloaded(offloaded);
            if (infos != null) {
                random.nextBytes(infos);
                update = update.withInfos(infos);
            }
            doing += "update to lifetime " + lifetime;
            boolean expected = model(any.family()).update(any.key(), now, lifetime, offloaded, infos);
            assertThat(table.update(key(any), update)).as(doing).isEqualTo(expected);
        }

        private void delete() {
            ModelTable.Packet any = packet();
            doing += "delete";
            table.advance(now);
            boolean expected = model(any.family()).delete(any.key(), now);
            assertThat(table.delete(key(any), records)).as(doing).isEqualTo(expected);
            assertEvents(true);
        }

        private void lookup() {
            ModelTable.Packet any = packet();
            doing += "lookup";
            table.advance(now);
            ModelTable.Flow flow = model(any.family()).find(any.key(), now);
            var view = new FlowRecord();
            assertThat(table.lookup(key(any), view)).as(doing).isEqualTo(flow != null);
            if (flow != null) {
                assertThat(Event.of(view)).as(doing).isEqualTo(ModelTable.snapshot(flow, now));
            }
        }

        private static FlowKey key(ModelTable.Packet p) {
            return new FlowKey(
                    inet(p.source()), p.sourcePort(), inet(p.destination()), p.destinationPort(), p.protocol(), 0);
        }

        private static InetAddress inet(List<Integer> address) {
            byte[] octets = new byte[address.size()];
            for (int i = 0; i < octets.length; i++) {
                octets[i] = (byte) (int) address.get(i);
            }
            try {
                return InetAddress.getByAddress(octets);
            } catch (UnknownHostException e) {
                throw new AssertionError(e);
            }
        }

        private static List<Long> idsOf(List<Event> events) {
            return events.stream().filter(Event::ends).map(Event::flowId).toList();
        }

        /** The events since the last time are those of the models, in the same order where the table promises one. */
        private void assertEvents(boolean inOrder) {
            List<Event> actual = Event.allOf(records);
            List<Event> expected = new ArrayList<>(models[0].events);
            expected.addAll(models[1].events);
            if (!inOrder) {
                var order = Comparator.comparingLong(Event::flowId);
                actual = actual.stream().sorted(order).toList();
                expected.sort(order);
            }
            for (int i = 0; i < Math.min(actual.size(), expected.size()); i++) {
                assertThat(actual.get(i)).as("%s, event %d", doing, i).isEqualTo(expected.get(i));
            }
            assertThat(actual).as(doing).hasSameSizeAs(expected);
            actual.forEach(this::account);
            records.clear();
            models[0].events.clear();
            models[1].events.clear();
        }

        private void account(Event e) {
            if (e.kind() == FlowEvent.CREATED) {
                assertThat(open.add(e.flowId())).as("created once: %s", e).isTrue();
            } else {
                assertThat(open).as("%s open: %s", doing, e).contains(e.flowId());
            }
            if (e.kind() == FlowEvent.ENDED) {
                endedPackets += e.forward().packets() + e.reverse().packets();
                endedBytes += e.forward().bytes() + e.reverse().bytes();
                endedFrameBytes += e.forward().frameBytes() + e.reverse().frameBytes();
                ends.merge("ended:" + EndReason.name(e.reason()), 1L, Long::sum);
            }
            if (e.ends()) {
                open.remove(e.flowId());
            }
        }

        private void assertContent() {
            table.assertValid();
            assertThat(table.size()).as(doing).isEqualTo(models[0].flows.size() + models[1].flows.size());
            Map<Long, Event> listed = new HashMap<>();
            table.advance(now);
            table.forEach(flow -> listed.put(flow.flowId(), Event.of(flow)) == null);
            Map<Long, Event> expected = new HashMap<>();
            for (ModelTable model : models) {
                model.flows.values().stream()
                        .filter(flow -> flow.deadline() > now)
                        .forEach(flow -> expected.put(flow.id, ModelTable.snapshot(flow, now)));
            }
            assertThat(listed).as(doing).isEqualTo(expected);
        }

        /** Every flow ended once, and the records add up to what was sent and to the counters. */
        private void finish() {
            doing = "seed=" + seed + ": flush";
            table.advance(now);
            boolean isDoneWith = seed % 2 == 0;
            assertThat(isDoneWith ? table.finish(records) : table.flush(records))
                    .isTrue();
            models[0].flush(now);
            models[1].flush(now);
            assertEvents(false);
            if (!isDoneWith) {
                table.assertValid();
            }
            assertThat(open).as(doing).isEmpty();
            assertThat(table.size()).isZero();
            assertThat(List.of(endedPackets, endedBytes, endedFrameBytes))
                    .as(doing)
                    .isEqualTo(List.of(sentPackets, sentBytes, sentFrameBytes));
            Map<String, Long> counters = table.counters();
            assertThat(counters).as(doing).containsAllEntriesOf(ends).containsEntry("THRU", sentPackets);
            assertThat(counters.getOrDefault("HIT", 0L) + counters.getOrDefault("CREATED", 0L))
                    .isEqualTo(sentPackets);
            assertThat(table.late()).as(doing).isEqualTo(sentLate);
            assertThat(counters.get("RECYCLE")).isEqualTo(counters.get("ended:recycled"));
        }

        @Override
        public void close() {
            table.close();
            arena.close();
        }
    }
}
