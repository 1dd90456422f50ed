package dev.weir.packet;

/**
 * What an interface leaves for later to do to a packet, in a word: finish its checksum, cut it into segments. The fields
 * are those of a virtio network header (virtio 1.2, 5.1.6) but for the length of the headers, which follows from the rest.
 * 0 is a finished packet.
 *
 * <pre>
 * flags 8 | type 8 | segment size 16 | checksum start 16 | checksum offset 16      (from the upper bits down)
 * </pre>
 *
 * Where {@link #NEEDS_CHECKSUM} is set, the checksum field holds the folded sum of the pseudo header, not complemented,
 * and the sum from checksum start to the end of the packet is to be stored, complemented, at start plus offset. Octets
 * count from the first of the frame.
 */
public final class Offload {
    /** A flag: the checksum is unfinished. */
    public static final int NEEDS_CHECKSUM = 1;
    /** Types: not to be cut; TCP over IPv4; UDP (fragments); TCP over IPv6; UDP (datagrams). */
    public static final int WHOLE = 0, TCP4 = 1, UDP_FRAGMENTS = 3, TCP6 = 4, UDP_SEGMENTS = 5;
    /** Added to a TCP type: the packet has explicit congestion notification. */
    public static final int ECN = 0x80;

    private Offload() {}

    /** Packs the fields. */
    public static long of(int flags, int type, int segmentSize, int checksumStart, int checksumOffset) {
        return (long) (flags & 0xFF) << 56
                | (long) (type & 0xFF) << 48
                | (long) (segmentSize & 0xFFFF) << 32
                | (long) (checksumStart & 0xFFFF) << 16
                | (checksumOffset & 0xFFFF);
    }

    public static int flags(long word) {
        return (int) (word >>> 56);
    }

    public static int type(long word) {
        return (int) (word >>> 48) & 0xFF;
    }

    public static int segmentSize(long word) {
        return (int) (word >>> 32) & 0xFFFF;
    }

    public static int checksumStart(long word) {
        return (int) (word >>> 16) & 0xFFFF;
    }

    public static int checksumOffset(long word) {
        return (int) word & 0xFFFF;
    }

    /** Whether the checksum is unfinished. */
    public static boolean needsChecksum(long word) {
        return (flags(word) & NEEDS_CHECKSUM) != 0;
    }

    /** Whether the packet is larger than the wire takes. */
    public static boolean isSegmented(long word) {
        return type(word) != WHOLE;
    }

    /** The same for a packet whose checksum is finished. */
    public static long finished(long word) {
        int flags = flags(word) & ~NEEDS_CHECKSUM;
        return of(flags, type(word), segmentSize(word), 0, 0);
    }

    /** The same for a packet whose headers before the checksum's start grew by {@code octets}, or shrank. */
    public static long shifted(long word, int octets) {
        return word == 0
                ? 0
                : of(
                        flags(word),
                        type(word),
                        segmentSize(word),
                        needsChecksum(word) ? checksumStart(word) + octets : 0,
                        checksumOffset(word));
    }
}
