package dev.weir.cli;

import dev.weir.export.kafka.DigestSink;
import dev.weir.packet.PacketVector;
import dev.weir.wire.CaptureException;
import dev.weir.wire.ForwardingSource;
import dev.weir.wire.PacketSource;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A source whose packets also go to topics as digests, before who reads it has them. The sinks are others' to close. It ends where a topic takes
 * nothing any more. One thread at a time.
 */
final class DigestTap extends ForwardingSource {
    private final List<DigestSink> sinks;
    private volatile @Nullable IOException failure;

    DigestTap(PacketSource source, List<DigestSink> sinks) {
        super(source);
        this.sinks = sinks;
    }

    @Override
    public int read(PacketVector vector) throws CaptureException {
        vector.size = 0;
        if (failure != null) {
            return 0;
        }
        int read = source.read(vector);
        try {
            for (DigestSink each : sinks) {
                if (read > 0) {
                    each.accept(vector);
                } else if (read == IDLE) {
                    each.idle(source.clock());
                }
            }
        } catch (IOException e) {
            failure = e;
        }
        return read;
    }

    /** After the last read: fails where a topic took nothing any more, which also ended the source. */
    void rethrow() throws IOException {
        if (failure != null) {
            throw failure;
        }
    }
}
