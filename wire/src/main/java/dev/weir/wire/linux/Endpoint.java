package dev.weir.wire.linux;

import dev.weir.packet.PacketVector;
import dev.weir.wire.SendFault;
import java.lang.foreign.MemorySegment;

/**
 * A socket, and what a worker needs to know of it, so that both come and go together under an {@link XdpQueue}. The control
 * thread opens and closes it and asks what was dropped; the rest is the worker's, and allocates nothing.
 */
interface Endpoint extends AutoCloseable {
    /** @param clockOffset from {@link System#nanoTime} to nanoseconds since 1970 */
    int receive(PacketVector vector, long clockOffset);

    void release();

    /** @return a {@link SendFault} */
    int send(MemorySegment data, long offset, int length, long offload);

    /** @return false when the interface is down or gone */
    boolean flush();

    /** Becomes readable when something can be received. */
    int descriptor();

    /** Asks the kernel how many packets it had no room to give to us so far. */
    long dropped();

    @Override
    void close();
}
