package dev.weir.server.standby;

import dev.weir.dataplane.graph.FlowChangeSink.Moment;
import dev.weir.dataplane.graph.FlowCopies;
import dev.weir.dataplane.graph.FlowsLegend;
import dev.weir.server.Clock;
import dev.weir.server.state.Chunks;
import dev.weir.server.state.FieldReader;
import dev.weir.server.state.LegendCodec;
import dev.weir.server.state.SnapshotException;
import dev.weir.table.ChangedPlaces;
import dev.weir.table.FlowRecord;
import dev.weir.table.FlowTableConfig;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads the chunks that {@link ChangeWriter} sends, of one stream, and keeps the flows of them. Any octets at all give a {@link SnapshotException} or are read. While a stream begins, what the one
 * before has brought stays until the new one is whole. One thread at a time.
 */
final class ChangeReader {
    /**
     * The end of a round.
     *
     * @param tookNanos how long the sender had for it
     */
    record Round(long number, long tookNanos, long changed) {}

    private static final int ITEMS = 8, ITEM = 8;
    private @Nullable Replica whole, coming;
    private final ProgramReplica programs = new ProgramReplica();
    /** What of this stream has come. */
    private boolean hasHeader, hasLegend;

    /** The flows that are here, of the last stream that became whole; null where none did. */
    @Nullable
    Replica whole() {
        return whole;
    }

    /** What programs of the other machine keep. */
    ProgramReplica programs() {
        return programs;
    }

    /** A stream begins. */
    void begin() {
        programs.begin();
        hasHeader = false;
        hasLegend = false;
        forget(coming);
        coming = null;
    }

    private static void forget(@Nullable Replica replica) {
        if (replica != null) {
            replica.close();
        }
    }

    /** Takes what there is away. */
    void clear() {
        begin();
        forget(whole);
        whole = null;
        programs.clear();
    }

    /** The next message of the stream; the end of a round where it is one. */
    @Nullable
    Round read(ByteBuffer octets) throws SnapshotException {
        // what has to be whole words is read from memory of its own
        int size = octets.remaining();
        ByteBuffer chunk = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
        chunk.put(octets).flip();
        if (!hasHeader) {
            if (size != Chunks.HEADER) {
                throw new SnapshotException("it does not begin with the header of a snapshot");
            }
            Chunks.check(chunk);
            hasHeader = true;
            return null;
        }
        int length = size - Chunks.HEAD;
        if (length < 0 || chunk.getInt(4) != length || Chunks.checksum(chunk, length) != chunk.getInt(8)) {
            throw new SnapshotException("a chunk is damaged");
        }
        chunk.position(Chunks.HEAD);
        switch (chunk.getInt(0)) {
            case Chunks.LEGEND -> legend(new FieldReader(chunk));
            case Chunks.CHANGES -> changes(chunk, length);
            case Chunks.PROGRAM -> programs.add(chunk);
            case Chunks.COPIED -> programs.end(new FieldReader(chunk));
            case Chunks.ROUND -> {
                return round(new FieldReader(chunk));
            }
            default ->
                throw new SnapshotException(
                        "a chunk is of kind " + chunk.getInt(0) + ", which this Weir does not know here");
        }
        return null;
    }

    private void legend(FieldReader fields) throws SnapshotException {
        FlowsLegend legend = LegendCodec.legend(fields);
        fields.end();
        if (legend.workers().isEmpty()) {
            throw new SnapshotException("it has no workers");
        }
        forget(coming);
        coming = new Replica(legend);
        hasLegend = true;
    }

    /** Where changes go: to what is coming, and after its first round to what is whole. */
    private Replica current() throws SnapshotException {
        Replica of = coming == null ? whole : coming;
        if (of == null || !hasLegend) {
            throw new SnapshotException("there are changes before it says what their numbers mean");
        }
        return of;
    }

    private void changes(ByteBuffer chunk, int length) throws SnapshotException {
        Replica into = current();
        var fields = new FieldReader(chunk);
        int worker = fields.getInt(), count = fields.getInt(), fixed = FlowRecord.SIZE + into.annexBytes();
        if (worker < 0 || worker >= into.workers()) {
            throw new SnapshotException("there is no worker " + worker);
        }
        MemorySegment items = MemorySegment.ofArray(new long[(length + Long.BYTES - 1) / Long.BYTES]);
        MemorySegment.copy(MemorySegment.ofBuffer(chunk.duplicate().position(Chunks.HEAD)), 0, items, 0, length);
        long o = ITEMS;
        for (int i = 0; i < count; i++) {
            need(length - o >= ITEM);
            int place = chunk.getInt(Chunks.HEAD + (int) o), kind = chunk.getInt(Chunks.HEAD + (int) o + 4);
            o += ITEM;
            need(ChangedPlaces.slot(place) <= FlowTableConfig.MAX_FLOWS);
            if (kind == 0) {
                into.empty(worker, place);
                continue;
            }
            need(kind == 1 && length - o >= fixed + Long.BYTES);
            long aliases = chunk.getLong(Chunks.HEAD + (int) o + fixed);
            long end = o + fixed + Long.BYTES + aliases * FlowCopies.ALIAS_BYTES;
            need(aliases >= 0 && aliases <= FlowCopies.ALIASES && end <= length);
            into.put(worker, place, items, o, (int) aliases);
            o = end;
        }
        need(o == length);
    }

    private static void need(boolean holds) throws SnapshotException {
        if (!holds) {
            throw new SnapshotException("a chunk of changes is not what it says");
        }
    }

    private Round round(FieldReader fields) throws SnapshotException {
        Replica of = current();
        long number = fields.getLong(), took = fields.getLong(), clock = fields.getLong(), changed = fields.getLong();
        List<Moment> moments = fields.list(each -> new Moment(each.getLong(), each.getLong(), (int) each.getLong()));
        fields.end();
        if (moments.size() != of.workers()) {
            throw new SnapshotException("a round has not as many workers as there are");
        }
        of.end(moments, clock - Clock.now());
        if (of != whole) {
            forget(whole);
            whole = of;
        }
        coming = null;
        return new Round(number, took, changed);
    }
}
