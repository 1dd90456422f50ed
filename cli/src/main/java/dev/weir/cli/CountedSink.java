package dev.weir.cli;

import dev.weir.dataplane.RecordSink;
import dev.weir.table.FlowRecord;
import java.io.IOException;

/** Hands on the first so many records, and knows when it has. One thread. */
final class CountedSink implements RecordSink {
    private final RecordSink next;
    private final long limit;
    private long count;

    CountedSink(RecordSink next, long limit) {
        this.next = next;
        this.limit = limit;
    }

    boolean isFull() {
        return count >= limit;
    }

    @Override
    public void accept(FlowRecord record) throws IOException {
        if (count < limit) {
            count++;
            next.accept(record);
        }
    }

    @Override
    public void flush() throws IOException {
        next.flush();
    }

    @Override
    public void close() throws IOException {
        next.close();
    }
}
