package dev.weir.table.feature;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemorySegment;

/**
 * Movable view of what a {@link FeatureTally} kept of a flow, where a record carries it. Times in nanoseconds; a
 * direction is {@link #FORWARD} or {@link #REVERSE}, and where the name says <i>way</i> also {@link #BOTH}. Only groups
 * that the set has may be asked for. One thread; allocates nothing after it was made.
 */
public final class FeatureValues {
    public static final int FORWARD = 0, REVERSE = 1, BOTH = 2;

    private final FeatureSet set;
    private final Statistic statistic = new Statistic();
    private MemorySegment segment = MemorySegment.NULL;
    private long at;

    public FeatureValues(FeatureSet set) {
        this.set = set;
    }

    /** Moves the view to the annex that begins at {@code offset}. */
    public FeatureValues wrap(MemorySegment segment, long offset) {
        this.segment = segment;
        this.at = offset;
        return this;
    }

    private long number(long offset) {
        return segment.get(JAVA_LONG, at + offset);
    }

    private long ofDirection(int direction, int offset) {
        return number(set.direction(direction) + offset);
    }

    public long packets(int direction) {
        return ofDirection(direction, FeatureSet.PACKETS);
    }

    /** Octets behind the transport headers. */
    public long payload(int direction) {
        return ofDirection(direction, FeatureSet.OCTETS);
    }

    private long last() {
        return Math.max(ofDirection(FORWARD, FeatureSet.LAST), ofDirection(REVERSE, FeatureSet.LAST));
    }

    private long moments(int direction, int block) {
        return at + set.direction(direction) + block;
    }

    private Statistic ofWay(int way, int block) {
        statistic.clear();
        if (way != REVERSE) {
            statistic.add(segment, moments(FORWARD, block), packets(FORWARD));
        }
        if (way != FORWARD) {
            statistic.add(segment, moments(REVERSE, block), packets(REVERSE));
        }
        return statistic;
    }

    /** Octets of the IP packets. */
    public Statistic sizes(int way) {
        return ofWay(way, set.sizes);
    }

    /** Octets of the packets behind their transport headers. */
    public Statistic payloads(int way) {
        return ofWay(way, set.payload);
    }

    /** Packets of the direction that had a payload. */
    public long dataPackets(int direction) {
        return ofDirection(direction, set.payload + FeatureTally.DATA_PACKETS);
    }

    /** Times between packets that follow each other, of one direction or of either. */
    public Statistic gaps(int way) {
        statistic.clear();
        return way == BOTH
                ? statistic.add(segment, at + set.gaps, packets(FORWARD) + packets(REVERSE) - 1)
                : statistic.add(segment, moments(way, set.iat), packets(way) - 1);
    }

    /** From the first packet of that way to its last. */
    public long duration(int way) {
        if (way != BOTH) {
            return ofDirection(way, FeatureSet.LAST) - ofDirection(way, FeatureSet.FIRST);
        }
        long first = Math.min(first(FORWARD), first(REVERSE));
        return first == Long.MAX_VALUE ? 0 : last() - first;
    }

    private long first(int direction) {
        return packets(direction) == 0 ? Long.MAX_VALUE : ofDirection(direction, FeatureSet.FIRST);
    }

    /** Periods with packets, the one that goes on included. */
    public Statistic active() {
        statistic.clear().add(segment, at + set.activity + FeatureTally.ACTIVE, pauses());
        boolean any = packets(FORWARD) + packets(REVERSE) != 0;
        return any ? statistic.add(last() - number(set.activity + FeatureTally.SINCE)) : statistic;
    }

    /** Pauses between such periods. */
    public Statistic idle() {
        return statistic.clear().add(segment, at + set.activity + FeatureTally.IDLE, pauses());
    }

    private long pauses() {
        return number(set.activity + FeatureTally.PAUSES);
    }

    /** Packets with a flag of TCP, whose bit is {@code 1 << flag}. */
    public long flagPackets(int way, int flag) {
        return way == BOTH ? flags(FORWARD, flag) + flags(REVERSE, flag) : flags(way, flag);
    }

    private long flags(int direction, int flag) {
        return ofDirection(direction, set.flags + 8 * flag);
    }

    /** Octets of the transport headers. */
    public long headerOctets(int direction) {
        return ofDirection(direction, set.headers);
    }

    /** Octets of the shortest transport header; 0 where none was seen. */
    public long leastHeader(int direction) {
        return Moments.least(ofDirection(direction, set.headers + 8));
    }

    /** The window of the direction's first TCP header, not scaled; 0 where there was none. */
    public long initialWindow(int direction) {
        return segment.get(JAVA_INT, at + set.direction(direction) + set.windows);
    }

    /** How many bulks there were, how many packets and octets of payload in them, and how long they took. */
    public long bulks(int direction) {
        return ofDirection(direction, set.bulk + FeatureTally.BULKS);
    }

    public long bulkPackets(int direction) {
        return ofDirection(direction, set.bulk + FeatureTally.BULK_COUNT);
    }

    public long bulkPayload(int direction) {
        return ofDirection(direction, set.bulk + FeatureTally.BULK_OCTETS);
    }

    public long bulkNanos(int direction) {
        return ofDirection(direction, set.bulk + FeatureTally.BULK_TIME);
    }

    /** Parts between pauses; 0 of no packets. */
    public long subflows() {
        return packets(FORWARD) + packets(REVERSE) == 0 ? 0 : number(set.subflows) + 1;
    }

    /** How many first packets are told one by one. */
    public int firstPackets() {
        return (int) Math.min(set.firstPackets(), packets(FORWARD) + packets(REVERSE));
    }

    private long first(int packet, int offset) {
        return number(set.first + (long) packet * FeatureSet.PACKET_BYTES + offset);
    }

    /** Of the {@code packet}-th, from 0: time since the one before, of either direction; 0 of the first. */
    public long firstGap(int packet) {
        return first(packet, 0);
    }

    /** Its direction. */
    public int firstDirection(int packet) {
        return (int) first(packet, 8) & 1;
    }

    /** Octets of the IP packet. */
    public long firstSize(int packet) {
        return first(packet, 8) >>> 1;
    }

    /** What was seen, in bits of {@link TcpHistory}. */
    public int history() {
        return segment.get(JAVA_INT, at + set.history);
    }

    /** How many letters {@link #historyLetter} has. */
    public int historyLength() {
        return Integer.bitCount(history());
    }

    /** The {@code i}-th letter of what happened. */
    public char historyLetter(int i) {
        return (char) segment.get(JAVA_BYTE, at + set.history + TcpHistory.LETTERS_AT + i);
    }
}
