package dev.weir.table;

import dev.weir.table.parts.Memory;

/**
 * Movable view of a live flow's context, by the number that {@link FlowVector#flow} gives: what nodes and programs read
 * and write of a flow while a vector goes through. Made by {@link FlowTable#context}; the table's owner calls; allocates
 * nothing.
 *
 * <p>A number is valid until the table's next {@link FlowTable#track} or control call: until then every flow of the
 * vector stays where it is. Move the view before reading it; with a number that is not a flow's it must not be moved.
 *
 * <p>The annex is memory beside each flow, {@link FlowTableConfig#annexBytes} octets that are 0 when the flow begins;
 * who owns the table says what is in it, and finds it again behind the flow's records ({@link FlowRecord#annexLong}).
 * Native byte order.
 */
public final class FlowContext {
    private final FlowTable table;
    private FlowFamily family;
    private FlowStore flows;
    private int slot;

    FlowContext(FlowTable table) {
        this.table = table;
        family = table.familyOf(0);
        flows = family.flows;
    }

    /** Moves the view to a flow. */
    public FlowContext at(int flow) {
        family = table.familyOf(flow);
        flows = family.flows;
        slot = flow & FlowVector.SLOT_MASK;
        return this;
    }

    /** 4 or 6. */
    public int family() {
        return flows.v6 ? 6 : 4;
    }

    /** Number of the flow, unique in this process run; 63 bits. */
    public long flowId() {
        return flows.id(slot);
    }

    /** Whether something below handles the flow's packets. */
    public boolean isOffloaded() {
        return flows.offloaded(slot);
    }

    public void setOffloaded(boolean offloaded) {
        flows.offloaded(slot, offloaded);
    }

    /** Whether {@link #hold} says so. */
    public boolean isHeld() {
        return flows.held(slot);
    }

    /**
     * Says whether something below counts packets of the flow. While it does the flow does not run out: its owner asks
     * what was counted, and lets go of it when {@link #idleDeadline} has come.
     */
    public void hold(boolean held) {
        flows.held(slot, held);
    }

    /** When the flow's time runs out by what is known of its packets, held or not. */
    public long idleDeadline() {
        return flows.idleDeadline(slot);
    }

    /** Packets so far, of direction 0 (forward) or 1. */
    public long packets(int direction) {
        return flows.packets(slot, direction);
    }

    /** A {@link TcpState}, {@link TcpState#NONE} for what is not TCP. */
    public int tcpState() {
        return flows.state(slot) & FlowStore.TCP_STATE_MASK;
    }

    /** Idle lifetime in milliseconds, {@link Lifetime#NEVER} for none. */
    public int lifetimeMillis() {
        return flows.lifetime(slot);
    }

    /** Sets the lifetime, as {@link Lifetime} stores it; from then on TCP state no longer does. */
    public void setLifetime(int millis) {
        flows.overrideLifetime(slot, millis);
    }

    /** The first four of the octets that others own, as an unsigned number. */
    public long ctxId() {
        return Memory.getInt(flows.coldAt(slot) + FlowStore.INFOS) & 0xFFFF_FFFFL;
    }

    public void setCtxId(long id) {
        Memory.setInt(flows.coldAt(slot) + FlowStore.INFOS, (int) id);
    }

    /** Fills {@code out} with the ends of the flow, its initiator the source; returns it. */
    public FlowTuple tuple(FlowTuple out) {
        boolean fromUpper = (flows.state(slot) & FlowStore.INITIATOR_UPPER) != 0;
        out.ofKey(flows.v6, flows.at(slot) + FlowStore.KEY, fromUpper);
        return out;
    }

    /** Copies the flow as it is now to {@code view}, which is valid until the next control call. */
    public FlowRecord record(FlowRecord view) {
        return family.snapshot(slot, table.now(), view);
    }

    /** Octets of the annex. */
    public int annexBytes() {
        return flows.annexBytes;
    }

    public int getInt(int offset) {
        return Memory.getInt(annex(offset, Integer.BYTES));
    }

    public void setInt(int offset, int value) {
        Memory.setInt(annex(offset, Integer.BYTES), value);
    }

    public long getLong(int offset) {
        return Memory.getLong(annex(offset, Long.BYTES));
    }

    public void setLong(int offset, long value) {
        Memory.setLong(annex(offset, Long.BYTES), value);
    }

    private long annex(int offset, int bytes) {
        if (offset < 0 || offset > flows.annexBytes - bytes) {
            throw new IndexOutOfBoundsException("annex: offset=" + offset + ", bytes=" + flows.annexBytes);
        }
        return flows.annexAt(slot) + offset;
    }
}
