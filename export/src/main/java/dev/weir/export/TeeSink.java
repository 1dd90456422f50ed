package dev.weir.export;

import dev.weir.dataplane.RecordSink;
import dev.weir.table.FlowRecord;
import java.io.IOException;

/** Passes records to two sinks, the first one first. One thread; allocates nothing. Fails as they do; closes both whatever fails. */
public final class TeeSink implements RecordSink {
    private final RecordSink first, second;

    public TeeSink(RecordSink first, RecordSink second) {
        this.first = first;
        this.second = second;
    }

    @Override
    public void accept(FlowRecord record) throws IOException {
        first.accept(record);
        second.accept(record);
    }

    @Override
    public void dropped(long events) throws IOException {
        first.dropped(events);
        second.dropped(events);
    }

    @Override
    public void flush() throws IOException {
        first.flush();
        second.flush();
    }

    @Override
    public void close() throws IOException {
        try (second) {
            first.close();
        }
    }
}
