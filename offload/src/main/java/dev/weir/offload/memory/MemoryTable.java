package dev.weir.offload.memory;

import dev.weir.offload.check.Fault;
import dev.weir.offload.check.FlowFault;
import dev.weir.offload.check.Match;
import dev.weir.offload.check.TableCheck;
import dev.weir.offload.model.Flow;
import dev.weir.offload.model.FlowQuery;
import dev.weir.offload.model.Table;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The flows of a table, found by uid, and by what they match: one map for each tuple of masks, as in tuple space search (Srinivasan, Suri,
 * Varghese, SIGCOMM 1999). Setting and deleting takes constant time, a packet's lookup one step for each tuple. Guarded by its device.
 */
final class MemoryTable {
    private final TableCheck check;
    private final Map<Long, MemoryEntry> byUid = new HashMap<>();
    private final Map<Match.Tuple, Map<Match, MemoryEntry>> tuples = new LinkedHashMap<>();

    MemoryTable(TableCheck check) {
        this.check = check;
    }

    TableCheck check() {
        return check;
    }

    int size() {
        return byUid.size();
    }

    /** Puts an entry in; throws where it is a duplicate, or one too many. */
    void add(MemoryEntry entry) throws FlowFault {
        Flow flow = entry.flow;
        if (byUid.containsKey(flow.uid())) {
            throw check.fault(
                    Fault.DUPLICATE_UID, flow, "", "is there already; modify or delete it, or give another uid");
        }
        MemoryEntry same = find(entry.match, flow.priority());
        if (same != null) {
            throw check.fault(
                    Fault.DUPLICATE_MATCH,
                    flow,
                    "",
                    "matches the same packets as flow " + same.flow.uid() + " with the same priority " + flow.priority()
                            + "; give another priority, or delete that flow");
        }
        long room = check.table().size();
        if (room != Table.UNBOUNDED && byUid.size() >= room) {
            throw check.fault(Fault.TABLE_FULL, flow, "", "the table has all of its " + room + " flows; delete some");
        }
        restore(entry);
    }

    /** Puts an entry in that is known to fit: it was there a moment ago. */
    void restore(MemoryEntry entry) {
        byUid.put(entry.flow.uid(), entry);
        entry.live = true;
        Map<Match, MemoryEntry> tuple = tuples.computeIfAbsent(entry.match.tuple(), _ -> new HashMap<>());
        MemoryEntry first = tuple.get(entry.match);
        if (first == null || first.flow.priority() < entry.flow.priority()) {
            entry.next = first;
            tuple.put(entry.match, entry);
            return;
        }
        MemoryEntry before = first;
        while (before.next != null && before.next.flow.priority() > entry.flow.priority()) before = before.next;
        entry.next = before.next;
        before.next = entry;
    }

    /** Takes out an entry that is in. */
    void remove(MemoryEntry entry) {
        byUid.remove(entry.flow.uid());
        entry.live = false;
        Map<Match, MemoryEntry> tuple = tuples.get(entry.match.tuple());
        if (tuple == null) return;
        MemoryEntry first = tuple.get(entry.match);
        if (first == entry) {
            if (entry.next != null) tuple.put(entry.match, entry.next);
            else tuple.remove(entry.match);
            if (tuple.isEmpty()) tuples.remove(entry.match.tuple());
        } else {
            for (MemoryEntry before = first; before != null; before = before.next) {
                if (before.next == entry) before.next = entry.next;
            }
        }
        entry.next = null;
    }

    @Nullable
    MemoryEntry find(long uid) {
        return byUid.get(uid);
    }

    @Nullable
    MemoryEntry find(Match match, long priority) {
        Map<Match, MemoryEntry> tuple = tuples.get(match.tuple());
        MemoryEntry entry = tuple == null ? null : tuple.get(match);
        while (entry != null && entry.flow.priority() != priority) entry = entry.next;
        return entry;
    }

    /** All whose packets are all packets of that match. Looks at every flow. */
    List<MemoryEntry> coveredBy(Match match) {
        return byUid.values().stream()
                .filter(entry -> entry.match.isSubsetOf(match))
                .toList();
    }

    /** The flow that a packet is of: that with the greatest priority; of several such, one. */
    @Nullable
    MemoryEntry best(Match.Packet packet) {
        MemoryEntry best = null;
        for (Map.Entry<Match.Tuple, Map<Match, MemoryEntry>> tuple : tuples.entrySet()) {
            MemoryEntry found = tuple.getValue().get(tuple.getKey().of(packet));
            if (found != null && (best == null || found.flow.priority() > best.flow.priority())) best = found;
        }
        return best;
    }

    List<Flow> told(FlowQuery query, long now) {
        List<Flow> flows = new ArrayList<>();
        for (MemoryEntry entry : byUid.values()) {
            if (query.wants(entry.flow)) flows.add(entry.told(now));
        }
        return flows;
    }
}
