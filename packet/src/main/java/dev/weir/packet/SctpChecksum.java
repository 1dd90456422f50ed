package dev.weir.packet;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.MemorySegment;
import java.util.zip.CRC32C;

/**
 * The CRC32c of SCTP packets (RFC 9260 section 6.8 and appendix A). One a worker: it holds the buffer through which the
 * bytes go to the JDK's implementation, so that nothing is allocated.
 */
public final class SctpChecksum {
    private static final int FIELD = 8;

    private final CRC32C crc = new CRC32C();
    private final byte[] buffer = new byte[2048];

    /** The checksum of the packet of {@code length} bytes at {@code at}, its checksum field counted as 0, as sent in network order. */
    public int compute(MemorySegment s, long at, int length) {
        crc.reset();
        int first = Math.min(length, buffer.length);
        MemorySegment.copy(s, JAVA_BYTE, at, buffer, 0, first);
        for (int i = FIELD; i < Math.min(FIELD + 4, first); i++) {
            buffer[i] = 0;
        }
        crc.update(buffer, 0, first);
        for (int done = first; done < length; ) {
            int bytes = Math.min(length - done, buffer.length);
            MemorySegment.copy(s, JAVA_BYTE, at + done, buffer, 0, bytes);
            crc.update(buffer, 0, bytes);
            done += bytes;
        }
        return Integer.reverseBytes((int) crc.getValue());
    }

    /** Whether the packet's checksum field is right. */
    public boolean isRight(MemorySegment s, long at, int length) {
        return Bytes.i32(s, at + FIELD) == compute(s, at, length);
    }

    /** Fills the checksum field in. */
    public void fill(MemorySegment s, long at, int length) {
        Bytes.put32(s, at + FIELD, compute(s, at, length));
    }

    /** Fills the checksum field in where it is 0, as a sender leaves it whose interface computes checksums. @return whether it was */
    public boolean fillIfEmpty(MemorySegment s, long at, int length) {
        if (Bytes.i32(s, at + FIELD) != 0) {
            return false;
        }
        fill(s, at, length);
        return true;
    }
}
