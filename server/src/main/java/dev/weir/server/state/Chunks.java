package dev.weir.server.state;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;

/**
 * The layout of a snapshot: a header, then chunks, each with a checksum of its own, the last of them with one of all before. All numbers are little-endian, but for
 * what is copied of flows: that is in the order of the machine that wrote it, which the header tells; a machine of another order refuses the file. CRC32C is that of
 * RFC 3720.
 *
 * <pre>
 * header, 32 octets
 *  0 "WEIRSNAP"              8 version u16, length of the header u16      12 1, u32 in the machine's order
 * 16 taken at i64            24 flags u32: 1 after the last packet        28 CRC32C of octets 0 to 27
 * chunk
 *  0 kind u32                4 octets of the payload u32                   8 CRC32C of octets 0 to 7 and the payload
 * 12 payload
 * payload of the last chunk, 20 octets
 *  0 chunks before it u64    8 flows u64                                  16 CRC32C of all octets before this chunk
 * </pre>
 */
public final class Chunks {
    static final int VERSION = 1;
    static final long MAGIC = 0x50414E5352494557L;
    public static final int HEADER = 32, HEAD = 12;
    static final int END_PAYLOAD = 20;
    static final int CLEAN = 1;

    /** Kinds: what numbers mean and what was counted; flows; a program's state in one worker; the last one. */
    public static final int LEGEND = 1, FLOWS = 2, PROGRAM = 3, END = 4;

    /** Kinds that are sent and never written to a file: flows that changed; the end of a round of those; the end of a copy of programs' states. */
    public static final int CHANGES = 5, ROUND = 6, COPIED = 7;

    /** The longest payload. */
    public static final int LONGEST = 1 << 24;

    private Chunks() {}

    /** Writes a chunk's head before its payload, which lies behind {@link #HEAD} octets of {@code chunk}, up to its limit. */
    public static void seal(ByteBuffer chunk, int kind) {
        int length = chunk.limit() - HEAD;
        chunk.putInt(0, kind).putInt(4, length);
        chunk.putInt(8, checksum(chunk, length));
    }

    /** What a chunk's checksum has to be. */
    public static int checksum(ByteBuffer chunk, int length) {
        var crc = new CRC32C();
        crc.update(chunk.duplicate().position(0).limit(8));
        crc.update(chunk.duplicate().position(HEAD).limit(HEAD + length));
        return (int) crc.getValue();
    }

    public static ByteBuffer header(long takenAt, boolean clean) {
        ByteBuffer header = ByteBuffer.allocateDirect(HEADER).order(ByteOrder.LITTLE_ENDIAN);
        header.putLong(MAGIC).putShort((short) VERSION).putShort((short) HEADER);
        header.order(ByteOrder.nativeOrder()).putInt(1).order(ByteOrder.LITTLE_ENDIAN);
        header.putLong(takenAt).putInt(clean ? CLEAN : 0);
        var crc = new CRC32C();
        crc.update(header.duplicate().position(0).limit(HEADER - 4));
        return header.putInt((int) crc.getValue()).flip();
    }

    /** Looks whether the octets are a header that can be read on. */
    public static void check(ByteBuffer header) throws SnapshotException {
        if (header.getLong(0) != MAGIC) {
            throw new SnapshotException("it is no snapshot of Weir");
        }
        var crc = new CRC32C();
        crc.update(header.duplicate().position(0).limit(HEADER - 4));
        if (header.getInt(HEADER - 4) != (int) crc.getValue()) {
            throw new SnapshotException("its header is damaged");
        }
        int version = header.getShort(8) & 0xFFFF;
        if (version != VERSION || header.getShort(10) != HEADER) {
            throw new SnapshotException("it is of version " + version + " of the layout; this Weir reads " + VERSION);
        }
        if (header.duplicate().order(ByteOrder.nativeOrder()).getInt(12) != 1) {
            throw new SnapshotException("a machine of another byte order wrote it");
        }
    }
}
