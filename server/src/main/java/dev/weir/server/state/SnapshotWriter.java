package dev.weir.server.state;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.TRUNCATE_EXISTING;
import static java.nio.file.StandardOpenOption.WRITE;

import dev.weir.dataplane.graph.FlowCopies;
import dev.weir.dataplane.graph.FlowSink;
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
 * Writes a snapshot ({@link Chunks}) as it comes, in memory of a chunk. One thread.
 *
 * <pre>
 * payload of flows: worker u32, flows u32, then each flow
 *   0 {@link FlowRecord} (168), annex, second keys u64, each second key (88)
 * </pre>
 */
final class SnapshotWriter implements FlowSink, ProgramSave.Out, AutoCloseable {
    /** What a chunk of flows has at the most. */
    private static final int CHUNK = 1 << 20;

    private final FileChannel file;
    private final CRC32C all = new CRC32C();
    private final ByteBuffer chunk =
            ByteBuffer.allocateDirect(Chunks.HEAD + 4 + CHUNK).order(ByteOrder.LITTLE_ENDIAN);
    /** For chunks of fields; grows with the longest. */
    private ByteBuffer own = ByteBuffer.allocate(1 << 12).order(ByteOrder.LITTLE_ENDIAN);
    /** The payload of {@link #chunk}; it is copied to by octets, since heads take 12. */
    private final MemorySegment items;

    private final FlowRecord view = new FlowRecord();
    private int worker = -1;
    private int count;
    private long used;
    private long chunks, flows, entries, octets;

    /** @param takenAt nanoseconds since 1970 */
    SnapshotWriter(Path path, long takenAt, boolean clean) throws IOException {
        file = FileChannel.open(path, CREATE, TRUNCATE_EXISTING, WRITE);
        items = MemorySegment.ofBuffer(chunk.position(Chunks.HEAD));
        write(Chunks.header(takenAt, clean));
    }

    private void write(ByteBuffer octetsOfIt) throws IOException {
        all.update(octetsOfIt.duplicate());
        while (octetsOfIt.hasRemaining()) {
            octets += file.write(octetsOfIt);
        }
    }

    /** Writes a chunk of fields. */
    private void fields(int kind, FieldWriter fields) throws IOException {
        endFlows();
        ByteBuffer payload = fields.lend();
        if (payload.remaining() > Chunks.LONGEST) {
            throw new IOException(
                    "a chunk of " + payload.remaining() + " octets is too long; the most is " + Chunks.LONGEST);
        }
        if (own.capacity() < Chunks.HEAD + payload.remaining()) {
            own = ByteBuffer.allocate(2 * (Chunks.HEAD + payload.remaining())).order(ByteOrder.LITTLE_ENDIAN);
        }
        own.clear().position(Chunks.HEAD).put(payload).flip();
        Chunks.seal(own, kind);
        write(own);
        chunks++;
    }

    @Override
    public void begin(FlowsLegend legend, FlowsLegend.Counted counted) throws IOException {
        var fields = new FieldWriter();
        LegendCodec.write(legend, counted, fields);
        fields(Chunks.LEGEND, fields);
    }

    @Override
    public void flows(int of, FlowCopies copies) throws IOException {
        if (of != worker) {
            endFlows();
            worker = of;
        }
        int fixed = FlowRecord.SIZE + copies.annexBytes();
        for (int i = 0; i < copies.size(); i++) {
            int aliases = copies.aliases(i) * FlowCopies.ALIAS_BYTES;
            if (used + fixed + Long.BYTES + aliases > items.byteSize()) {
                endFlows();
            }
            if (count == 0) {
                used = 2L * Integer.BYTES;
            }
            copies.get(i, view);
            MemorySegment.copy(view.segment(), view.offset(), items, used, fixed);
            chunk.putLong(Chunks.HEAD + (int) used + fixed, copies.aliases(i));
            MemorySegment.copy(copies.aliasMemory(), copies.aliasAt(i), items, used + fixed + Long.BYTES, aliases);
            used += fixed + Long.BYTES + aliases;
            count++;
        }
    }

    private void endFlows() throws IOException {
        if (count == 0) {
            return;
        }
        chunk.putInt(Chunks.HEAD, worker).putInt(Chunks.HEAD + Integer.BYTES, count);
        chunk.position(0).limit(Chunks.HEAD + (int) used);
        Chunks.seal(chunk, Chunks.FLOWS);
        write(chunk);
        chunk.clear();
        flows += count;
        chunks++;
        count = 0;
        used = 0;
    }

    @Override
    public void program(FieldWriter payload, int entriesInIt) throws IOException {
        fields(Chunks.PROGRAM, payload);
        entries += entriesInIt;
    }

    /** Writes the end, and has the disk have it all. */
    void finish() throws IOException {
        endFlows();
        int before = (int) all.getValue();
        ByteBuffer end = ByteBuffer.allocate(Chunks.HEAD + Chunks.END_PAYLOAD).order(ByteOrder.LITTLE_ENDIAN);
        end.position(Chunks.HEAD).putLong(chunks).putLong(flows).putInt(before).flip();
        Chunks.seal(end, Chunks.END);
        write(end);
        file.force(true);
    }

    long flows() {
        return flows;
    }

    long entries() {
        return entries;
    }

    long octets() {
        return octets;
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
