package dev.weir.wire;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;

/** Octets in order, from a channel or out of a decompressor. One thread at a time; allocates nothing per read. */
abstract class OctetInput implements Closeable {
    /**
     * Puts octets at the buffer's position: at least one, and as many as there are without waiting for more.
     *
     * @param into a buffer off the heap, with room
     * @return how many, -1 at the end
     * @throws IOException when there is an end but not where it ought to be; octets before it were given out already
     */
    abstract int read(ByteBuffer into) throws IOException;

    /** Whether a read never waits for somebody to send: true of files, false of pipes. */
    abstract boolean prompt();

    /** Octets taken from the input as stored, for progress; any thread may ask. */
    abstract long consumed();

    /** Octets of the input as stored, -1 where nobody knows. */
    abstract long total();

    /** What a person should know though it did no harm, empty if nothing. */
    String note() {
        return "";
    }
}
