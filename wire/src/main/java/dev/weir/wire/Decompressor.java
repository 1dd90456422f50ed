package dev.weir.wire;

import java.io.IOException;
import java.nio.ByteBuffer;

/** A decompressor between the stored octets and those of the capture; keeps a piece of the stored ones at a time. */
abstract class Decompressor extends OctetInput {
    private static final int PIECE = 1 << 16;

    private final OctetInput stored;
    /** Stored octets that were read and not used yet, from position to limit. */
    final ByteBuffer piece = ByteBuffer.allocateDirect(PIECE);

    /** @param head the stored octets that were read to recognise the format, from position to limit */
    Decompressor(OctetInput stored, ByteBuffer head) {
        this.stored = stored;
        piece.put(head).flip();
    }

    /**
     * Decompresses until the buffer is full, the piece is used up, or nothing follows.
     *
     * @return false when nothing follows
     */
    abstract boolean advance(ByteBuffer into) throws IOException;

    /** Whether the stored octets used so far are a whole, so that the input may end here. */
    abstract boolean complete();

    /** The error of an input that ends before its format says so. */
    abstract IOException cutShort();

    @Override
    final int read(ByteBuffer into) throws IOException {
        int begin = into.position();
        while (advance(into) && into.hasRemaining()) {
            if (into.position() > begin && !stored.prompt()) break;
            if (!refill()) {
                if (into.position() == begin && !complete()) throw cutShort();
                break;
            }
        }
        int octets = into.position() - begin;
        return octets == 0 ? -1 : octets;
    }

    /** The next stored octet, -1 at the end. */
    final int octet() throws IOException {
        return piece.hasRemaining() || refill() ? piece.get() & 0xFF : -1;
    }

    private boolean refill() throws IOException {
        boolean more = stored.read(piece.clear()) > 0;
        piece.flip();
        return more;
    }

    @Override
    final boolean prompt() {
        return stored.prompt();
    }

    @Override
    final long consumed() {
        return stored.consumed();
    }

    @Override
    final long total() {
        return stored.total();
    }

    @Override
    public void close() throws IOException {
        stored.close();
    }
}
