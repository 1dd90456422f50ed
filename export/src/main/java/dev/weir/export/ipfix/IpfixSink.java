package dev.weir.export.ipfix;

import dev.weir.dataplane.RecordSink;
import dev.weir.table.FlowEvent;
import dev.weir.table.FlowRecord;
import java.io.IOException;
import java.io.OutputStream;
import java.util.function.LongSupplier;

/**
 * Flow records as an IPFIX file (RFC 5655): messages one after the other. The same records give the same octets: the time of export is that of the
 * newest record; but for live ones, whose messages end where nothing comes for a moment. One thread; allocates nothing a record. Fails as the stream does.
 */
public final class IpfixSink implements RecordSink {
    private final OutputStream out;
    private final boolean live;
    private final MessageWriter writer;

    /** @param live whether records are to be read before the message that they are in is full */
    public IpfixSink(OutputStream out, boolean live) {
        this(out, live, ExportFormat.ofFile());
    }

    IpfixSink(OutputStream out, boolean live, ExportFormat format) {
        this.out = out;
        this.live = live;
        this.writer = new MessageWriter(format, null, () -> 0);
    }

    /** Where the number of packets comes from that are in no flow; told with the counters. */
    public void ignoredPackets(LongSupplier source) {
        writer.totals.ignoredPackets = source;
    }

    /** Takes final records; passes other events over. */
    @Override
    public void accept(FlowRecord record) throws IOException {
        if (record.kind() != FlowEvent.ENDED) {
            return;
        }
        while (!writer.add(record)) {
            write();
        }
    }

    private void write() throws IOException {
        int octets = writer.finish();
        if (octets > 0) {
            out.write(writer.octets(), 0, octets);
            writer.sent();
        }
    }

    /** Ends the message that was begun, where records are live. */
    @Override
    public void flush() throws IOException {
        if (live) {
            write();
        }
        out.flush();
    }

    @Override
    public void close() throws IOException {
        try (out) {
            writer.addCounters();
            write();
        }
    }
}
