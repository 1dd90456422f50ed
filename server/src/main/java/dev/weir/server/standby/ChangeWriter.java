package dev.weir.server.standby;

import dev.weir.dataplane.graph.FlowChangeSink;
import dev.weir.dataplane.graph.FlowChanges;
import dev.weir.dataplane.graph.FlowCopies;
import dev.weir.dataplane.graph.FlowsLegend;
import dev.weir.server.Clock;
import dev.weir.server.state.Chunks;
import dev.weir.server.state.FieldWriter;
import dev.weir.server.state.LegendCodec;
import dev.weir.table.FlowRecord;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/**
 * Makes chunks ({@link Chunks}) of what changes, and sends them: what numbers mean, changes, the ends of rounds; and copies of what programs keep, which may come between rounds. Little-endian; records, annexes and second keys in the order of the
 * machine, which the header tells. Memory is that of a chunk. One thread.
 *
 * <pre>
 * changes: worker u32, items u32, then each: place u32, 1 for a flow and 0 for an empty place u32, and of a flow
 *   {@link FlowRecord} (168), annex, second keys u64, each second key (88)
 * end of a round: number u64, nanoseconds it took i64, the sender's clock i64, changed places u64, then of each worker clock i64, next number i64, flows u64
 * </pre>
 */
final class ChangeWriter implements FlowChangeSink {
    /** Where chunks go; the octets are there during the call only. */
    interface Out {
        void send(ByteBuffer chunk) throws IOException;
    }

    /** Small enough that a slow line brings one, which is a sign of life, several times a second. */
    private static final int CHUNK = 1 << 16;

    private static final int ITEMS = 8, ITEM = 8;

    private final Out out;
    private final ByteBuffer chunk =
            ByteBuffer.allocateDirect(Chunks.HEAD + 4 + CHUNK).order(ByteOrder.LITTLE_ENDIAN);
    /** The payload of {@link #chunk}. */
    private final MemorySegment items;

    private final FlowRecord view = new FlowRecord();
    private int worker = -1, count;
    private long used;
    private long round, changed, lastChanged, began;

    ChangeWriter(Out out) {
        this.out = out;
        items = MemorySegment.ofBuffer(chunk.position(Chunks.HEAD));
        chunk.clear();
    }

    /** A round begins now; its number. */
    long beginRound() {
        began = System.nanoTime();
        changed = 0;
        return ++round;
    }

    /** Places that changed in the last whole round. */
    long changed() {
        return lastChanged;
    }

    @Override
    public void begin(FlowsLegend legend) throws IOException {
        count = 0;
        used = 0;
        var fields = new FieldWriter();
        LegendCodec.write(legend, fields);
        send(Chunks.LEGEND, fields);
    }

    private void send(int kind, FieldWriter fields) throws IOException {
        ByteBuffer payload = fields.take();
        ByteBuffer own = ByteBuffer.allocate(Chunks.HEAD + payload.remaining()).order(ByteOrder.LITTLE_ENDIAN);
        own.position(Chunks.HEAD).put(payload).flip();
        Chunks.seal(own, kind);
        out.send(own);
    }

    @Override
    public void changes(int of, FlowChanges changes) throws IOException {
        if (of != worker) {
            endChunk();
            worker = of;
        }
        for (int i = 0; i < changes.places().empties(); i++) {
            begin(changes.places().empty(i), 0, ITEM);
            used += ITEM;
        }
        FlowCopies flows = changes.flows();
        int fixed = FlowRecord.SIZE + flows.annexBytes();
        for (int i = 0; i < flows.size(); i++) {
            int aliases = flows.aliases(i) * FlowCopies.ALIAS_BYTES;
            begin(changes.places().changed(i), 1, ITEM + fixed + Long.BYTES + aliases);
            flows.get(i, view);
            MemorySegment.copy(view.segment(), view.offset(), items, used + ITEM, fixed);
            chunk.putLong(Chunks.HEAD + (int) used + ITEM + fixed, flows.aliases(i));
            long at = used + ITEM + fixed + Long.BYTES;
            MemorySegment.copy(flows.aliasMemory(), flows.aliasAt(i), items, at, aliases);
            used = at + aliases;
        }
    }

    /** An item of so many octets. */
    private void begin(int place, int kind, int octets) throws IOException {
        if (used + octets > CHUNK) {
            endChunk();
        }
        if (count == 0) {
            used = ITEMS;
        }
        chunk.putInt(Chunks.HEAD + (int) used, place).putInt(Chunks.HEAD + (int) used + 4, kind);
        count++;
    }

    private void endChunk() throws IOException {
        if (count == 0) {
            return;
        }
        chunk.putInt(Chunks.HEAD, worker).putInt(Chunks.HEAD + 4, count);
        chunk.position(0).limit(Chunks.HEAD + (int) used);
        Chunks.seal(chunk, Chunks.CHANGES);
        changed += count;
        count = 0;
        used = 0;
        out.send(chunk);
        chunk.clear();
    }

    /** Sends a chunk of what programs keep. */
    void program(FieldWriter payload) throws IOException {
        send(Chunks.PROGRAM, payload);
    }

    /** A copy of what programs keep is at its end. */
    void endPrograms(boolean isSound, long tookNanos) throws IOException {
        send(
                Chunks.COPIED,
                new FieldWriter().put(isSound ? 1 : 0).put(tookNanos).put(Clock.now()));
    }

    @Override
    public void end(List<Moment> workers) throws IOException {
        endChunk();
        var fields = new FieldWriter()
                .put(round)
                .put(System.nanoTime() - began)
                .put(Clock.now())
                .put(changed);
        fields.put(
                workers,
                (o, moment) -> o.put(moment.now()).put(moment.nextNumber()).put((long) moment.flows()));
        send(Chunks.ROUND, fields);
        lastChanged = changed;
    }
}
