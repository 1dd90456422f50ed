package dev.weir.wire;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * A gzip stream of one or more members, checksums verified. Octets behind the last member that begin no further one are
 * ignored, as gzip(1) does, and noted. Source: RFC 1952.
 */
final class GzipInput extends Decompressor {
    private static final int ID1 = 0x1F, ID2 = 0x8B, DEFLATE = 8;
    private static final int HEADER_CRC = 2, EXTRA = 4, NAME = 8, COMMENT = 16;

    private final Inflater inflater = new Inflater(true);
    private final CRC32 checksum = new CRC32();
    private boolean insideMember;
    private boolean garbage;
    private boolean first = true;

    GzipInput(OctetInput stored, ByteBuffer head) {
        super(stored, head);
    }

    /** Whether a file that begins with these four octets, read little-endian, is gzip. */
    static boolean recognises(int magic) {
        return (magic & 0xFF_FFFF) == (ID1 | ID2 << 8 | DEFLATE << 16);
    }

    @Override
    boolean advance(ByteBuffer into) throws IOException {
        while (into.hasRemaining() && !garbage) {
            if (!insideMember) {
                if (!piece.hasRemaining()) return true;
                beginMember();
                continue;
            }
            int from = into.position();
            inflate(into);
            checksum(into, from);
            if (inflater.finished()) {
                endMember();
            } else if (!piece.hasRemaining() && into.position() == from) {
                return true;
            }
        }
        return !garbage;
    }

    private void inflate(ByteBuffer into) throws IOException {
        try {
            inflater.setInput(piece);
            inflater.inflate(into);
        } catch (DataFormatException e) {
            throw new IOException("the gzip stream is damaged: " + e.getMessage(), e);
        }
        if (inflater.needsDictionary()) throw new IOException("the gzip stream is damaged: it wants a dictionary");
    }

    private void checksum(ByteBuffer into, int from) {
        int end = into.position();
        int limit = into.limit();
        checksum.update(into.position(from).limit(end));
        into.limit(limit);
    }

    private void beginMember() throws IOException {
        if (octet() != ID1 || octet() != ID2) {
            if (first) throw new IOException("not a gzip stream");
            garbage = true;
            return;
        }
        int method = whole();
        if (method != DEFLATE) throw new IOException("gzip compression method " + method + " is unknown");
        int flags = whole();
        skip(6);
        if ((flags & EXTRA) != 0) skip(whole() | whole() << 8);
        if ((flags & NAME) != 0) skipText();
        if ((flags & COMMENT) != 0) skipText();
        if ((flags & HEADER_CRC) != 0) skip(2);
        insideMember = true;
        first = false;
    }

    private void endMember() throws IOException {
        int expected = (int) fourOctets();
        int length = (int) fourOctets();
        if (expected != (int) checksum.getValue() || length != (int) inflater.getBytesWritten()) {
            throw new IOException("the gzip stream's checksum does not match, the file is damaged");
        }
        inflater.reset();
        checksum.reset();
        insideMember = false;
    }

    private long fourOctets() throws IOException {
        return whole() | whole() << 8 | whole() << 16 | (long) whole() << 24;
    }

    private void skip(int octets) throws IOException {
        for (int i = 0; i < octets; i++) whole();
    }

    private void skipText() throws IOException {
        while (whole() != 0) {}
    }

    private int whole() throws IOException {
        int octet = octet();
        if (octet < 0) throw cutShort();
        return octet;
    }

    @Override
    boolean complete() {
        return !insideMember;
    }

    @Override
    IOException cutShort() {
        return new IOException("the gzip stream ends early, the file is cut short");
    }

    @Override
    String note() {
        return garbage ? "octets behind the end of the gzip stream were ignored" : "";
    }

    @Override
    public void close() throws IOException {
        inflater.end();
        super.close();
    }
}
