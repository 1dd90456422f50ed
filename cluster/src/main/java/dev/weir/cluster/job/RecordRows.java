package dev.weir.cluster.job;

import dev.weir.dataplane.RecordSink;
import dev.weir.table.FlowRecord;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Records as {@code weir track} writes them; an element is records one behind the other. One thread. */
final class RecordRows implements RowWriter {
    private final RecordSink sink;
    private final FlowRecord view = new FlowRecord();

    RecordRows(RecordSink sink) {
        this.sink = sink;
    }

    @Override
    public void write(byte[] records) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment octets = arena.allocate(records.length, 8);
            octets.copyFrom(MemorySegment.ofArray(records));
            for (long at = 0; at < records.length; at += FlowRecord.SIZE) {
                sink.accept(view.wrap(octets, at));
            }
        }
    }

    @Override
    public void close() throws IOException {
        sink.close();
    }
}
