package dev.weir.server.state;

import static java.nio.file.StandardOpenOption.READ;

import dev.weir.dataplane.graph.FlowCopies;
import dev.weir.dataplane.graph.FlowsLegend;
import dev.weir.table.FlowRecord;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.zip.CRC32C;

/**
 * Reads a snapshot ({@link Chunks}), chunk by chunk: nothing is told of one before its checksum was looked at. Any octets at all give a {@link SnapshotException} or
 * are read; memory is that of the longest chunk. Who wants all or nothing reads twice. One thread.
 */
final class SnapshotReader implements AutoCloseable {
    /** Is told what there is, in the order of the file. */
    interface Visitor {
        /** @param takenAt nanoseconds since 1970 */
        default void header(long takenAt, boolean clean) {}

        default void legend(FlowsLegend legend, FlowsLegend.Counted counted) {}

        /** The record, its annex behind it, and its second keys are there during the call only. */
        default void flow(int worker, FlowRecord record, MemorySegment aliases, long aliasAt, int aliasCount) {}

        default void program(ProgramChunk chunk) {}
    }

    private final FileChannel file;
    private final long size;
    private final CRC32C all = new CRC32C();
    private final FlowRecord view = new FlowRecord();
    private ByteBuffer chunk = ByteBuffer.allocateDirect(1 << 12).order(ByteOrder.LITTLE_ENDIAN);
    private long at;
    private long chunks, flows;
    private int annexBytes = -1;

    private SnapshotReader(Path path) throws IOException {
        file = FileChannel.open(path, READ);
        size = file.size();
    }

    /** Reads all of a file. */
    static void read(Path path, Visitor visitor) throws IOException {
        try (var reader = new SnapshotReader(path)) {
            reader.read(visitor);
        }
    }

    private void read(Visitor visitor) throws IOException {
        ByteBuffer header = fill(0, Chunks.HEADER);
        Chunks.check(header);
        visitor.header(header.getLong(16), (header.getInt(24) & Chunks.CLEAN) != 0);
        all.update(header.position(0).limit(Chunks.HEADER));
        boolean ended = false;
        while (!ended) {
            ended = readChunk(visitor);
        }
        if (at != size) {
            throw damaged("there are " + (size - at) + " octets behind its end");
        }
    }

    private SnapshotException damaged(String why) {
        return new SnapshotException("it is damaged at octet " + at + ": " + why);
    }

    /** The next octets, at a place of {@link #chunk}, which has room for them. */
    private ByteBuffer fill(int to, int length) throws IOException {
        if (size - at < length) {
            throw damaged("it ends here, and should have " + length + " octets more");
        }
        chunk.clear().position(to).limit(to + length);
        long from = at;
        while (chunk.hasRemaining()) {
            int read = file.read(chunk, from);
            if (read < 0) {
                throw damaged("it became shorter while it was read");
            }
            from += read;
        }
        at = from;
        return chunk;
    }

    private boolean readChunk(Visitor visitor) throws IOException {
        long begin = at;
        fill(0, Chunks.HEAD);
        int kind = chunk.getInt(0), length = chunk.getInt(4), sum = chunk.getInt(8);
        if (length < 0 || length > Chunks.LONGEST || length > size - at) {
            at = begin;
            throw damaged("a chunk says that it has " + Integer.toUnsignedString(length) + " octets");
        }
        if (chunk.capacity() < Chunks.HEAD + length) {
            ByteBuffer larger = ByteBuffer.allocateDirect(Chunks.HEAD + length).order(ByteOrder.LITTLE_ENDIAN);
            chunk = larger.putInt(0, kind).putInt(4, length).putInt(8, sum);
        }
        fill(Chunks.HEAD, length);
        chunk.clear().limit(Chunks.HEAD + length);
        if (Chunks.checksum(chunk, length) != sum) {
            at = begin;
            throw damaged("a chunk has another checksum than it says");
        }
        chunk.position(Chunks.HEAD);
        if (kind == Chunks.END) {
            end(length);
            return true;
        }
        all.update(chunk.duplicate().position(0));
        chunks++;
        switch (kind) {
            case Chunks.LEGEND -> legend(visitor);
            case Chunks.FLOWS -> flows(visitor, length);
            case Chunks.PROGRAM -> visitor.program(ProgramChunk.read(new FieldReader(chunk)));
            default -> throw damaged("a chunk is of kind " + kind + ", which this Weir does not know");
        }
        return false;
    }

    private void end(int length) throws SnapshotException {
        boolean whole = length == Chunks.END_PAYLOAD
                && chunk.getLong(Chunks.HEAD) == chunks
                && chunk.getLong(Chunks.HEAD + 8) == flows
                && chunk.getInt(Chunks.HEAD + 16) == (int) all.getValue();
        if (!whole) {
            throw damaged("what it has is not what its end says");
        }
    }

    private void legend(Visitor visitor) throws SnapshotException {
        FieldReader fields = new FieldReader(chunk);
        FlowsLegend legend = LegendCodec.legend(fields);
        FlowsLegend.Counted counted = LegendCodec.counted(fields);
        fields.end();
        if (annexBytes >= 0) {
            throw damaged("it says a second time what numbers mean");
        }
        annexBytes = legend.annexBytes();
        visitor.legend(legend, counted);
    }

    private void flows(Visitor visitor, int length) throws SnapshotException {
        FieldReader fields = new FieldReader(chunk);
        if (annexBytes < 0) {
            throw damaged("there are flows before it says what their numbers mean");
        }
        int worker = fields.getInt(), count = fields.getInt(), fixed = FlowRecord.SIZE + annexBytes;
        // Heads take 12 octets: what follows is read from where it is a multiple of 8.
        MemorySegment items = aligned(length);
        long o = 2L * Integer.BYTES;
        for (int i = 0; i < count; i++) {
            if (length - o < fixed + Long.BYTES) {
                throw damaged("a chunk has not all the flows that it says");
            }
            long aliases = chunk.getLong(Chunks.HEAD + (int) o + fixed), aliasAt = o + fixed + Long.BYTES;
            if (aliases < 0 || aliases > FlowCopies.ALIASES || length - aliasAt < aliases * FlowCopies.ALIAS_BYTES) {
                throw damaged("a flow has " + Long.toUnsignedString(aliases) + " second keys");
            }
            visitor.flow(worker, view.wrap(items, o), items, aliasAt, (int) aliases);
            o = aliasAt + aliases * FlowCopies.ALIAS_BYTES;
        }
        if (o != length) {
            throw damaged("a chunk has more than the flows that it says");
        }
        flows += count;
    }

    /** The payload of the chunk in memory of its own, which begins at a multiple of 8. */
    private MemorySegment aligned(int length) {
        MemorySegment own = MemorySegment.ofArray(new long[(length + Long.BYTES - 1) / Long.BYTES]);
        MemorySegment.copy(MemorySegment.ofBuffer(chunk.duplicate().position(Chunks.HEAD)), 0, own, 0, length);
        return own;
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
