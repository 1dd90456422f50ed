package dev.weir.export.filter;

import dev.weir.dataplane.RecordSink;
import dev.weir.table.FlowRecord;
import java.io.IOException;

/** Hands on the records and events that a filter means, and counts the others. One thread; allocates nothing a record. */
public final class FilteredSink implements RecordSink {
    private final RecordSink next;
    private final FlowFilter filter;
    private long leftOut;

    public FilteredSink(RecordSink next, FlowFilter filter) {
        this.next = next;
        this.filter = filter;
    }

    /** How many were not handed on. */
    public long leftOut() {
        return leftOut;
    }

    @Override
    public void accept(FlowRecord record) throws IOException {
        if (filter.test(record)) {
            next.accept(record);
        } else {
            leftOut++;
        }
    }

    @Override
    public void flush() throws IOException {
        next.flush();
    }

    @Override
    public void idle() throws IOException {
        next.idle();
    }

    @Override
    public void close() throws IOException {
        next.close();
    }
}
