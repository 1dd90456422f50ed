package dev.weir.offload.memory;

import dev.weir.offload.check.Fault;
import dev.weir.offload.check.FlowFault;
import dev.weir.offload.check.Match;
import dev.weir.offload.check.TableCheck;
import dev.weir.offload.model.Flow;
import dev.weir.offload.model.FlowQuery;
import dev.weir.offload.model.Table;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The flows of a table, found by uid, and by what they match: one index for each tuple of masks, as in tuple space search (Srinivasan, Suri,
 * Varghese, SIGCOMM 1999). Setting and deleting takes constant time, a packet's lookup one step for each tuple. Guarded by its device.
 */
final class MemoryTable {
    private final TableCheck check;
    private final boolean ordersEqualMatches;
    private final EntryIndex byUid = new EntryIndex();
    private final Map<Match.Tuple, EntryIndex> tuples = new LinkedHashMap<>();
    /** What was asked for last: most flows are of one tuple. */
    private Match.@Nullable Tuple lastTuple;

    private @Nullable EntryIndex lastIndex;

    /** @param ordersEqualMatches whether priorities tell flows with equal matches apart */
    MemoryTable(TableCheck check, boolean ordersEqualMatches) {
        this.check = check;
        this.ordersEqualMatches = ordersEqualMatches;
    }

    TableCheck check() {
        return check;
    }

    /** A permutation of 32-bit numbers (the finalizer of MurmurHash3), so that no two uids have one hash. */
    private static int hash(long uid) {
        int hash = (int) uid;
        hash = (hash ^ (hash >>> 16)) * 0x85eb_ca6b;
        hash = (hash ^ (hash >>> 13)) * 0xc2b2_ae35;
        return hash ^ (hash >>> 16);
    }

    /** Puts an entry in; throws where it is a duplicate, or one too many. */
    void add(MemoryEntry entry) throws FlowFault {
        Flow flow = entry.flow;
        if (find(flow.uid()) != null) {
            throw check.fault(
                    Fault.DUPLICATE_UID, flow, "", "is there already; modify or delete it, or give another uid");
        }
        MemoryEntry same = ordersEqualMatches ? find(entry.match, flow.priority()) : first(entry.match);
        if (same != null) throw duplicate(flow, same.flow);
        long room = check.table().size();
        if (room != Table.UNBOUNDED && byUid.size() >= room) {
            throw check.fault(Fault.TABLE_FULL, flow, "", "the table has all of its " + room + " flows; delete some");
        }
        restore(entry);
    }

    private FlowFault duplicate(Flow flow, Flow same) {
        String both = "matches the same packets as flow " + same.uid();
        return check.fault(
                Fault.DUPLICATE_MATCH,
                flow,
                "",
                ordersEqualMatches
                        ? both + " with the same priority " + flow.priority()
                                + "; give another priority, or delete that flow"
                        : both + ", and the table has one for them, whatever its priority; modify or delete that flow");
    }

    /** Puts an entry in that is known to fit: it was there a moment ago. */
    void restore(MemoryEntry entry) {
        byUid.add(hash(entry.flow.uid()), entry);
        entry.live = true;
        EntryIndex tuple = index(entry.match.tuple());
        if (tuple == null) {
            tuple = new EntryIndex();
            tuples.put(entry.match.tuple(), tuple);
            lastIndex = tuple;
        }
        MemoryEntry first = tuple.of(entry.match);
        int hash = entry.match.hashCode();
        if (first == null) {
            tuple.add(hash, entry);
        } else if (first.flow.priority() < entry.flow.priority()) {
            entry.next = first;
            tuple.replace(hash, first, entry);
        } else {
            MemoryEntry before = first;
            while (before.next != null && before.next.flow.priority() > entry.flow.priority()) before = before.next;
            entry.next = before.next;
            before.next = entry;
        }
    }

    /** Takes out an entry that is in. */
    void remove(MemoryEntry entry) {
        byUid.remove(hash(entry.flow.uid()), entry);
        entry.live = false;
        EntryIndex tuple = index(entry.match.tuple());
        if (tuple == null) return;
        int hash = entry.match.hashCode();
        MemoryEntry first = tuple.of(entry.match);
        if (first != entry) {
            for (MemoryEntry before = first; before != null; before = before.next) {
                if (before.next == entry) before.next = entry.next;
            }
        } else if (entry.next != null) {
            tuple.replace(hash, entry, entry.next);
        } else {
            tuple.remove(hash, entry);
            if (tuple.isEmpty()) {
                tuples.remove(entry.match.tuple());
                lastTuple = null;
            }
        }
        entry.next = null;
    }

    /** The index of a tuple; null where no flow is of it. */
    @SuppressWarnings("ReferenceEquality") // equal ones are found by the map
    private @Nullable EntryIndex index(Match.Tuple tuple) {
        if (tuple != lastTuple) {
            lastTuple = tuple;
            lastIndex = tuples.get(tuple);
        }
        return lastIndex;
    }

    /** Has the processor fetch where the flow of that uid is; what is returned says nothing. */
    int look(long uid) {
        return byUid.look(hash(uid));
    }

    /** The same of flows with that match. */
    int look(Match match) {
        EntryIndex tuple = index(match.tuple());
        return tuple == null ? 0 : tuple.look(match.hashCode());
    }

    @Nullable
    MemoryEntry find(long uid) {
        return byUid.only(hash(uid));
    }

    @Nullable
    MemoryEntry find(Match match, long priority) {
        MemoryEntry entry = first(match);
        while (entry != null && entry.flow.priority() != priority) entry = entry.next;
        return entry;
    }

    private @Nullable MemoryEntry first(Match match) {
        EntryIndex tuple = index(match.tuple());
        return tuple == null ? null : tuple.of(match);
    }

    /** All whose packets are all packets of that match. Looks at every flow. */
    List<MemoryEntry> coveredBy(Match match) {
        List<MemoryEntry> covered = new ArrayList<>();
        for (int slot = 0; slot < byUid.slots(); slot++) {
            MemoryEntry entry = byUid.at(slot);
            if (entry != null && entry.match.isSubsetOf(match)) covered.add(entry);
        }
        return covered;
    }

    /** The flow that a packet is of: that with the greatest priority; of several such, one. */
    @Nullable
    MemoryEntry best(Match.Packet packet) {
        MemoryEntry best = null;
        for (Map.Entry<Match.Tuple, EntryIndex> tuple : tuples.entrySet()) {
            MemoryEntry found = tuple.getValue().of(tuple.getKey().of(packet));
            if (found != null && (best == null || found.flow.priority() > best.flow.priority())) best = found;
        }
        return best;
    }

    /** The entries whose flows are asked for, in no order. */
    List<MemoryEntry> wanted(FlowQuery query) {
        List<MemoryEntry> wanted = new ArrayList<>();
        for (int slot = 0; slot < byUid.slots(); slot++) {
            MemoryEntry entry = byUid.at(slot);
            if (entry != null && query.wants(entry.flow)) wanted.add(entry);
        }
        return wanted;
    }
}
