package dev.weir.offload.memory;

import dev.weir.offload.check.FlowFault;
import dev.weir.offload.check.Match;
import dev.weir.offload.driver.FlowChange;
import dev.weir.offload.model.Flow;
import dev.weir.offload.model.Selection;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Looks at what the next flows of a change need of the tables, a step of all of them before the next step. One flow's steps wait for each other's loads from
 * memory, those of many flows do not: so the loads overlap, and the change itself then finds all in the processor's caches. Flows to set are checked on
 * the way. Guarded by its device.
 */
final class LookAhead {
    /** How many flows at a time: what they need has room in the nearer caches. */
    static final int FLOWS = 256;

    private static final int FEW = 4;

    private final TableSet tables;
    private final @Nullable Match[] matches = new @Nullable Match[FLOWS];
    private final @Nullable MemoryEntry[] entries = new @Nullable MemoryEntry[FLOWS];
    /** Of all that was looked at: that it is kept makes the compiler look. */
    @SuppressWarnings("UnusedVariable")
    private int seen;

    LookAhead(TableSet tables) {
        this.tables = tables;
    }

    /** Looks at the flows from that one on. */
    void at(FlowChange change, int from) {
        Arrays.fill(matches, null);
        List<Flow> all = change.flows();
        List<Flow> flows = all.subList(from, Math.min(all.size(), from + FLOWS));
        if (flows.size() < FEW || (change.kind() == FlowChange.Kind.DELETE && change.selection() != Selection.UID))
            return;
        for (int i = 0; i < flows.size(); i++) {
            MemoryTable table = tables.find(flows.get(i).table());
            if (table != null) seen += table.look(flows.get(i).uid());
        }
        if (change.kind() == FlowChange.Kind.SET) check(flows);
        else find(flows);
        Arrays.fill(entries, null);
    }

    /** The match of a flow of the change that is to be set, if it fits; otherwise nothing is said. */
    @Nullable
    Match match(int index) {
        return matches[index % FLOWS];
    }

    private void check(List<Flow> flows) {
        for (int i = 0; i < flows.size(); i++) {
            MemoryTable table = tables.find(flows.get(i).table());
            if (table == null) continue;
            try {
                Match match = table.check().check(flows.get(i));
                matches[i] = match;
                seen += table.look(match);
            } catch (FlowFault fault) {
                // told when its turn has come
            }
        }
    }

    private void find(List<Flow> flows) {
        for (int i = 0; i < flows.size(); i++) {
            MemoryTable table = tables.find(flows.get(i).table());
            entries[i] = table == null ? null : table.find(flows.get(i).uid());
        }
        for (int i = 0; i < flows.size(); i++) {
            MemoryEntry entry = entries[i];
            if (entry != null) seen += entry.live ? 1 : 0;
        }
        for (int i = 0; i < flows.size(); i++) {
            MemoryEntry entry = entries[i];
            if (entry != null) seen += entry.match.hashCode() + (int) entry.flow.uid();
        }
        for (int i = 0; i < flows.size(); i++) {
            MemoryEntry entry = entries[i];
            MemoryTable table = tables.find(flows.get(i).table());
            if (entry != null && table != null) seen += table.look(entry.match);
        }
    }
}
