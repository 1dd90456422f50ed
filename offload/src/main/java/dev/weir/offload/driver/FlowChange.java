package dev.weir.offload.driver;

import dev.weir.offload.model.ErrorMode;
import dev.weir.offload.model.Flow;
import dev.weir.offload.model.Selection;
import java.util.List;

/**
 * Flows to set, modify or delete, in order.
 *
 * @param ifindex the interface
 * @param selection which flows those given name, in a deletion; elsewhere they are named by uid
 * @param errors what becomes of the batch when a flow is refused
 */
public record FlowChange(Kind kind, long ifindex, List<Flow> flows, Selection selection, ErrorMode errors) {
    /** What is done. */
    public enum Kind {
        /** Flows are added; a uid, or matches with a priority, that the table has already is refused. */
        SET,
        /** Flows of the table with the same uid are replaced by these; what they counted stays. */
        MODIFY,
        /** Flows are taken away. */
        DELETE
    }

    public FlowChange {
        flows = List.copyOf(flows);
    }

    public static FlowChange set(long ifindex, List<Flow> flows, ErrorMode errors) {
        return new FlowChange(Kind.SET, ifindex, flows, Selection.UID, errors);
    }

    public static FlowChange modify(long ifindex, List<Flow> flows, ErrorMode errors) {
        return new FlowChange(Kind.MODIFY, ifindex, flows, Selection.UID, errors);
    }

    public static FlowChange delete(long ifindex, List<Flow> flows, Selection selection, ErrorMode errors) {
        return new FlowChange(Kind.DELETE, ifindex, flows, selection, errors);
    }
}
