package dev.weir.table;

import dev.weir.table.parts.Memory;

/**
 * From a flow of a {@link FlowStore} to a {@link FlowRecord}: reads the layout of the one, writes that of the other.
 * The store's owner calls; allocates nothing.
 */
final class RecordWriter {
    private RecordWriter() {}

    /** Writes a record of the flow as it is at address {@code o}, where {@link FlowRecord#SIZE} octets are free. */
    static void write(FlowStore flows, int slot, int kind, int author, int reason, long when, long o) {
        long at = flows.at(slot);
        int state = flows.stateAt(at);
        Memory.setLong(o + FlowRecord.AT, when);
        writeDirection(flows, slot, state, 0, o);
        writeDirection(flows, slot, state, 1, o);
        boolean swap = (state & FlowStore.INITIATOR_UPPER) != 0;
        if (flows.v6) {
            writeKey6(at + FlowStore.KEY, swap, o);
        } else {
            writeKey4(at + FlowStore.KEY, swap, o);
        }
        Memory.setByte(o + FlowRecord.KIND, kind);
        Memory.setByte(o + FlowRecord.AUTHOR, author);
        Memory.setByte(o + FlowRecord.FORWARD_FLAGS, state >>> FlowStore.FLAGS_SHIFT);
        Memory.setByte(o + FlowRecord.REVERSE_FLAGS, state >>> (FlowStore.FLAGS_SHIFT + 8));
        Memory.setByte(o + FlowRecord.TCP_STATE, state & FlowStore.TCP_STATE_MASK);
        Memory.setByte(o + FlowRecord.REASON, reason);
        long c = flows.coldAt(slot);
        long id = Memory.getLong(c + FlowStore.ID);
        Memory.setLong(o + FlowRecord.FLOW_ID, id);
        Memory.setInt(o + FlowRecord.OFFLOADED, 0);
        Memory.setByte(o + FlowRecord.OFFLOADED, (state & FlowStore.OFFLOADED) != 0 ? 1 : 0);
        Memory.setByte(o + FlowRecord.OVERRIDDEN, (state & FlowStore.OVERRIDDEN) != 0 ? 1 : 0);
        Memory.setLong(o + FlowRecord.INFOS, Memory.getLong(c + FlowStore.INFOS));
        Memory.setLong(o + FlowRecord.INFOS + 8, Memory.getLong(c + FlowStore.INFOS + 8));
        Memory.setInt(o + FlowRecord.LIFETIME, Memory.getInt(at + FlowStore.LIFETIME));
    }

    /** The times and counters of a direction. */
    private static void writeDirection(FlowStore flows, int slot, int state, int direction, long o) {
        long eight = flows.at(slot) + 8L * direction;
        long first = Memory.getLong(flows.coldAt(slot) + FlowStore.FIRST + 8L * direction);
        long totals = Memory.getLong(eight + FlowStore.TOTALS);
        long frames = Memory.getInt(flows.at(slot) + FlowStore.FRAMES + 4L * direction) & 0xFFFF_FFFFL;
        Memory.setLong(o + FlowRecord.FIRST_FORWARD + 8L * direction, first);
        Memory.setLong(o + FlowRecord.LAST_FORWARD + 8L * direction, Memory.getLong(eight + FlowStore.LAST));
        long counters = o + FlowRecord.FORWARD_PACKETS + 24L * direction;
        Memory.setLong(counters, (totals & FlowStore.PACKETS_MASK) + flows.wide(slot, state, direction, 0));
        Memory.setLong(counters + 8, (totals >>> FlowStore.BYTES_SHIFT) + flows.wide(slot, state, direction, 8));
        Memory.setLong(counters + 16, frames + flows.wide(slot, state, direction, 16));
    }

    private static void writeKey4(long key, boolean swap, long o) {
        long k0 = Memory.getLong(key), k1 = Memory.getLong(key + 8);
        int lower = Integer.reverseBytes((int) (k0 >>> 16)), upper = Integer.reverseBytes((int) k1);
        short lowerPort = (short) k0, upperPort = (short) (k0 >>> 48);
        Memory.setLong(o + FlowRecord.SOURCE, (swap ? upper : lower) & 0xFFFF_FFFFL);
        Memory.setLong(o + FlowRecord.SOURCE + 8, 0);
        Memory.setLong(o + FlowRecord.DESTINATION, (swap ? lower : upper) & 0xFFFF_FFFFL);
        Memory.setLong(o + FlowRecord.DESTINATION + 8, 0);
        writeKeyEnd((int) (k1 >>> 32), swap ? upperPort : lowerPort, swap ? lowerPort : upperPort, 4, o);
    }

    private static void writeKey6(long key, boolean swap, long o) {
        long lower = swap ? FlowRecord.DESTINATION : FlowRecord.SOURCE;
        long upper = swap ? FlowRecord.SOURCE : FlowRecord.DESTINATION;
        Memory.setLong(o + lower, Long.reverseBytes(Memory.getLong(key)));
        Memory.setLong(o + lower + 8, Long.reverseBytes(Memory.getLong(key + 8)));
        Memory.setLong(o + upper, Long.reverseBytes(Memory.getLong(key + 16)));
        Memory.setLong(o + upper + 8, Long.reverseBytes(Memory.getLong(key + 24)));
        long k4 = Memory.getLong(key + 32);
        short lowerPort = (short) (k4 >>> 48), upperPort = (short) (k4 >>> 32);
        writeKeyEnd((int) k4, swap ? upperPort : lowerPort, swap ? lowerPort : upperPort, 6, o);
    }

    private static void writeKeyEnd(
            int tenantAndProtocol, short sourcePort, short destinationPort, int family, long o) {
        Memory.setShort(o + FlowRecord.SOURCE_PORT, sourcePort);
        Memory.setShort(o + FlowRecord.DESTINATION_PORT, destinationPort);
        Memory.setByte(o + FlowRecord.PROTOCOL, tenantAndProtocol);
        Memory.setByte(o + FlowRecord.FAMILY, family);
        Memory.setInt(o + FlowRecord.TENANT, tenantAndProtocol >>> 8);
    }
}
