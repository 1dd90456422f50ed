package dev.weir.wire;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * What came and went through a {@link PortQueue}. Its owner counts; any thread may read, and may read a slightly old
 * value. Allocates nothing after it was made.
 */
public final class PortCounters {
    /** Packets and octets received, packets and octets sent; packets that the kernel had no room to give us. */
    public static final int RX_PACKETS = 0, RX_BYTES = 1, TX_PACKETS = 2, TX_BYTES = 3, RX_DROPPED = 4;
    /** Packets with an unfinished checksum that was finished here; received super-packets of segmentation offload. */
    public static final int CHECKSUMS = 5, SEGMENTED = 6;
    /** Frames not sent, by {@link SendFault}: this plus the code. */
    public static final int TX_FAULTS = 7;

    private static final int COUNT = TX_FAULTS + SendFault.COUNT;
    private static final VarHandle LONGS = MethodHandles.arrayElementVarHandle(long[].class);

    private final long[] values = new long[COUNT];

    /** Adds; only the owner. */
    public void add(int counter, long n) {
        LONGS.setOpaque(values, counter, values[counter] + n);
    }

    /** The value of late; any thread. */
    public long get(int counter) {
        return (long) LONGS.getOpaque(values, counter);
    }
}
