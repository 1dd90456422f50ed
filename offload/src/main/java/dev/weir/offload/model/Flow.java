package dev.weir.offload.model;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A flow of a table: packets that all matches hold for get all actions, in order. Of several flows that match, the one with the greatest
 * priority is taken. (The Flow Table API says nothing of the priority's direction.)
 *
 * @param uid unique in its table; the one who sets the flow chooses it
 * @param matches missing where the flow is only named, as in a deletion by uid; none is every packet
 * @param actions missing where the flow is only named
 * @param stats what it has seen; missing in a flow to set
 * @param refusal why it was refused; missing otherwise
 */
public record Flow(
        long table,
        long uid,
        long priority,
        @Nullable List<FieldRef> matches,
        @Nullable List<Action> actions,
        Timeouts timeouts,
        @Nullable FlowStats stats,
        @Nullable Refusal refusal) {
    public Flow {
        U32.check("table", table);
        U32.check("uid", uid);
        U32.check("priority", priority);
        matches = matches == null ? null : List.copyOf(matches);
        actions = actions == null ? null : List.copyOf(actions);
    }

    /** A flow to set, without timeouts. */
    public static Flow of(long table, long uid, long priority, List<FieldRef> matches, List<Action> actions) {
        return new Flow(table, uid, priority, matches, actions, Timeouts.NONE, null, null);
    }

    /** A flow that is only named. */
    public static Flow named(long table, long uid) {
        return new Flow(table, uid, 0, null, null, Timeouts.NONE, null, null);
    }

    /** The matches; none where they are missing. */
    public List<FieldRef> matchList() {
        return matches == null ? List.of() : matches;
    }

    /** The actions; none where they are missing. */
    public List<Action> actionList() {
        return actions == null ? List.of() : actions;
    }

    /** What it has seen; nothing where that is missing. */
    public FlowStats seen() {
        return stats == null ? FlowStats.NONE : stats;
    }

    /** The same, asked for as another flow. */
    public Flow as(long uid, long priority) {
        return new Flow(table, uid, priority, matches, actions, timeouts, stats, refusal);
    }

    public Flow with(Timeouts timeouts) {
        return new Flow(table, uid, priority, matches, actions, timeouts, stats, refusal);
    }

    public Flow with(@Nullable FlowStats stats) {
        return new Flow(table, uid, priority, matches, actions, timeouts, stats, refusal);
    }

    public Flow with(Refusal refusal) {
        return new Flow(table, uid, priority, matches, actions, timeouts, stats, refusal);
    }

    /** The flow as it was asked for: without what the device says of it. */
    public Flow bare() {
        return stats == null && refusal == null
                ? this
                : new Flow(table, uid, priority, matches, actions, timeouts, null, null);
    }
}
