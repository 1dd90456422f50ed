package dev.weir.dataplane.graph;

import dev.weir.table.FlowRecord;
import dev.weir.table.FlowRecords;
import dev.weir.table.FlowTraffic;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/**
 * Final records of flows that something below carried when they ended. They wait, in the order of their ends, for what it
 * had carried last. A worker's own.
 */
final class LateRecords {
    /** A record, and who is to be told of the end. */
    private record Late(FlowRecord record, int octets, OffloadedFlow flow) {}

    private final SequencedMap<Long, Late> waiting = new LinkedHashMap<>();
    /** Those whose end nobody could be told yet. */
    private final List<OffloadedFlow> untold = new ArrayList<>();

    /** Keeps a copy; {@code octets} is how many there are with the annex. */
    void keep(int worker, FlowRecord record, int octets) {
        MemorySegment copy = MemorySegment.ofArray(new long[(octets + Long.BYTES - 1) / Long.BYTES]);
        MemorySegment.copy(record.segment(), record.offset(), copy, 0, octets);
        FlowRecord kept = new FlowRecord().wrap(copy, 0);
        int entry = kept.annexInt(FlowLayout.ENTRY);
        kept.setAnnexInt(FlowLayout.ENTRY, FlowLayout.withoutOffload(entry));
        kept.setAnnexInt(FlowLayout.ALIASES, 0); // given back when the flow ended
        OffloadedFlow flow = new OffloadedFlow(worker, kept.flowId(), kept.key());
        waiting.put(flow.id(), new Late(kept, octets, flow));
        untold.add(flow);
    }

    /** Those whose end is still to be told; who tells one removes it. */
    List<OffloadedFlow> untold() {
        return untold;
    }

    /** Adds to a record what was carried; does nothing where there is none of that flow. */
    void add(OffloadedFlow flow, FlowTraffic forward, FlowTraffic reverse) {
        Late late = waiting.get(flow.id());
        if (late != null) {
            late.record.add(false, forward);
            late.record.add(true, reverse);
        }
    }

    /** Hands a record out, which is complete. */
    void finish(OffloadedFlow flow, FlowRecords out) {
        append(waiting.remove(flow.id()), out);
    }

    /** Hands out as they are as many as there is room for; whether that was all. */
    boolean finishAll(FlowRecords out) {
        while (!waiting.isEmpty() && out.room() > 0) {
            append(waiting.pollFirstEntry().getValue(), out);
        }
        return waiting.isEmpty();
    }

    private static void append(@Nullable Late late, FlowRecords out) {
        if (late != null) {
            out.append(late.record, late.octets);
        }
    }
}
