package dev.weir.export;

import dev.weir.dataplane.RecordSink;
import dev.weir.table.FlowEvent;
import dev.weir.table.FlowRecord;
import java.io.IOException;
import java.io.OutputStream;
import java.util.function.IntSupplier;

/**
 * Events as sentences for a person: when, what happened to which flow, who did it, and for an ended one why and how much it carried.
 * One thread; allocates nothing an event. Fails as the stream does.
 *
 * <pre>
 * 2026-11-21T08:00:00.000000Z created 1 tcp 10.0.0.1:40000 > 10.0.0.2:80 by data-path
 * 2026-11-21T08:00:06.000000Z ended 1 tcp 10.0.0.1:40000 > 10.0.0.2:80 by timer: closed, 6 packets 412 bytes, back 4 packets 1200 bytes
 * </pre>
 */
public final class EventSink implements RecordSink {
    private static final byte[] TOWARDS = Column.ascii(" > "), BY = Column.ascii(" by "), COLON = Column.ascii(": ");
    private static final byte[] PACKETS = Column.ascii(" packets "), BYTES = Column.ascii(" bytes");
    private static final byte[] BACK = Column.ascii(", back "), COMMA = Column.ascii(", ");

    private final TextBuffer out;
    private final ColumnWriter writer;

    /** @param timeDigits fraction digits of the time stamps, 0 to 9; asked when the first event comes */
    public EventSink(OutputStream out, IntSupplier timeDigits) {
        this.out = new TextBuffer(out);
        this.writer = new ColumnWriter(this.out, new TimeDigits(timeDigits));
    }

    @Override
    public void accept(FlowRecord record) throws IOException {
        out.room(Column.MAX_LINE);
        writer.put(Column.TIME, record);
        out.put(' ');
        writer.put(Column.EVENT, record);
        out.put(' ');
        writer.put(Column.FLOW_ID, record);
        out.put(' ');
        writer.put(Column.PROTOCOL, record);
        out.put(' ');
        writer.putEndpoint(record, false);
        out.put(TOWARDS);
        writer.putEndpoint(record, true);
        out.put(BY);
        writer.put(Column.AUTHOR, record);
        if (record.kind() == FlowEvent.ENDED) {
            putFinal(record);
        }
        out.put('\n');
    }

    @Override
    public void flush() throws IOException {
        out.flush();
    }

    @Override
    public void close() throws IOException {
        out.close();
    }

    private void putFinal(FlowRecord record) {
        out.put(COLON);
        writer.put(Column.END_REASON, record);
        out.put(COMMA);
        writer.put(Column.FWD_PACKETS, record);
        out.put(PACKETS);
        writer.put(Column.FWD_BYTES, record);
        out.put(BYTES);
        out.put(BACK);
        writer.put(Column.REV_PACKETS, record);
        out.put(PACKETS);
        writer.put(Column.REV_BYTES, record);
        out.put(BYTES);
    }
}
