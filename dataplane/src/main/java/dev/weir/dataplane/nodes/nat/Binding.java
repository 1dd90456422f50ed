package dev.weir.dataplane.nodes.nat;

import dev.weir.table.FlowContext;
import dev.weir.table.FlowRecord;
import dev.weir.table.FlowTuple;

/**
 * What a flow's annex has of its translation; native byte order.
 *
 * <pre>
 * 0 state i32: 0 undecided, else {@link #DECIDED} and others    4 source port u16, destination port u16, as sent
 * 8 source address (16), as sent                               24 destination address (16), as sent
 * </pre>
 */
final class Binding {
    static final int BYTES = 40;

    static final int UNDECIDED = 0, DECIDED = 1, SOURCE = 2, DESTINATION = 4;
    private static final int PORTS = 4, SOURCE_HIGH = 8, SOURCE_LOW = 16, DESTINATION_HIGH = 24, DESTINATION_LOW = 32;

    private Binding() {}

    static int state(FlowContext flow, int annex) {
        return flow.getInt(annex);
    }

    static int state(FlowRecord record, int annex) {
        return record.annexInt(annex);
    }

    /** Writes what packets of the flow are sent with. */
    static void store(FlowContext flow, int annex, int state, FlowTuple sent) {
        flow.setInt(annex, state);
        flow.setInt(annex + PORTS, sent.sourcePort << 16 | sent.destinationPort);
        flow.setLong(annex + SOURCE_HIGH, sent.sourceHigh);
        flow.setLong(annex + SOURCE_LOW, sent.sourceLow);
        flow.setLong(annex + DESTINATION_HIGH, sent.destinationHigh);
        flow.setLong(annex + DESTINATION_LOW, sent.destinationLow);
    }

    /** Reads it; the family, protocol and tenant of {@code sent} stay. */
    static void load(FlowContext flow, int annex, FlowTuple sent) {
        int ports = flow.getInt(annex + PORTS);
        sent.sourcePort = ports >>> 16;
        sent.destinationPort = ports & 0xFFFF;
        sent.sourceHigh = flow.getLong(annex + SOURCE_HIGH);
        sent.sourceLow = flow.getLong(annex + SOURCE_LOW);
        sent.destinationHigh = flow.getLong(annex + DESTINATION_HIGH);
        sent.destinationLow = flow.getLong(annex + DESTINATION_LOW);
    }
}
