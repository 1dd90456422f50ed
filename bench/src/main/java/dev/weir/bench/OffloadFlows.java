package dev.weir.bench;

import dev.weir.offload.driver.BatchResult;
import dev.weir.offload.driver.FlowChange;
import dev.weir.offload.kernel.KernelModel;
import dev.weir.offload.model.Action;
import dev.weir.offload.model.ActionArg;
import dev.weir.offload.model.ErrorMode;
import dev.weir.offload.model.Flow;
import dev.weir.offload.model.Model;
import dev.weir.offload.model.Selection;
import dev.weir.offload.model.Value;
import dev.weir.offload.model.ValueType;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/** Flows for drivers: TCP over IPv4 by its five fields, sent out of a port; in batches, and in no order that a table could use. */
public final class OffloadFlows {
    public static final long IFINDEX = 1;
    private static final int TCP = 6, HTTPS = 443, SEED = 1;
    private static final long PORT = 2, OUTPUT_UID = 5;

    private final List<FlowChange> sets = new ArrayList<>();
    private final List<FlowChange> deletions = new ArrayList<>();
    private final long port;

    private OffloadFlows(long port) {
        this.port = port;
    }

    /** So many flows of an interface, in batches. */
    public static OffloadFlows of(long ifindex, long port, int flows, int batch) {
        OffloadFlows made = new OffloadFlows(port);
        List<Flow> all = new ArrayList<>(flows);
        for (int uid = 0; uid < flows; uid++) all.add(flow(uid, port));
        Collections.shuffle(all, new Random(SEED));
        for (int from = 0; from < flows; from += batch) {
            List<Flow> part = all.subList(from, Math.min(flows, from + batch));
            made.sets.add(FlowChange.set(ifindex, part, ErrorMode.ABORT));
            made.deletions.add(FlowChange.delete(ifindex, part, Selection.UID, ErrorMode.ABORT));
        }
        return made;
    }

    static OffloadFlows of(int flows, int batch) {
        return of(IFINDEX, PORT, flows, batch);
    }

    /** A device with room for them. */
    static Model model() {
        return KernelModel.of(1 << 24, 1);
    }

    /** The same change, of objects that nobody has seen before. */
    FlowChange anew(FlowChange change) {
        List<Flow> flows = new ArrayList<>(change.flows().size());
        for (Flow flow : change.flows()) flows.add(flow(Math.toIntExact(flow.uid()), port));
        return new FlowChange(change.kind(), change.ifindex(), flows, change.selection(), change.errors());
    }

    private static Flow flow(int uid, long port) {
        return Flow.of(
                KernelModel.IPV4,
                uid,
                0,
                List.of(
                        KernelModel.V4_SOURCE.exactly(Value.of(ValueType.U32, 0x0a00_0000L + uid)),
                        KernelModel.V4_DESTINATION.exactly(Value.of(ValueType.U32, 0xc000_0201L)),
                        KernelModel.V4_PROTOCOL.exactly(Value.of(ValueType.U8, TCP)),
                        KernelModel.V4_SOURCE_PORT.exactly(Value.of(ValueType.U16, 1024 + uid % 60_000)),
                        KernelModel.V4_DESTINATION_PORT.exactly(Value.of(ValueType.U16, HTTPS))),
                List.of(Action.of("set_out_port", OUTPUT_UID, ActionArg.of("port", Value.of(ValueType.U32, port)))));
    }

    int batches() {
        return sets.size();
    }

    /** What sets a batch; batches go round. */
    FlowChange set(int batch) {
        return sets.get(batch % sets.size());
    }

    FlowChange deletion(int batch) {
        return deletions.get(batch % sets.size());
    }

    public List<FlowChange> sets() {
        return sets;
    }

    public List<FlowChange> deletions() {
        return deletions;
    }

    /** Throws where not all of a change was done. */
    public static void check(FlowChange change, BatchResult result) {
        if (result.applied() != change.flows().size()) {
            throw new IllegalStateException("flows done: " + result.applied() + " of "
                    + change.flows().size() + ", the first refused: " + result.first());
        }
    }
}
