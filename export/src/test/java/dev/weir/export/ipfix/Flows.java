package dev.weir.export.ipfix;

import dev.weir.export.CsvSink;
import dev.weir.table.EndReason;
import dev.weir.table.FlowEvent;
import dev.weir.table.FlowRecord;
import dev.weir.table.TcpState;
import dev.weir.table.TestRecord;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Records from a seed, and records as lines of CSV, by which they are compared. */
final class Flows {
    private static final long BEGIN = TestRecord.nanos("2026-11-21T08:00:00Z");

    private Flows() {}

    /** Final records of both families, with and without answers, ended for every reason. */
    static List<FlowRecord> random(long seed, int count) {
        var random = new SplittableRandom(seed);
        List<FlowRecord> flows = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            flows.add(one(random, i + 1));
        }
        return flows;
    }

    private static FlowRecord one(SplittableRandom random, long id) {
        boolean tcp = random.nextBoolean();
        long first = BEGIN + random.nextLong(86_400_000_000_000L), last = first + random.nextLong(60_000_000_000L);
        TestRecord flow = new TestRecord().id(id).protocol(tcp ? 6 : random.nextInt(256));
        if (random.nextBoolean()) {
            flow.family("10.0.0." + random.nextInt(256), "192.0.2." + random.nextInt(256));
        } else {
            flow.family("2001:db8::" + Integer.toHexString(random.nextInt(65_536)), "::ffff:10.0.0.1");
        }
        flow.ports(random.nextInt(65_536), random.nextInt(65_536)).tenant(random.nextInt(1 << 24));
        int directions = random.nextInt(1, 4); // forward, reverse, both
        flow.forward(0, 0, 0, 0, 0);
        if ((directions & 1) != 0) {
            flow.forward(
                    first, last, random.nextLong(1, 1L << 40), random.nextLong(1L << 50), random.nextLong(1L << 50));
        }
        if ((directions & 2) != 0) {
            flow.reverse(
                    first + random.nextLong(1_000_000),
                    last,
                    random.nextLong(1, 1L << 40),
                    random.nextLong(1L << 50),
                    random.nextLong(1L << 50));
        }
        int reason = random.nextInt(EndReason.IDLE, EndReason.FLUSHED + 1);
        return flow.flags(random.nextInt(256), (directions & 2) != 0 ? random.nextInt(256) : 0)
                .state(tcp ? random.nextInt(TcpState.COUNT) : TcpState.NONE)
                .kind(FlowEvent.ENDED, FlowEvent.BY_TIMER, reason)
                .context(random.nextInt(), random.nextBoolean())
                .at(last)
                .view();
    }

    static List<String> csv(List<FlowRecord> flows, int digits) throws IOException {
        var out = new ByteArrayOutputStream();
        try (CsvSink sink = CsvSink.ofRecords(out, () -> digits)) {
            for (FlowRecord each : flows) {
                sink.accept(each);
            }
        }
        return lines(out);
    }

    static List<String> lines(ByteArrayOutputStream csv) {
        List<String> lines = csv.toString(StandardCharsets.US_ASCII).lines().toList();
        return lines.subList(1, lines.size());
    }
}
