package dev.weir.export;

import dev.weir.dataplane.RecordSink;
import dev.weir.table.FlowRecord;
import java.io.IOException;
import java.io.OutputStream;
import java.util.function.IntSupplier;

/**
 * Records as a table for a person at a terminal: the columns that matter most, aligned. Lines are written as they come, so a column
 * is as wide as what it usually holds and grows for good when something wider is met. One thread; allocates nothing a record. Fails
 * as the stream does.
 */
public final class TableSink implements RecordSink {
    private static final byte[] BOLD = Column.ascii("\033[1m"), PLAIN = Column.ascii("\033[0m");
    private static final String[] TITLES = {
        "START", "SECONDS", "PROTO", "SOURCE", "DESTINATION", "PACKETS", "BACK", "BYTES", "BACK", "STATE", "END"
    };
    private static final boolean[] RIGHT = {false, true, false, false, false, true, true, true, true, false, false};

    private final TextBuffer out;
    private final ColumnWriter writer;
    private final TimeDigits timeDigits;
    private final boolean bold;
    private final int[] widths = {20, 13, 5, 21, 21, 7, 7, 9, 9, 11, 7};
    private boolean titled;

    /**
     * @param timeDigits fraction digits of the time stamps, 0 to 9; asked when the first record comes
     * @param bold whether the titles are set off with an escape sequence
     */
    public TableSink(OutputStream out, IntSupplier timeDigits, boolean bold) {
        this.out = new TextBuffer(out);
        this.timeDigits = new TimeDigits(timeDigits);
        this.writer = new ColumnWriter(this.out, this.timeDigits);
        this.bold = bold;
    }

    @Override
    public void accept(FlowRecord record) throws IOException {
        putTitles();
        out.room(Column.MAX_LINE);
        for (int i = 0; i < TITLES.length; i++) {
            int mark = out.mark();
            putCell(i, record);
            align(i, mark);
        }
    }

    @Override
    public void flush() throws IOException {
        out.flush();
    }

    @Override
    public void close() throws IOException {
        putTitles();
        out.close();
    }

    private void putTitles() throws IOException {
        if (titled) {
            return;
        }
        titled = true;
        int digits = timeDigits.get();
        widths[0] = digits == 0 ? 20 : 21 + digits;
        out.room(Column.MAX_LINE);
        if (bold) {
            out.put(BOLD);
        }
        for (int i = 0; i < TITLES.length; i++) {
            int mark = out.mark();
            out.put(Column.ascii(TITLES[i]));
            align(i, mark);
        }
        if (bold) {
            out.put(PLAIN);
        }
    }

    private void putCell(int cell, FlowRecord record) {
        switch (cell) {
            case 0 -> writer.put(Column.START_TIME, record);
            case 1 -> writer.put(Column.DURATION, record);
            case 2 -> writer.put(Column.PROTOCOL, record);
            case 3 -> writer.putEndpoint(record, false);
            case 4 -> writer.putEndpoint(record, true);
            case 5 -> writer.put(Column.FWD_PACKETS, record);
            case 6 -> writer.put(Column.REV_PACKETS, record);
            case 7 -> writer.put(Column.FWD_BYTES, record);
            case 8 -> writer.put(Column.REV_BYTES, record);
            case 9 -> writer.put(Column.TCP_STATE, record);
            default -> writer.put(Column.END_REASON, record);
        }
    }

    private void align(int cell, int mark) {
        if (cell == TITLES.length - 1) {
            out.put('\n');
            return;
        }
        widths[cell] = Math.max(widths[cell], out.mark() - mark);
        if (RIGHT[cell]) {
            out.alignRight(mark, widths[cell]);
        } else {
            out.alignLeft(mark, widths[cell]);
        }
        out.put(' ');
        out.put(' ');
    }
}
