package dev.weir.table.feature;

import static dev.weir.table.feature.FeatureSet.FIRST;
import static dev.weir.table.feature.FeatureSet.LAST;
import static dev.weir.table.feature.FeatureSet.OCTETS;
import static dev.weir.table.feature.FeatureSet.PACKETS;

import dev.weir.table.parts.Memory;

/**
 * Adds packets to the annexes of their flows, laid out as a {@link FeatureSet} says. A few additions a packet and
 * group, all on whole numbers. The table's owner calls; allocates nothing.
 */
public final class FeatureTally {
    /** A longer gap ends a period of activity. */
    public static final long ACTIVITY_NANOS = 5_000_000_000L;
    /** A longer gap begins another subflow. */
    public static final long SUBFLOW_NANOS = 1_000_000_000L;
    /** A longer gap between packets with data ends a bulk. */
    public static final long BULK_NANOS = 1_000_000_000L;
    /** So many packets with data in a row, at least, are a bulk. */
    public static final int BULK_PACKETS = 4;

    /** Within the block of activity. */
    static final int PAUSES = 0, SINCE = 8, ACTIVE = 16, IDLE = ACTIVE + Moments.BYTES;
    /** Within that of payload. */
    static final int DATA_PACKETS = Moments.BYTES;
    /** Within a direction's of bulk. */
    static final int BULKS = 0, BULK_COUNT = 8, BULK_OCTETS = 16, BULK_TIME = 24;

    private static final int RUN_START = 0, RUN_LAST = 8, RUN_OCTETS = 16, RUN_PACKETS = 24, RUN_DIRECTION = 28;
    private static final int HEADER_SHIFT = 17, PAYLOAD_SHIFT = 32, HAS_WINDOW = 1 << 16;
    private final int gaps, activity, run, subflows, history;
    private final int sizes, payloads, iat, flags, headers, windows, bulk;
    private final int directions, directionBytes, first, firstPackets;
    private final int bytes;

    public FeatureTally(FeatureSet set) {
        gaps = set.gaps;
        activity = set.activity;
        run = set.run;
        subflows = set.subflows;
        history = set.history;
        sizes = set.sizes;
        payloads = set.payload;
        iat = set.iat;
        flags = set.flags;
        headers = set.headers;
        windows = set.windows;
        bulk = set.bulk;
        directions = set.directions;
        directionBytes = set.directionBytes;
        first = set.first;
        firstPackets = set.firstPackets();
        bytes = set.annexBytes();
    }

    /**
     * What the transport header says of a packet, in one word.
     *
     * @param payloadOctets behind the transport header
     * @param headerOctets of the transport header, 0 where it is not known; at most 32767
     * @param window of a TCP header, negative where there is none
     */
    public static long facts(int payloadOctets, int headerOctets, int window) {
        return (long) payloadOctets << PAYLOAD_SHIFT
                | (long) headerOctets << HEADER_SHIFT
                | (window < 0 ? 0 : HAS_WINDOW | window);
    }

    /** Begins a flow's annex anew, after a piece of the flow was told of. */
    public void restart(long annex) {
        Memory.clear(annex, bytes);
        if (history >= 0) {
            TcpHistory.restart(annex + history);
        }
    }

    /** Reads a word of every 64 octets, so that what is not in the cache is on its way; what comes back is of no use. */
    public long touch(long annex) {
        long sum = 0;
        for (int at = 0; at < first; at += 64) {
            sum += Memory.getLong(annex + at);
        }
        return sum;
    }

    /**
     * Adds a packet to the flow whose annex begins at {@code annex}; packets come in order of time.
     *
     * @param size octets of the IP packet
     * @param facts as {@link #facts} makes them
     * @param tcpFlags negative where there is no TCP header
     */
    public void add(long annex, int direction, long time, long size, long facts, int tcpFlags) {
        long own = annex + directions + (long) direction * directionBytes;
        long other = annex + directions + (long) (1 - direction) * directionBytes;
        long packets = Memory.getLong(own + PACKETS);
        long before = packets + Memory.getLong(other + PACKETS);
        long last = Memory.getLong(own + LAST);
        long lastOfBoth = Math.max(last, Memory.getLong(other + LAST));
        long payload = facts >>> PAYLOAD_SHIFT;
        Memory.setLong(own + PACKETS, packets + 1);
        Memory.setLong(own + LAST, time);
        Memory.setLong(own + OCTETS, Memory.getLong(own + OCTETS) + payload);
        if (before != 0) {
            gap(annex, time - lastOfBoth, lastOfBoth, time);
        } else if (activity >= 0) {
            Memory.setLong(annex + activity + SINCE, time);
        }
        if (packets == 0) {
            Memory.setLong(own + FIRST, time);
        } else if (iat >= 0) {
            Moments.add(own + iat, time - last);
        }
        measure(own, size, payload);
        if (tcpFlags >= 0 && flags >= 0) {
            countFlags(own + flags, tcpFlags);
        }
        header(own, facts);
        if (bulk >= 0 && payload != 0) {
            bulk(annex + run, own + bulk, direction, time, payload);
        }
        if (history >= 0) {
            TcpHistory.add(annex + history, direction, tcpFlags, payload, before == 0);
        }
        if (before < firstPackets) {
            long at = annex + first + before * FeatureSet.PACKET_BYTES;
            Memory.setLong(at, before == 0 ? 0 : time - lastOfBoth);
            Memory.setLong(at + 8, size << 1 | direction);
        }
    }

    private void gap(long annex, long gap, long last, long time) {
        if (gaps >= 0) {
            Moments.add(annex + gaps, gap);
        }
        if (gap > SUBFLOW_NANOS && subflows >= 0) {
            increment(annex + subflows);
        }
        if (gap > ACTIVITY_NANOS && activity >= 0) {
            long at = annex + activity;
            increment(at + PAUSES);
            Moments.add(at + ACTIVE, last - Memory.getLong(at + SINCE));
            Moments.add(at + IDLE, gap);
            Memory.setLong(at + SINCE, time);
        }
    }

    private void measure(long own, long size, long payload) {
        if (sizes >= 0) {
            Moments.add(own + sizes, size);
        }
        if (payloads >= 0) {
            Moments.add(own + payloads, payload);
            if (payload != 0) {
                increment(own + payloads + DATA_PACKETS);
            }
        }
    }

    private static void countFlags(long at, int tcpFlags) {
        for (int rest = tcpFlags; rest != 0; rest &= rest - 1) {
            increment(at + 8L * Integer.numberOfTrailingZeros(rest));
        }
    }

    private void header(long own, long facts) {
        int octets = (int) facts >>> HEADER_SHIFT;
        if (headers >= 0 && octets != 0) {
            Memory.setLong(own + headers, Memory.getLong(own + headers) + octets);
            Moments.addLeast(own + headers + 8, octets);
        }
        if (windows >= 0 && (facts & HAS_WINDOW) != 0 && Memory.getInt(own + windows + 4) == 0) {
            Memory.setInt(own + windows, (int) facts & 0xFFFF);
            Memory.setInt(own + windows + 4, 1);
        }
    }

    /** A packet with data goes on with the run there is, or begins another. */
    private static void bulk(long run, long own, int direction, long time, long payload) {
        int packets = Memory.getInt(run + RUN_PACKETS);
        long last = Memory.getLong(run + RUN_LAST);
        Memory.setLong(run + RUN_LAST, time);
        if (packets == 0 || Memory.getInt(run + RUN_DIRECTION) != direction || time - last > BULK_NANOS) {
            Memory.setLong(run + RUN_START, time);
            Memory.setLong(run + RUN_OCTETS, payload);
            Memory.setInt(run + RUN_PACKETS, 1);
            Memory.setInt(run + RUN_DIRECTION, direction);
            return;
        }
        int now = Math.min(packets + 1, BULK_PACKETS + 1);
        long octets = Memory.getLong(run + RUN_OCTETS) + payload;
        Memory.setInt(run + RUN_PACKETS, now);
        Memory.setLong(run + RUN_OCTETS, octets);
        if (now == BULK_PACKETS) {
            increment(own + BULKS);
            extend(own, BULK_PACKETS, octets, time - Memory.getLong(run + RUN_START));
        } else if (now > BULK_PACKETS) {
            extend(own, 1, payload, time - last);
        }
    }

    private static void extend(long own, int packets, long octets, long nanos) {
        Memory.setLong(own + BULK_COUNT, Memory.getLong(own + BULK_COUNT) + packets);
        Memory.setLong(own + BULK_OCTETS, Memory.getLong(own + BULK_OCTETS) + octets);
        Memory.setLong(own + BULK_TIME, Memory.getLong(own + BULK_TIME) + nanos);
    }

    private static void increment(long at) {
        Memory.setLong(at, Memory.getLong(at) + 1);
    }
}
