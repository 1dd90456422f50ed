package dev.weir.table;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.weir.packet.IpProtocol;
import dev.weir.packet.PacketVector;
import dev.weir.table.parts.KeyHash;
import java.lang.foreign.MemorySegment;

/**
 * The way back from {@link RecordWriter}: makes a flow of a {@link FlowStore} of a {@link FlowRecord} that was copied of one, perhaps by another process. What the
 * record says is looked at before it is believed. The store's owner calls; allocates nothing after it was made.
 */
final class RecordReader {
    /** Times beyond this, the year 2116, would have deadlines overflow. */
    private static final long LAST_TIME = 1L << 62;

    private final FlowVector probe = new FlowVector(new PacketVector(1));
    private final FlowTuple tuple = new FlowTuple();

    /** Whether the record can be a flow: nothing in it is out of its range. */
    static boolean isSound(FlowRecord r) {
        int family = r.family();
        boolean times = isTime(r.firstForward()) && isTime(r.firstReverse()) && isTime(r.lastForward());
        return (family == 4 || family == 6)
                && times
                && isTime(r.lastReverse())
                && r.flowId() >= 0
                && r.tenant() >>> 24 == 0
                && r.tcpState() <= TcpState.NONE
                && (r.protocol() == IpProtocol.TCP) == (r.tcpState() != TcpState.NONE)
                && isCount(r.forwardPackets(), r.forwardBytes(), r.forwardFrameBytes())
                && isCount(r.reversePackets(), r.reverseBytes(), r.reverseFrameBytes());
    }

    private static boolean isTime(long nanos) {
        return nanos >= 0 && nanos < LAST_TIME;
    }

    private static boolean isCount(long packets, long bytes, long frameBytes) {
        return packets >= 0 && bytes >= 0 && frameBytes >= 0;
    }

    /**
     * Takes the flow back, its annex all zeros; the store has room.
     *
     * @param shift nanoseconds that its times are earlier
     * @return its slot, {@link FlowStore#NONE} where there is a flow of that key
     */
    int read(FlowRecord record, long shift, FlowStore flows, KeyHash hasher) {
        tuple.ofRecord(record).writeKey(probe, 0, hasher);
        int p = FlowVector.at(0);
        if (flows.find(probe, p) != FlowStore.NONE) {
            return FlowStore.NONE;
        }
        int slot = flows.allocate();
        boolean fromUpper = (probe.meta(p) & FlowVector.FROM_UPPER) != 0;
        flows.write(slot, probe, p, 0, state(record, fromUpper), record.lifetimeMillis());
        long at = flows.at(slot), cold = flows.coldAt(slot);
        for (int direction = 0; direction < 2; direction++) {
            MemorySegment s = record.segment();
            long times = record.offset() + 8L * direction, counters = record.offset() + 24L * direction;
            long first = s.get(JAVA_LONG, times + FlowRecord.FIRST_FORWARD);
            long last = s.get(JAVA_LONG, times + FlowRecord.LAST_FORWARD);
            flows.restore(
                    slot,
                    direction,
                    Math.max(0, first - shift),
                    Math.max(0, last - shift),
                    s.get(JAVA_LONG, counters + FlowRecord.FORWARD_PACKETS),
                    s.get(JAVA_LONG, counters + FlowRecord.FORWARD_BYTES),
                    s.get(JAVA_LONG, counters + FlowRecord.FORWARD_FRAME_BYTES));
        }
        flows.restore(
                cold,
                record.flowId(),
                record.segment().get(JAVA_LONG, record.infosAt()),
                record.segment().get(JAVA_LONG, record.infosAt() + 8));
        flows.index.insert(flows.hash(slot), slot);
        flows.timers.arm(slot, flows.deadlineAt(at));
        return slot;
    }

    private static int state(FlowRecord r, boolean fromUpper) {
        return r.tcpState()
                | (fromUpper ? FlowStore.INITIATOR_UPPER : 0)
                | (r.isLifetimeOverridden() ? FlowStore.OVERRIDDEN : 0)
                | (r.forwardPackets() != 0 ? FlowStore.SEEN : 0)
                | (r.reversePackets() != 0 ? FlowStore.SEEN_REVERSE : 0)
                | (r.offloaded() ? FlowStore.OFFLOADED : 0)
                | r.forwardTcpFlags() << FlowStore.FLAGS_SHIFT
                | r.reverseTcpFlags() << (FlowStore.FLAGS_SHIFT + 8);
    }
}
