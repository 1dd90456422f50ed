package dev.weir.wire.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import dev.weir.packet.Checksums;
import dev.weir.packet.Offload;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * The virtio network header that packet sockets and TAP devices put before a frame (virtio 1.2, 5.1.6; native byte order,
 * as the kernel has it for these). Stateless, any thread, no allocation.
 *
 * <pre>
 * byte 0       1      2               4              6                8                 10
 *      | flags | type | header length | segment size | checksum start | checksum offset |
 * </pre>
 */
final class VnetHeader {
    static final int SIZE = 10;

    private static final int TYPE = 1, HEADER_LENGTH = 2, SEGMENT_SIZE = 4, CHECKSUM_START = 6, CHECKSUM_OFFSET = 8;
    private static final int TCP_CHECKSUM = 16, TCP_DATA_OFFSET = 12, UDP_SIZE = 8;

    private static final ValueLayout.OfShort SHORT_BIG = JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    private VnetHeader() {}

    /** The header at {@code at} as an {@link Offload} word; 0 for a finished packet. */
    static long read(MemorySegment s, long at) {
        int flags = s.get(JAVA_BYTE, at) & Offload.NEEDS_CHECKSUM;
        int type = s.get(JAVA_BYTE, at + TYPE) & 0xFF;
        if ((flags | type) == 0) return 0;
        return Offload.of(
                flags, type, u16(s, at + SEGMENT_SIZE), u16(s, at + CHECKSUM_START), u16(s, at + CHECKSUM_OFFSET));
    }

    /**
     * Writes the header of a frame.
     *
     * @param linear how many octets of the frame the kernel shall hold in one piece, at most the frame's
     */
    static void write(MemorySegment s, long at, long offload, int linear) {
        s.set(JAVA_BYTE, at, (byte) Offload.flags(offload));
        s.set(JAVA_BYTE, at + TYPE, (byte) Offload.type(offload));
        s.set(JAVA_SHORT_UNALIGNED, at + HEADER_LENGTH, (short) linear);
        s.set(JAVA_SHORT_UNALIGNED, at + SEGMENT_SIZE, (short) Offload.segmentSize(offload));
        s.set(JAVA_SHORT_UNALIGNED, at + CHECKSUM_START, (short) Offload.checksumStart(offload));
        s.set(JAVA_SHORT_UNALIGNED, at + CHECKSUM_OFFSET, (short) Offload.checksumOffset(offload));
    }

    /** Whether a frame is long enough for what its word says is in it. */
    static boolean fits(long offload, int length) {
        if (offload == 0) return true;
        if (Offload.isSegmented(offload) && Offload.segmentSize(offload) == 0) return false;
        return !Offload.needsChecksum(offload)
                || Offload.checksumStart(offload) + Offload.checksumOffset(offload) + Short.BYTES <= length;
    }

    /** The octets of the headers that every segment of a super-packet begins with. */
    static int headers(MemorySegment s, long frame, int length, long offload) {
        int start = Offload.checksumStart(offload);
        int transport = UDP_SIZE;
        if (Offload.checksumOffset(offload) == TCP_CHECKSUM && start + TCP_DATA_OFFSET < length) {
            transport = (s.get(JAVA_BYTE, frame + start + TCP_DATA_OFFSET) & 0xF0) >>> 2;
        }
        return Math.min(start + transport, length);
    }

    /**
     * Finishes the checksum of a frame: sums from the start to the end, and stores the complement. One that comes out as
     * 0 is stored as all ones, the same number, because UDP takes 0 for none.
     */
    static void finishChecksum(MemorySegment s, long frame, int length, long offload) {
        int start = Offload.checksumStart(offload);
        int checksum = Checksums.udpField(Checksums.internet(s, frame + start, length - start));
        s.set(SHORT_BIG, frame + start + Offload.checksumOffset(offload), (short) checksum);
    }

    private static int u16(MemorySegment s, long at) {
        return s.get(JAVA_SHORT_UNALIGNED, at) & 0xFFFF;
    }
}
