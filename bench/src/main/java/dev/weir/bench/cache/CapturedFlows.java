package dev.weir.bench.cache;

import dev.weir.packet.PacketVector;
import dev.weir.packet.TunnelMode;
import dev.weir.table.FlowEvent;
import dev.weir.table.FlowRecords;
import dev.weir.table.FlowTable;
import dev.weir.table.FlowTableConfig;
import dev.weir.table.FlowVector;
import dev.weir.table.KeyExtractor;
import dev.weir.table.Lifetime;
import dev.weir.table.TenantMode;
import dev.weir.wire.CaptureException;
import dev.weir.wire.Captures;
import dev.weir.wire.PacketSource;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** The packets of captures as a trace: all captures as though they had begun at the same time. Flows are those of the flow table, both directions one flow. */
public final class CapturedFlows {
    private static final int MAX_FLOWS = 1 << 20;

    private record Seen(long since, int flow, int bytes) {}

    private final List<Seen> seen = new ArrayList<>();
    private int flows;

    private CapturedFlows() {}

    /** Reads all captures of a directory, each as far as it is sound. */
    public static CacheTrace read(Path directory) throws IOException {
        CapturedFlows all = new CapturedFlows();
        List<Path> files;
        try (Stream<Path> listed = Files.list(directory)) {
            files = listed.filter(Files::isRegularFile).sorted().toList();
        }
        for (Path file : files) all.add(file);
        all.seen.sort(Comparator.comparingLong(Seen::since));
        int[] flow = all.seen.stream().mapToInt(Seen::flow).toArray();
        int[] bytes = all.seen.stream().mapToInt(Seen::bytes).toArray();
        return CacheTraces.compact("captures", flow, bytes);
    }

    private void add(Path file) throws IOException {
        FlowTableConfig config = FlowTableConfig.defaults()
                .withMaxFlows(MAX_FLOWS)
                .withLifetime(Lifetime.NEVER)
                .withTcpClose(false);
        try (Arena arena = Arena.ofConfined();
                FlowTable table = new FlowTable(config);
                PacketSource source = Captures.open(List.of(file.toString()))) {
            Reader reader = new Reader(table, arena);
            while (source.read(reader.packets) > 0) reader.take();
        } catch (CaptureException _) {
            // not a capture, or damaged from here on: what came before counts
        }
    }

    /** Of one capture. */
    private final class Reader {
        final PacketVector packets = new PacketVector(FlowTable.VECTOR);
        private final FlowTable table;
        private final KeyExtractor extractor;
        private final FlowVector keys = new FlowVector(packets, true);
        private final FlowRecords records;
        private final int first = flows;
        private long begin = Long.MIN_VALUE;

        Reader(FlowTable table, Arena arena) {
            this.table = table;
            extractor = new KeyExtractor(table, TunnelMode.OUTER, TenantMode.NONE);
            records = new FlowRecords(FlowTable.VECTOR * FlowTable.RECORDS_PER_PACKET, FlowEvent.ENDED, arena);
        }

        void take() {
            extractor.extract(keys);
            for (int family : new int[] {4, 6}) {
                int[] picks = new int[packets.size];
                int n = 0;
                for (int i = 0; i < packets.size; i++) {
                    if (keys.family(i) == family) picks[n++] = i;
                }
                table.track(family, keys, picks, 0, n, records);
                records.clear();
            }
            for (int i = 0; i < packets.size; i++) {
                int family = keys.family(i);
                if ((family != 4 && family != 6) || !keys.hasFlow(i)) continue;
                if (begin == Long.MIN_VALUE) begin = packets.time[i];
                int own = first + 2 * (keys.flow(i) & FlowVector.NO_FLOW) + (family == 4 ? 0 : 1);
                flows = Math.max(flows, own + 1);
                seen.add(new Seen(packets.time[i] - begin, own, packets.length[i]));
            }
        }
    }
}
