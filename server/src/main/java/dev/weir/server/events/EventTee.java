package dev.weir.server.events;

import dev.weir.dataplane.RecordSink;
import dev.weir.dataplane.graph.DataplaneListener;
import dev.weir.table.FlowRecord;
import java.io.IOException;

/**
 * Passes records to a file and to the event log: to each what it wants. When the file fails, the listener is told, and the
 * log goes on. The thread of the records.
 */
public final class EventTee implements RecordSink {
    private static final RecordSink NOWHERE = _ -> {};

    private final int fileKinds;
    private final EventLog log;
    private final DataplaneListener listener;
    private RecordSink file;

    /**
     * @param file stays with who made it, who closes it
     * @param fileKinds the {@link dev.weir.table.FlowEvent} kinds that it gets
     */
    public EventTee(RecordSink file, int fileKinds, EventLog log, DataplaneListener listener) {
        this.file = file;
        this.fileKinds = fileKinds;
        this.log = log;
        this.listener = listener;
    }

    @Override
    public void accept(FlowRecord record) {
        log.accept(record);
        if ((record.kind() & fileKinds) != 0) {
            try {
                file.accept(record);
            } catch (IOException e) {
                fail(e);
            }
        }
    }

    @Override
    public void dropped(long events) {
        log.dropped(events);
    }

    @Override
    public void flush() {
        try {
            file.flush();
        } catch (IOException e) {
            fail(e);
        }
    }

    private void fail(IOException why) {
        file = NOWHERE;
        listener.recordsFailed(why);
    }
}
