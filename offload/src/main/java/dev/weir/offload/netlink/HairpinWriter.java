package dev.weir.offload.netlink;

import java.nio.ByteBuffer;

/** Makes messages of the hairpin protocol in one buffer, which is used again for each. One thread at a time. */
public final class HairpinWriter {
    private static final int KEPT = 1 << 22;

    private final NetlinkBuffer out = new NetlinkBuffer();

    /**
     * The message's octets, as {@link HairpinCodec#encode}; they are there until the next call. Throws {@link IllegalArgumentException} where
     * netlink cannot carry it.
     */
    public ByteBuffer write(HairpinMessage message) {
        out.clear(KEPT);
        HairpinCodec.write(out, message);
        return out.view();
    }
}
