package dev.weir.dataplane;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.weir.packet.PacketVector;
import dev.weir.packet.TunnelMode;
import dev.weir.table.EndReason;
import dev.weir.table.FlowEvent;
import dev.weir.table.FlowRecord;
import dev.weir.table.FlowRecords;
import dev.weir.table.FlowTable;
import dev.weir.table.FlowTableConfig;
import dev.weir.table.FlowVector;
import dev.weir.table.FragmentTable;
import dev.weir.table.KeyExtractor;
import dev.weir.table.TenantMode;
import dev.weir.table.feature.FeatureSet;
import dev.weir.table.feature.FeatureValues;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * Any octets, cut into packets, through parsing, fragments and a table so small that it recycles: nothing is thrown, every packet is in one record or
 * unhandled, and every flow that was created ends once. Input: a mode, then packets of four octets (link type, length, time step, snap) and their own.
 */
class FlowsFuzzTest {
    private static final int PACKETS = 64, MAX_FLOWS = 4;
    private static final List<TenantMode> TENANTS =
            List.of(TenantMode.NONE, TenantMode.VLAN, TenantMode.VNI, TenantMode.INTERFACE);
    private static final int[] LINKS = {0, 1, 9, 12, 14, 50, 51, 101, 104, 105, 108, 113, 127, 228, 229, 276, 999};

    @FuzzTest
    void track_anyPackets_accountsForEach(byte[] octets) {
        if (octets.length == 0) {
            return;
        }
        var tunnels = (octets[0] & 1) == 0 ? TunnelMode.OUTER : TunnelMode.INNER;
        var tenants = TENANTS.get(octets[0] >>> 1 & 3);
        FeatureSet features = (octets[0] & 8) == 0 ? FeatureSet.NONE : FeatureSet.all(3);
        var packets = new PacketVector(PACKETS);
        cut(octets, packets);
        try (Arena arena = Arena.ofConfined();
                var table = new FlowTable(FlowTableConfig.defaults()
                        .withMaxFlows(MAX_FLOWS)
                        .withHashSeed(octets.length)
                        .withFeatures(features))) {
            var records = new FlowRecords(
                    4 * PACKETS * FlowTable.RECORDS_PER_PACKET, FlowEvent.ENDED, arena, features.annexBytes());
            var flows = new FlowVector(packets, false, !features.isEmpty());
            var extractor = new KeyExtractor(table, tunnels, tenants);
            extractor.extract(flows);
            extractor.joinFragments(flows, new FragmentTable(table));
            track(table, flows, records);
            check(table.settle(records) && table.flush(records), "records did not fit");
            account(table, extractor, packets, records);
            measured(features, records);
        }
    }

    private static void track(FlowTable table, FlowVector flows, FlowRecords records) {
        int[] pick = new int[1];
        for (int i = 0; i < flows.packets.size; i++) {
            pick[0] = i;
            if (flows.family(i) != 0) {
                table.track(flows.family(i), flows, pick, 0, 1, records);
                table.expire(records);
            }
        }
    }

    private static void account(FlowTable table, KeyExtractor extractor, PacketVector packets, FlowRecords records) {
        var view = new FlowRecord();
        long seen = extractor.unhandled();
        long ended = 0;
        for (int i = 0; i < records.size(); i++) {
            records.get(i, view);
            seen += view.forwardPackets() + view.reversePackets();
            ended += view.reason() == EndReason.ACTIVE ? 0 : 1;
            check(view.startTime() <= view.endTime() && view.family() != 0, "record");
        }
        check(seen == packets.size, "a packet was lost or counted twice");
        check(ended == table.counters().getOrDefault("CREATED", -1L) && table.size() == 0, "flows that did not end");
    }

    /** What was measured is of the packets that were counted. */
    private static void measured(FeatureSet features, FlowRecords records) {
        var view = new FlowRecord();
        var values = new FeatureValues(features);
        for (int i = 0; i < records.size() && !features.isEmpty(); i++) {
            records.get(i, view);
            values.wrap(view.segment(), view.offset() + FlowRecord.SIZE);
            check(values.packets(FeatureValues.FORWARD) == view.forwardPackets(), "packets");
            check(values.packets(FeatureValues.REVERSE) == view.reversePackets(), "packets back");
            check(values.duration(FeatureValues.BOTH) == view.endTime() - view.startTime(), "duration");
            long octets = view.forwardBytes() + view.reverseBytes();
            long headers = values.headerOctets(FeatureValues.FORWARD) + values.headerOctets(FeatureValues.REVERSE);
            long payload = values.payload(FeatureValues.FORWARD) + values.payload(FeatureValues.REVERSE);
            check(headers >= 0 && payload >= 0 && headers + payload <= octets, "headers and payload");
        }
    }

    private static void cut(byte[] octets, PacketVector packets) {
        packets.data = MemorySegment.ofArray(octets);
        packets.first = 1;
        long time = 1_700_000_000_000_000_000L;
        int at = 1;
        int n = 0;
        while (n < PACKETS && octets.length - at > 4) {
            int captured = Math.min(octets[at + 1] & 0xFF, octets.length - at - 4);
            time += (octets[at + 2] & 0xFFL) * 500_000_000L;
            packets.link[n] = LINKS[(octets[at] & 0xFF) % LINKS.length];
            packets.port[n] = octets[at] >>> 6 & 3;
            packets.offset[n] = at + 4L;
            packets.captured[n] = captured;
            packets.length[n] = captured + (octets[at + 3] & 0xFF);
            packets.time[n++] = time;
            at += 4 + captured;
        }
        packets.size = n;
    }

    private static void check(boolean holds, String what) {
        if (!holds) {
            throw new AssertionError(what);
        }
    }
}
