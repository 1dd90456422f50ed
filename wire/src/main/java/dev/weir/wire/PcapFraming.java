package dev.weir.wire;

import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import dev.weir.packet.PacketVector;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Classic pcap: a file header, then packets, each behind a record header. All numbers in the byte order of the machine
 * that wrote the file, which the magic number tells. Source: the pcap-savefile(5) page and
 * draft-ietf-opsawg-pcap.
 *
 * <pre>
 * file    0       4       6       8      12      16        20            24
 *         | magic | major | minor | zone | sigfigs | snaplen | link type |
 * record  0         4          8          12       16        (24)
 *         | seconds | fraction | captured | length | (extra) | octets ...
 * </pre>
 *
 * The fraction counts micro- or nanoseconds; the extra eight octets are there in the "modified" format of old Linux
 * kernels. Seconds are unsigned, so times reach to 2106 and cannot overflow.
 */
final class PcapFraming extends Framing {
    static final int MICROS = 0xA1B2C3D4, NANOS = 0xA1B23C4D, MODIFIED = 0xA1B2CD34;
    static final int FILE_HEADER = 24;

    private static final ValueLayout.OfInt INT = JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong PAIR = JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfShort SHORT = JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final long UNSIGNED = 0xFFFF_FFFFL;
    private static final int LINK_TYPE_BITS = 0x03FF_FFFF;
    private static final int MAJOR = 2, MAJOR_DG_UX = 543;

    private final boolean bigEndian;
    private final int linkType;
    private final int recordHeader;
    private final int maxCaptured;
    private final long nanosPerFraction;
    private final Lengths lengths;

    /** Which of a record's two lengths comes first: writers before version 2.4 did not agree. */
    private enum Lengths {
        CAPTURED_FIRST,
        CAPTURED_SECOND,
        SMALLER_IS_CAPTURED
    }

    private PcapFraming(boolean bigEndian, int magic, int linkType, Lengths lengths) {
        this.bigEndian = bigEndian;
        this.linkType = linkType;
        this.lengths = lengths;
        recordHeader = magic == MODIFIED ? 24 : 16;
        nanosPerFraction = magic == NANOS ? 1 : 1000;
        maxCaptured = maxCaptured(linkType);
    }

    /** Whether a file that begins with these four octets, read little-endian, is classic pcap. */
    static boolean recognises(int magic) {
        return isMagic(magic) || isMagic(Integer.reverseBytes(magic));
    }

    /** Reads the file header, all of whose octets are there, at {@code at}. */
    static PcapFraming open(MemorySegment data, long at, String name) throws CaptureException {
        int magic = data.get(INT, at);
        boolean bigEndian = !isMagic(magic);
        int major = data.get(SHORT, at + 4);
        int minor = data.get(SHORT, at + 6);
        int network = data.get(INT, at + 20);
        if (bigEndian) {
            magic = Integer.reverseBytes(magic);
            major = Short.reverseBytes((short) major);
            minor = Short.reverseBytes((short) minor);
            network = Integer.reverseBytes(network);
        }
        major &= 0xFFFF;
        minor &= 0xFFFF;
        if (major != MAJOR && !(major == MAJOR_DG_UX && minor == 0)) {
            throw new CaptureException(
                    name, 4, 0, "pcap version " + major + "." + minor + " is not supported, only 2.x is");
        }
        return new PcapFraming(bigEndian, magic, network & LINK_TYPE_BITS, lengths(major, minor));
    }

    private static boolean isMagic(int magic) {
        return magic == MICROS || magic == NANOS || magic == MODIFIED;
    }

    private static Lengths lengths(int major, int minor) {
        if (major == MAJOR_DG_UX || minor < 3) return Lengths.CAPTURED_SECOND;
        return minor == 3 ? Lengths.SMALLER_IS_CAPTURED : Lengths.CAPTURED_FIRST;
    }

    @Override
    int timeDigits() {
        return nanosPerFraction == 1 ? 9 : 6;
    }

    /**
     * Every run begins by waiting for the compilation of this loop, so it is made for that: a buffer is a third of a
     * segment's code to inline, and a loop that does not count by its condition is not unrolled.
     */
    @Override
    long walk(MemorySegment data, long from, long limit, PacketVector vector) {
        vector.uniform(linkType, 0);
        long[] offset = vector.offset;
        int[] captured = vector.captured;
        int[] length = vector.length;
        long[] time = vector.time;
        long scale = nanosPerFraction;
        int header = recordHeader;
        long longest = maxCaptured;
        boolean plain = !bigEndian && lengths == Lengths.CAPTURED_FIRST;
        int capacity = vector.capacity();
        int n = vector.size;
        ByteBuffer records = data.asByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
        int at = (int) from;
        int end = (int) limit;
        while (end - at >= header) {
            if (n == capacity) break;
            long stamp = records.getLong(at);
            long sizes = records.getLong(at + 8);
            if (!plain) {
                stamp = inOrder(stamp);
                sizes = capturedFirst(inOrder(sizes));
            }
            long octets = sizes & UNSIGNED;
            int begin = at + header;
            if (octets > longest || end - begin < octets) break;
            offset[n] = begin;
            captured[n] = (int) octets;
            length[n] = (int) Math.min(Math.max(sizes >>> 32, octets), Integer.MAX_VALUE);
            time[n] = (stamp & UNSIGNED) * 1_000_000_000L + (stamp >>> 32) * scale;
            n++;
            at = begin + (int) octets;
        }
        vector.size = n;
        if (n < capacity) describe(data, at, limit);
        else stopFull();
        return at;
    }

    private void describe(MemorySegment data, long at, long limit) {
        stopShort(recordHeader);
        if (limit - at < recordHeader) return;
        long octets = capturedFirst(inOrder(data.get(PAIR, at + 8))) & UNSIGNED;
        if (octets > maxCaptured) {
            stopDamaged("a packet of " + octets + " captured bytes, more than the " + maxCaptured
                    + " that any writer captures; the file is damaged here");
        } else {
            stopShort(recordHeader + octets);
        }
    }

    @Override
    String shortfall(long available) {
        return available < recordHeader
                ? "the file ends inside a packet's header, " + available + " of " + recordHeader + " bytes are there"
                : "the file ends inside a packet, " + (available - recordHeader) + " of " + (wanted() - recordHeader)
                        + " bytes are there";
    }

    /** Two 32-bit numbers that follow each other in the file: the first as the lower half. */
    private long inOrder(long pair) {
        return bigEndian ? Long.rotateLeft(Long.reverseBytes(pair), 32) : pair;
    }

    private long capturedFirst(long sizes) {
        boolean swap = lengths == Lengths.CAPTURED_SECOND
                || (lengths == Lengths.SMALLER_IS_CAPTURED && (sizes & UNSIGNED) > (sizes >>> 32));
        return swap ? Long.rotateLeft(sizes, 32) : sizes;
    }
}
