package dev.weir.dataplane.graph;

import dev.weir.table.AliasTable;
import dev.weir.table.FlowRecord;
import dev.weir.table.FlowRecords;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * A block of flows as a worker copied them: each a {@link FlowRecord} of no kind, behind it the flow's annex, beside it the flow's second keys. Each flow is as it
 * was between two vectors; those of one block may be of different moments. One thread at a time; allocates nothing after it was made.
 *
 * <pre>
 * aliases, 2 * 88 octets a flow: as {@link AliasTable#write} says
 * </pre>
 */
public final class FlowCopies {
    /** How many flows are in a block, and so copied between two vectors at the most: a quarter of a vector, for their memory may be in no cache. */
    static final int FLOWS = 64;
    /** How many second keys of a flow are kept: a translation and a balancer have one each. */
    public static final int ALIASES = 2;
    /** Octets of a second key, with the first. */
    public static final int ALIAS_BYTES = AliasTable.MAIL_BYTES;

    private final FlowRecords records;
    private final MemorySegment aliases;
    private final byte[] aliasCounts = new byte[FLOWS];
    private final int annexBytes;

    FlowCopies(int annexBytes, Arena arena) {
        this.annexBytes = annexBytes;
        records = new FlowRecords(FLOWS, 0, arena, annexBytes);
        aliases = arena.allocate((long) FLOWS * ALIASES * ALIAS_BYTES, Long.BYTES);
    }

    public int size() {
        return records.size();
    }

    /** Points {@code view} at flow {@code i}; its annex follows it. */
    public FlowRecord get(int i, FlowRecord view) {
        return records.get(i, view);
    }

    /** Octets of the annex behind each flow. */
    public int annexBytes() {
        return annexBytes;
    }

    /** How many second keys flow {@code i} has. */
    public int aliases(int i) {
        return aliasCounts[i];
    }

    /** Where the second keys of flow {@code i} are in {@link #aliasMemory}, one after the other. */
    public long aliasAt(int i) {
        return (long) i * ALIASES * ALIAS_BYTES;
    }

    public MemorySegment aliasMemory() {
        return aliases;
    }

    FlowRecords records() {
        return records;
    }

    void aliases(int i, int count) {
        aliasCounts[i] = (byte) count;
    }

    void clear() {
        records.clear();
    }
}
