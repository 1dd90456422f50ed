package dev.weir.table;

/**
 * What something below carried of one direction of a flow. Immutable.
 *
 * @param packets how many
 * @param ipOctets of their IP packets, headers included
 * @param frameOctets of their frames, link header included
 * @param tcpFlags of all of them together, as bits of the flags octet
 * @param last when the last one came, nanoseconds since 1970; means nothing where there are no packets
 */
public record FlowTraffic(long packets, long ipOctets, long frameOctets, int tcpFlags, long last) {
    /** Nothing. */
    public static final FlowTraffic NONE = new FlowTraffic(0, 0, 0, 0, 0);
}
