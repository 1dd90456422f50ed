package dev.weir.offload.netlink;

/**
 * The header of a netlink message (nlmsghdr), 16 octets: length, type, flags, sequence, port.
 *
 * @param length of the message, with the header; a multiple of 4
 */
record NetlinkHeader(int length, int type, int flags, long sequence, long port) {
    static final int OCTETS = 16;
    static final int GENERIC_OCTETS = 4;
    static final int VERSION = 1;

    static final int ERROR = 2;
    static final int DONE = 3;

    static final int REQUEST_FLAG = 1;
    static final int MULTI_FLAG = 2;
    static final int ACK_FLAG = 4;

    /** Writes a header whose length is still to be written, by {@link #end}; returns where. */
    static int begin(NetlinkBuffer out, int type, int flags, long sequence, long port) {
        int at = out.claim(4);
        out.u16(type);
        out.u16(flags);
        out.u32(sequence);
        out.u32(port);
        return at;
    }

    /** Writes the header of generic netlink (genlmsghdr) after the other. */
    static void generic(NetlinkBuffer out, int command) {
        out.u8(command);
        out.u8(VERSION);
        out.u16(0);
    }

    /** Ends the message that began there. */
    static void end(NetlinkBuffer out, int at) {
        out.u32(at, out.size() - (long) at);
    }

    /** Has the message that began there be the first of several. */
    static void markAsPart(NetlinkBuffer out, int at, int flags) {
        out.u16(at + 6, flags | MULTI_FLAG);
    }

    /** Writes the message that ends a list in several messages. */
    static void done(NetlinkBuffer out, int flags, long sequence, long port) {
        int at = begin(out, DONE, flags | MULTI_FLAG, sequence, port);
        out.u32(0);
        end(out, at);
    }

    boolean isPart() {
        return (flags & MULTI_FLAG) != 0;
    }

    /** The header that is there, of a message that is there whole. */
    static NetlinkHeader read(byte[] octets, int at) throws NetlinkFormatException {
        if (octets.length - at < OCTETS) throw wrong(at, "ends before its header; give " + OCTETS + " octets and more");
        long length = NetlinkCursor.u32(octets, at);
        if (length < OCTETS || length > octets.length - at || (length & 3) != 0) {
            throw wrong(
                    at,
                    "says it has " + length + " octets, of " + (octets.length - at)
                            + " there; give its length, a multiple of 4");
        }
        return new NetlinkHeader(
                (int) length,
                NetlinkCursor.u16(octets, at + 4),
                NetlinkCursor.u16(octets, at + 6),
                NetlinkCursor.u32(octets, at + 8),
                NetlinkCursor.u32(octets, at + 12));
    }

    /** The command of the generic header after the one at {@code at}. */
    static int command(byte[] octets, int at, int end) throws NetlinkFormatException {
        int generic = at + OCTETS;
        if (end - generic < GENERIC_OCTETS) throw wrong(generic, "ends before its command; give the generic header");
        if (octets[generic + 1] != VERSION) {
            throw wrong(generic + 1, "version " + octets[generic + 1] + " is another; give " + VERSION);
        }
        return octets[generic] & 0xff;
    }

    static NetlinkFormatException wrong(int octet, String reason) {
        return new NetlinkFormatException("", octet, reason);
    }
}
