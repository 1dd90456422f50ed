package dev.weir.wire;

import dev.weir.packet.PacketVector;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Where a {@link FileQueue} gets vectors of packets from, one after the other. One thread's; allocates nothing in steady state. */
interface VectorSupply {
    /**
     * The next packets, in a vector that is the caller's until it is given back here.
     *
     * @param used the vector that the caller is through with
     * @return a vector, without packets at the end of the source; null when none has come yet, and {@code used} stays the
     *     caller's
     */
    @Nullable
    PacketVector exchange(PacketVector used);

    /** Whoever still reads has ended after that. */
    void close() throws IOException;
}
