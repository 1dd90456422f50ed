package dev.weir.offload.netlink;

/** Where messages end in a stream of octets, for who reads one. */
public final class NetlinkFrames {
    /** Octets that must be there before the others can be asked for. */
    public static final int HEADER = NetlinkHeader.OCTETS;

    /** The longest attribute, and headers around it. */
    private static final int MAX_MESSAGE = 128 * 1024;

    private NetlinkFrames() {}

    /** Octets of the message whose header is there; -1 where no message begins so. */
    public static int length(byte[] octets, int at) {
        long length = NetlinkCursor.u32(octets, at);
        return length < HEADER || length > MAX_MESSAGE || (length & 3) != 0 ? -1 : (int) length;
    }

    /** Whether the message whose header is there is whole, or ends one that came in parts. */
    public static boolean isLast(byte[] octets, int at) {
        return NetlinkCursor.u16(octets, at + 4) == NetlinkHeader.DONE
                || (NetlinkCursor.u16(octets, at + 6) & NetlinkHeader.MULTI_FLAG) == 0;
    }
}
