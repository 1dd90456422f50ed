package dev.weir.wire;

import com.github.luben.zstd.ZstdDecompressCtx;
import com.github.luben.zstd.ZstdException;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * A Zstandard stream of one or more frames. Frames that need a window of more than 128 MiB are refused, which bounds
 * memory. The native library is loaded when the first of these is made. Source: RFC 8878.
 */
final class ZstdInput extends Decompressor {
    private static final int MAGIC = 0xFD2FB528, SKIPPABLE = 0x184D2A50;

    private final ZstdDecompressCtx context;
    private boolean betweenFrames;

    private ZstdInput(OctetInput stored, ByteBuffer head, ZstdDecompressCtx context) {
        super(stored, head);
        this.context = context;
    }

    static ZstdInput open(OctetInput stored, ByteBuffer head) throws IOException {
        try {
            return new ZstdInput(stored, head, new ZstdDecompressCtx());
        } catch (LinkageError e) {
            throw new IOException(
                    "the zstd library cannot be loaded on this machine (" + e.getMessage()
                            + "); decompress the file first",
                    e);
        }
    }

    /** Whether a file that begins with these four octets, read little-endian, is Zstandard. */
    static boolean recognises(int magic) {
        return magic == MAGIC || (magic & ~0xF) == SKIPPABLE;
    }

    @Override
    boolean advance(ByteBuffer into) throws IOException {
        while (into.hasRemaining()) {
            int before = into.position() + piece.position();
            boolean flushed = flushed(into);
            if (into.position() + piece.position() == before) break;
            betweenFrames = flushed;
        }
        return true;
    }

    /** Decompresses what it can; whether that ended a frame. */
    private boolean flushed(ByteBuffer into) throws IOException {
        try {
            return context.decompressDirectByteBufferStream(into, piece);
        } catch (ZstdException e) {
            throw new IOException("the zstd stream is damaged: " + e.getMessage(), e);
        }
    }

    @Override
    boolean complete() {
        return betweenFrames;
    }

    @Override
    IOException cutShort() {
        return new IOException("the zstd stream ends early, the file is cut short");
    }

    @Override
    public void close() throws IOException {
        context.close();
        super.close();
    }
}
