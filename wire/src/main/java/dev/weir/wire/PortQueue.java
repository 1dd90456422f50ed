package dev.weir.wire;

import dev.weir.packet.PacketVector;
import java.io.Closeable;
import java.lang.foreign.MemorySegment;

/**
 * One worker's half of a {@link Port}: packets in by {@link #receive}, packets out by {@link #send}. One thread calls
 * it; {@link #counters} may be asked by any and are then slightly old. Nothing is allocated after it was opened, but
 * what a lost interface makes it do.
 *
 * <p>Nothing here throws for what an interface can do: a lost interface receives nothing, sends nothing (counted), and
 * works again when it is back, which the owner's {@link Port#maintain} sees to.
 */
public interface PortQueue extends Closeable {
    /**
     * Fills the vector with what has arrived, at most its capacity: packets, times, ports, and
     * {@link PacketVector#offload}. Never waits. The bytes may be rewritten in place, and lie still until
     * {@link #release}.
     *
     * @return how many packets; while it is not 0, {@link #release} must follow before the next call
     */
    int receive(PacketVector vector);

    /** Gives the memory of the packets last received back to the interface. */
    void release();

    /**
     * Puts a copy of a frame on the way; it leaves with the next {@link #flush} at the latest.
     *
     * @param offload as in {@link PacketVector#offload}; 0 for a frame that is finished
     * @return 0, or the drop's reason: a {@link SendFault}
     */
    int send(MemorySegment data, long offset, int length, long offload);

    /** Tells the interface of what was sent since the last call; to be called after each vector. Never waits. */
    void flush();

    /** A file descriptor that becomes readable when there is something to receive; -1 where there is always something. */
    int descriptor();

    /** Whether nothing will ever be received again: a capture file is at its end. */
    boolean isExhausted();

    /** What came and went so far. */
    PortCounters counters();

    /** Closes this half; a second call does nothing. */
    @Override
    void close();
}
