package dev.weir.offload.dataplane;

import dev.weir.offload.driver.FlowChange;
import dev.weir.offload.memory.MemoryDriver;
import dev.weir.offload.model.Action;
import dev.weir.offload.model.ActionArg;
import dev.weir.offload.model.ErrorMode;
import dev.weir.offload.model.FieldRef;
import dev.weir.offload.model.Flow;
import dev.weir.offload.model.MaskType;
import dev.weir.offload.model.Value;
import dev.weir.offload.model.ValueType;
import dev.weir.testing.Frames;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** How long packets and changes of flows take: a line a number of flows and of different masks. Run as a program; no test. */
final class PipelineRates {
    private static final int VECTOR = 256, BATCH = 10_000, TURNS = 20_000;
    private static final FieldRef DESTINATION =
            FieldRef.column(KeyField.V4_DST.layer.uid, KeyField.V4_DST.layer.uid, KeyField.V4_DST.uid, MaskType.LPM);
    private static final Action OUTPUT =
            Action.of(ActionKind.OUTPUT.title, ActionKind.OUTPUT.uid, ActionArg.of("port", Value.of(ValueType.U32, 2)));

    private PipelineRates() {}

    public static void main(String[] args) {
        for (int flows : new int[] {1, 1_000, 100_000}) {
            for (int masks : new int[] {1, 8}) {
                if (flows >= masks) measure(flows, masks);
            }
        }
    }

    private static void measure(int flows, int masks) {
        Pipeline pipeline = Pipeline.of(StandardModel.model(), List.of("in", "out"), 1);
        try (MemoryDriver driver = PipelineDriver.by(() -> 0, Map.of(1L, pipeline))) {
            long begin = System.nanoTime();
            for (int from = 0; from < flows; from += BATCH) {
                List<Flow> batch = new ArrayList<>();
                for (int uid = from; uid < Math.min(flows, from + BATCH); uid++) batch.add(flow(uid, masks));
                driver.change(FlowChange.set(1, batch, ErrorMode.CONTINUE)).join();
            }
            long set = System.nanoTime() - begin;
            NodeUnderTest node = new NodeUnderTest(pipeline);
            byte[] frame = Frames.udpFrame("10.0.0.1", 1000, "11.0.0.0", 53, 22);
            node.fill(frame, VECTOR, frame.length);
            long nanos = 0;
            for (int turn = 0; turn < 2 * TURNS; turn++) {
                if (turn == TURNS) nanos = System.nanoTime();
                node.process(turn);
            }
            nanos = System.nanoTime() - nanos;
            System.out.printf(
                    "%,d flows under %d masks: %.0f ns a packet, %,.0f flows set a second%n",
                    flows, masks, nanos / (double) TURNS / VECTOR, flows * 1e9 / set);
        }
    }

    /** Prefixes of lengths 32, 31 and so on; the frame's destination has the first of them. */
    private static Flow flow(long uid, int masks) {
        int length = 32 - (int) (uid % masks);
        long place = (uid / masks) << (32 - length);
        long address = 0x0B00_0000L + (place & 0x00FF_FFFFL);
        return Flow.of(
                StandardModel.FORWARD,
                uid,
                length,
                List.of(DESTINATION.prefixed(Value.of(ValueType.U32, address), length, 32)),
                List.of(OUTPUT));
    }
}
