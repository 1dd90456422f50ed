package dev.weir.cluster.job;

import dev.weir.cluster.Sensors;
import dev.weir.dataplane.Tracker;
import dev.weir.packet.Addresses;
import dev.weir.table.FlowRecord;
import dev.weir.testing.kafka.KafkaBroker;
import dev.weir.wire.Captures;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** Records of three sensors of one capture, and what comes of joining them: computed plainly, from what each sensor's tracker says, over all pairs. */
public final class JoinedByHand {
    static final int PACKETS = 20_000, CLIENTS = 1, IDLE_SECONDS = 2;
    static final long SLACK = TimeUnit.MILLISECONDS.toNanos(100), WAIT = TimeUnit.SECONDS.toNanos(5);
    private static final FlowOptions OPTIONS = JobRunner.OPTIONS.withLifetime(1000 * IDLE_SECONDS);

    private JoinedByHand() {}

    /** What three sensors see of one capture: all, all but every seventh packet, and what clients send. */
    public static Map<String, Path> captures(Path into, long seed) throws Exception {
        Path all = into.resolve("all.pcap");
        BusyCapture.write(all, PACKETS, seed, CLIENTS);
        return Map.of(
                "core", Sensors.see(all, into.resolve("core.pcap"), (_, _) -> true),
                "lossy", Sensors.see(all, into.resolve("lossy.pcap"), (number, _) -> number % 7 != 0),
                "oneway", Sensors.see(all, into.resolve("oneway.pcap"), (_, fromClient) -> fromClient));
    }

    public static void send(KafkaBroker to, String topic, String format, String sensor, Path capture) throws Exception {
        Sensors.track(
                capture,
                "kafka://" + to.bootstrap() + "/" + topic + "?format=" + format + "&sensor=" + sensor,
                "--idle-timeout",
                IDLE_SECONDS + "s");
    }

    /** A record of a sensor. */
    public record Row(
            String sensor,
            long id,
            String source,
            String destination,
            int protocol,
            long forward,
            long forwardBytes,
            long reverse,
            long reverseBytes,
            long start,
            long end,
            long at) {
        long packets(boolean direction) {
            return direction ? forward : reverse;
        }

        long bytes(boolean direction) {
            return direction ? forwardBytes : reverseBytes;
        }

        String key() {
            return protocol + (source.compareTo(destination) < 0 ? source + destination : destination + source);
        }

        boolean both() {
            return forward > 0 && reverse > 0;
        }

        /** The same with the other end as the initiator. */
        Row turned() {
            return new Row(
                    sensor,
                    id,
                    /* source= */ destination,
                    /* destination= */ source,
                    protocol,
                    /* forward= */ reverse,
                    /* forwardBytes= */ reverseBytes,
                    /* reverse= */ forward,
                    /* reverseBytes= */ forwardBytes,
                    start,
                    end,
                    at);
        }

        /** Whether they touch, as docs/cluster.md says it. */
        boolean touches(Row other) {
            return key().equals(other.key())
                    && Math.abs(at - other.at) <= WAIT
                    && !sensor.equals(other.sensor)
                    && overlap(other) >= -SLACK;
        }

        long overlap(Row other) {
            return Math.min(end, other.end) - Math.max(start, other.start);
        }
    }

    public static List<Row> rows(Map<String, Path> captures) throws Exception {
        var rows = new ArrayList<Row>();
        for (Map.Entry<String, Path> each : captures.entrySet()) {
            rows.addAll(rows(each.getKey(), each.getValue()));
        }
        return rows;
    }

    private static List<Row> rows(String sensor, Path capture) throws Exception {
        var rows = new ArrayList<Row>();
        try (var source = Captures.open(List.of(capture.toString()))) {
            Tracker.builder()
                    .table(OPTIONS.table(1))
                    .sink(r -> rows.add(new Row(
                            sensor,
                            r.flowId(),
                            Addresses.text(r.segment(), r.offset() + FlowRecord.SOURCE, r.family()) + ","
                                    + r.sourcePort(),
                            Addresses.text(r.segment(), r.offset() + FlowRecord.DESTINATION, r.family()) + ","
                                    + r.destinationPort(),
                            r.protocol(),
                            r.forwardPackets(),
                            r.forwardBytes(),
                            r.reversePackets(),
                            r.reverseBytes(),
                            r.startTime(),
                            r.endTime(),
                            r.at())))
                    .build()
                    .run(source);
        }
        return rows;
    }

    /** Joined by hand, over all pairs. */
    public static List<String> join(List<Row> rows) {
        Map<String, List<Row>> keys = rows.stream().collect(Collectors.groupingBy(Row::key));
        var lines = new ArrayList<String>();
        for (List<Row> key : keys.values()) {
            List<Set<Row>> clusters = new ArrayList<>();
            for (Row row : key) {
                Set<Row> mine = new HashSet<>(Set.of(row));
                List<Set<Row>> apart = new ArrayList<>();
                for (Set<Row> each : clusters) {
                    if (each.stream().anyMatch(row::touches)) {
                        mine.addAll(each);
                    } else {
                        apart.add(each);
                    }
                }
                apart.add(mine);
                clusters = apart;
            }
            clusters.forEach(each -> flows(each).forEach(flow -> lines.add(line(flow))));
        }
        return lines.stream().sorted().toList();
    }

    private static List<List<Row>> flows(Set<Row> cluster) {
        List<Row> left = cluster.stream()
                .sorted(Comparator.comparingLong(Row::start)
                        .thenComparing(Row::sensor)
                        .thenComparingLong(Row::id))
                .toList();
        List<List<Row>> flows = new ArrayList<>();
        for (Row row : left) {
            List<Row> best = null;
            long longest = -SLACK - 1;
            for (List<Row> flow : flows) {
                long overlap = flow.stream().mapToLong(row::overlap).max().orElseThrow();
                if (overlap > longest && flow.stream().noneMatch(other -> other.sensor.equals(row.sensor))) {
                    best = flow;
                    longest = overlap;
                }
            }
            if (best == null) {
                best = new ArrayList<>();
                flows.add(best);
            }
            best.add(row);
        }
        return flows;
    }

    /** What is checked of a joined flow, as line(String) has it. */
    private static String line(List<Row> flow) {
        Row first = flow.stream()
                .min(Comparator.<Row, Boolean>comparing(each -> !each.both())
                        .thenComparingLong(Row::start)
                        .thenComparing(Row::sensor))
                .orElseThrow();
        List<Row> all = flow.stream()
                .map(each -> each.source.equals(first.source) ? each : each.turned())
                .toList();
        long forward = all.stream().mapToLong(each -> each.packets(true)).max().orElse(0);
        long reverse = all.stream().mapToLong(each -> each.packets(false)).max().orElse(0);
        return String.join(
                ",",
                first.source,
                first.destination,
                Integer.toString(first.protocol),
                Long.toString(forward),
                Long.toString(reverse),
                Long.toString(largest(all, true, forward)),
                Long.toString(largest(all, false, reverse)),
                Integer.toString(all.size()),
                seen(all, true),
                seen(all, false),
                Long.toString(lost(all, true, forward)),
                Long.toString(lost(all, false, reverse)));
    }

    private static long largest(List<Row> all, boolean forward, long packets) {
        return packets == 0
                ? 0
                : all.stream()
                        .filter(each -> each.packets(forward) == packets)
                        .mapToLong(each -> each.bytes(forward))
                        .max()
                        .orElse(0);
    }

    /** Who saw packets of the direction, and how many, by name. */
    private static String seen(List<Row> all, boolean forward) {
        return all.stream()
                .filter(each -> each.packets(forward) > 0)
                .map(each -> each.sensor + " " + each.packets(forward))
                .sorted()
                .toList()
                .toString();
    }

    private static long lost(List<Row> all, boolean forward, long most) {
        return most
                - all.stream()
                        .mapToLong(each -> each.packets(forward))
                        .filter(each -> each > 0)
                        .min()
                        .orElse(0);
    }

    /** The same of a row of the job. */
    public static String line(String row) {
        String[] c = row.split(",", -1);
        return String.join(
                ",",
                c[6],
                c[7],
                c[8],
                c[9],
                c[5],
                c[11],
                c[14],
                c[12],
                c[15],
                c[23],
                seen(c[27], c[28]),
                seen(c[29], c[30]),
                c[31],
                c[32]);
    }

    private static String seen(String sensors, String packets) {
        if (sensors.isEmpty()) {
            return "[]";
        }
        String[] names = sensors.split(";", -1), counts = packets.split(";", -1);
        var seen = new ArrayList<String>();
        for (int i = 0; i < names.length; i++) {
            seen.add(names[i] + " " + counts[i]);
        }
        return seen.stream().sorted().toList().toString();
    }
}
