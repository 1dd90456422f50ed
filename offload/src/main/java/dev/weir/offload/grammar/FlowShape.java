package dev.weir.offload.grammar;

import static dev.weir.offload.grammar.Shapes.nest;
import static dev.weir.offload.grammar.Shapes.optionalStructures;
import static dev.weir.offload.grammar.Shapes.u32;
import static dev.weir.offload.grammar.Shapes.u64;

import dev.weir.offload.grammar.Attribute.Numeric;
import dev.weir.offload.grammar.Attribute.Text;
import dev.weir.offload.model.Flow;
import dev.weir.offload.model.FlowStats;
import dev.weir.offload.model.Refusal;
import dev.weir.offload.model.Timeouts;
import java.util.List;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/** The structure of flows. Attributes from 32 on are Weir's own: what the Flow Table API lacks. */
final class FlowShape {
    private static final int ERROR = 0;
    private static final int TABLE = 1;
    private static final int UID = 2;
    private static final int PRIORITY = 3;
    private static final int MATCHES = 4;
    private static final int ACTIONS = 5;
    private static final int IDLE = 6;
    private static final int HARD = 7;
    private static final int STATS = 8;
    private static final int REASON = 9;

    private static final Shape<FlowStats> SEEN = new Shape<>(
            List.of(
                    u64(1, "packets", FlowStats::packets),
                    u64(2, "bytes", FlowStats::bytes),
                    u64(3, "age_ms", FlowStats::ageMillis),
                    u64(4, "idle_ms", FlowStats::idleMillis)),
            slots -> new FlowStats(slots.number(0), slots.number(1), slots.number(2), slots.number(3)));

    static final Shape<Flow> FLOW = new Shape<>(
            List.of(
                    new Numeric<>(1, "error", 4, false, flow -> flow.refusal() != null, FlowShape::error),
                    u32(2, "table", Flow::table),
                    u32(3, "uid", Flow::uid),
                    u32(4, "priority", Flow::priority),
                    optionalStructures(5, "matches", 1, "field_ref", Shapes.FIELD_REF, Flow::matches),
                    optionalStructures(6, "actions", 1, "action", Shapes.FLOW_ACTION, Flow::actions),
                    timeout(32, "idle_timeout_ms", flow -> flow.timeouts().idleMillis()),
                    timeout(33, "hard_timeout_ms", flow -> flow.timeouts().hardMillis()),
                    nest(34, "stats", SEEN, Flow::stats),
                    new Text<>(35, "reason", false, FlowShape::reason)),
            FlowShape::build);

    private FlowShape() {}

    private static Flow build(Slots slots) {
        return new Flow(
                slots.number(TABLE),
                slots.number(UID),
                slots.number(PRIORITY),
                slots.optionalList(MATCHES),
                slots.optionalList(ACTIONS),
                slots.has(IDLE) || slots.has(HARD)
                        ? new Timeouts(slots.number(IDLE), slots.number(HARD))
                        : Timeouts.NONE,
                (FlowStats) slots.object(STATS),
                refusal(slots));
    }

    private static @Nullable Refusal refusal(Slots slots) {
        if (slots.has(ERROR)) return new Refusal(slots.number(ERROR), slots.text(REASON));
        if (!slots.has(REASON)) return null;
        throw new IllegalArgumentException("reason: is there without error; give error as well");
    }

    private static long error(Flow flow) {
        Refusal refusal = flow.refusal();
        return refusal == null ? 0 : refusal.code();
    }

    private static @Nullable String reason(Flow flow) {
        Refusal refusal = flow.refusal();
        return refusal == null ? null : refusal.reason();
    }

    /** Zero is the same as none, and not written. */
    private static Attribute<Flow> timeout(int number, String key, ToLongFunction<Flow> of) {
        return new Numeric<>(number, key, 4, false, flow -> of.applyAsLong(flow) != 0, of);
    }
}
