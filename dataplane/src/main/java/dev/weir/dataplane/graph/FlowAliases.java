package dev.weir.dataplane.graph;

import dev.weir.table.AliasTable;
import dev.weir.table.FlowContext;
import dev.weir.table.FlowRecord;
import dev.weir.table.FlowTable;
import dev.weir.table.FlowTableConfig;
import dev.weir.table.FlowTuple;
import dev.weir.table.FlowVector;
import dev.weir.wire.linux.Fanout;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * The second keys of a worker's flows, and those that other workers' flows have among the keys that arrive here. One a
 * worker, whose thread makes every call; allocates nothing after construction.
 *
 * <p>A flow's aliases hang on its annex: the first one's slot, plus 1, at {@link #ANNEX}, each leading to the next. An
 * alias that arrives at another worker is posted to it as a letter, and once more when the flow ends. A letter about an
 * end that finds no room in the post waits here, and its alias stays until it has gone.
 */
final class FlowAliases implements Aliases, AutoCloseable {
    /** Where in a flow's annex the first alias is, an int: its slot plus 1; 0 for none. */
    static final int ANNEX = FlowLayout.ALIASES;

    /** Octets of a letter. */
    static final int LETTER_BYTES = 96;

    /** Who gets the packets of a key. */
    interface Owner {
        /** The worker that packet {@code i} of a vector belongs to; the same for both directions. */
        int of(FlowVector vector, int i);
    }

    /** How letters reach other workers: each gets those of one sender in order, before it looks up another packet. */
    interface Post {
        /** Sends {@link #LETTER_BYTES} octets, which are there when it returns; false where there is no room. */
        boolean send(int worker, MemorySegment letter);

        /** Has {@code reader} {@link #receive} all letters that have come. */
        default void deliver(FlowAliases reader) {}
    }

    private static final int KIND = AliasTable.MAIL_BYTES, ADD = 1, REMOVE = 2;

    /** In the tag of an alias, beside the worker that owns the second key: its flow has ended, its letter waits. */
    private static final long WAITING = 1L << 32;

    /** As many as there can be flows here, and those of others. */
    private static final int PER_FLOW = 2;

    private final int worker;
    private final AliasTable aliases;
    private final FlowTable table;
    private final FlowContext flow;
    private final Owner owner;
    private final Post post;
    private final FlowTuple first = new FlowTuple();
    private final MemorySegment letter = Arena.ofAuto().allocate(LETTER_BYTES, Long.BYTES);

    /** Aliases whose flows have ended and whose letters have not gone. */
    private int waiting = AliasTable.NONE;

    private long clashes;

    FlowAliases(int worker, FlowTable table, int capacity, Owner owner, Post post) {
        this.worker = worker;
        this.table = table;
        this.aliases = new AliasTable(table, capacity);
        this.flow = table.context();
        this.owner = owner;
        this.post = post;
    }

    /** Those of one of so many workers, whose ports share packets out by {@link Fanout}. */
    static FlowAliases of(int worker, int workers, FlowTable table, Post post) {
        int capacity = Math.min(table.config().maxFlows(), FlowTableConfig.MAX_FLOWS / PER_FLOW) * PER_FLOW;
        Owner owner = (v, i) -> owner(v, i, workers);
        return new FlowAliases(worker, table, capacity, owner, post);
    }

    /** Which of so many workers packets with the key of packet {@code i} belong to. */
    static int owner(FlowVector keys, int i, int workers) {
        return workers == 1 ? 0 : Fanout.queue(keys.foldedAddresses(i), keys.foldedPorts(i), workers);
    }

    /** See {@link NodeContext#owns}. */
    boolean owns(FlowTuple tuple) {
        return owner.of(aliases.key(tuple), 0) == worker;
    }

    /** See {@link NodeContext#alias}. */
    int alias(Batch batch, int i, FlowTuple second) {
        flow.at(batch.flow[i]).tuple(first);
        int slot = aliases.add(second, first);
        if (slot == AliasTable.TAKEN) {
            return NodeContext.TAKEN;
        }
        if (slot == AliasTable.FULL) {
            return NodeContext.FULL;
        }
        if (slot == AliasTable.THERE) {
            keep(aliases.find(second));
            return NodeContext.ALIASED;
        }
        int to = owner.of(aliases.key(second), 0);
        if (to == worker ? isFlow(second) : !send(slot, to, ADD)) {
            aliases.remove(slot);
            return to == worker ? NodeContext.TAKEN : NodeContext.FULL;
        }
        aliases.setTag(slot, to);
        attach(slot);
        return NodeContext.ALIASED;
    }

    /** Hangs an alias on the flow. */
    private void attach(int slot) {
        aliases.setNext(slot, flow.getInt(ANNEX) - 1);
        flow.setInt(ANNEX, slot + 1);
    }

    /** Where the alias waits to go, which an earlier flow of the same two keys has left, it is this flow's now. */
    private void keep(int slot) {
        if ((aliases.tag(slot) & WAITING) == 0) {
            return;
        }
        if (waiting == slot) {
            waiting = aliases.next(slot);
        } else {
            int before = waiting;
            while (aliases.next(before) != slot) {
                before = aliases.next(before);
            }
            aliases.setNext(before, aliases.next(slot));
        }
        aliases.setTag(slot, aliases.tag(slot) & ~WAITING);
        attach(slot);
    }

    /** Which worker packets with these ends belong to. */
    int owner(FlowTuple tuple) {
        return owner.of(aliases.key(tuple), 0);
    }

    /** Writes a flow's aliases, {@code most} at the most, beginning with one; how many. Allocates nothing. */
    int copy(int slot, MemorySegment to, long offset, int most) {
        int n = 0;
        for (int at = slot; at != AliasTable.NONE && n < most; at = aliases.next(at)) {
            aliases.write(at, to, offset + (long) n++ * AliasTable.MAIL_BYTES);
        }
        return n;
    }

    /**
     * Gives a flow, whose ends these are, an alias that it had in another run.
     *
     * @return false where another flow has that key, there is no room, or the octets are no alias of that flow
     */
    boolean restore(int number, FlowTuple ends, MemorySegment from, long offset) {
        FlowVector keys = aliases.written(from, offset);
        if (keys == null) {
            return false;
        }
        int to = owner.of(keys, 0);
        boolean isFlow = to == worker && table.find(keys, 0) != FlowVector.NO_FLOW;
        int slot = isFlow || !aliases.isWrittenFor(ends, from, offset) ? AliasTable.TAKEN : aliases.read(from, offset);
        if (slot < 0) {
            return false;
        }
        aliases.setTag(slot, to);
        flow.at(number);
        attach(slot);
        return to == worker || send(slot, to, ADD);
    }

    /** Takes the aliases of a flow away again. */
    void detach(int number) {
        int slot = flow.at(number).getInt(ANNEX) - 1;
        while (slot != AliasTable.NONE) {
            int next = aliases.next(slot);
            release(slot);
            slot = next;
        }
    }

    /** Whether some flow of this worker has these ends for its first key. */
    private boolean isFlow(FlowTuple tuple) {
        return table.find(aliases.key(tuple), 0) != FlowVector.NO_FLOW;
    }

    /** Gives back what a flow that ended had. */
    void ended(FlowRecord record) {
        int slot = record.annexInt(ANNEX) - 1;
        while (slot != AliasTable.NONE) {
            int next = aliases.next(slot);
            release(slot);
            slot = next;
        }
    }

    private void release(int slot) {
        int to = (int) aliases.tag(slot);
        if (to == worker || send(slot, to, REMOVE)) {
            aliases.remove(slot);
        } else {
            aliases.setTag(slot, to | WAITING);
            aliases.setNext(slot, waiting);
            waiting = slot;
        }
    }

    /** Sends the letters that have waited; to be called between batches. */
    void retry() {
        while (waiting != AliasTable.NONE && send(waiting, (int) (aliases.tag(waiting) & ~WAITING), REMOVE)) {
            int sent = waiting;
            waiting = aliases.next(sent);
            aliases.remove(sent);
        }
    }

    private boolean send(int slot, int to, int kind) {
        aliases.write(slot, letter, 0);
        letter.set(ValueLayout.JAVA_LONG, KIND, kind);
        return post.send(to, letter);
    }

    /** Does what another worker's letter says. */
    void receive(MemorySegment letters, long offset) {
        if (letters.get(ValueLayout.JAVA_LONG_UNALIGNED, offset + KIND) == ADD) {
            int slot = aliases.read(letters, offset);
            clashes += slot == AliasTable.TAKEN || slot == AliasTable.FULL ? 1 : 0;
        } else {
            aliases.removeWritten(letters, offset);
        }
    }

    @Override
    public void refresh() {
        post.deliver(this);
    }

    @Override
    public boolean replace(FlowVector keys, int i) {
        return aliases.resolve(keys, i);
    }

    /** Gives packets that carry a second key their flow's first; to be called before they are looked up. */
    int resolve(FlowVector vector) {
        return aliases.resolve(vector);
    }

    /** The same for one packet. */
    boolean resolve(FlowVector vector, int i) {
        return aliases.resolve(vector, i);
    }

    int size() {
        return aliases.size();
    }

    /** How many aliases of other workers' flows could not be taken: another flow had the key, or there was no room. */
    long clashes() {
        return clashes;
    }

    @Override
    public void close() {
        aliases.close();
    }
}
