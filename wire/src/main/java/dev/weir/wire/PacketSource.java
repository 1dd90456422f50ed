package dev.weir.wire;

import dev.weir.packet.PacketVector;
import java.io.Closeable;
import java.util.List;

/**
 * A stream of packets that ends, or, when it is live, may go on. One thread at a time calls it; which one may change when the change is published
 * (a lock, a volatile). {@link #read} allocates nothing in steady state.
 */
public interface PacketSource extends Closeable {
    /** What {@link #read} says when there is nothing for now. */
    int IDLE = -1;

    /**
     * Fills the vector from its beginning: packets, their size, and the number of the first.
     *
     * @return how many packets were read; 0 at the end, and then always 0; {@link #IDLE}, of a live source only, which
     *     has waited a moment, when none came: the vector is empty and {@link #clock} has moved on
     * @throws CaptureException when what comes next cannot be read; all packets before the damage have been given out by
     *     earlier calls, and the next call returns 0
     */
    int read(PacketVector vector) throws CaptureException;

    /**
     * A live source's promise: packets from before that time, nanoseconds since 1970, have all been given out. To be
     * asked after {@link #read} by who called it.
     */
    default long clock() {
        return Long.MIN_VALUE;
    }

    /** Whether a read never waits for somebody to send: true of files, false of pipes. */
    default boolean isPrompt() {
        return true;
    }

    /** Fraction digits of a second that the source's time stamps have: 6, 9, or what a file says; at most 9. */
    default int timeDigits() {
        return 9;
    }

    /**
     * Octets of the input consumed so far, as stored (compressed octets of a compressed file); 0 where packets come from
     * nothing stored. Any thread may ask.
     */
    default long bytesRead() {
        return 0;
    }

    /** Octets of the whole input as stored, -1 where nobody knows (standard input). */
    default long bytesTotal() {
        return -1;
    }

    /** Packets that the capturing side says it lost, as far as read; 0 where it says nothing. */
    default long dropped() {
        return 0;
    }

    /**
     * Packets, of those given out, to which the kernel had given no time of their own when they were copied here, so that
     * another capture may have them some hundred nanoseconds apart; 0 for files. Any thread may ask.
     */
    default long stampedLate() {
        return 0;
    }

    /** What a person should know though it did no harm, as far as read: one clause each, with the source's name. */
    default List<String> notes() {
        return List.of();
    }
}
