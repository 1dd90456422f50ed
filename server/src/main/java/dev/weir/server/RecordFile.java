package dev.weir.server;

import dev.weir.dataplane.RecordSink;
import dev.weir.export.CsvSink;
import dev.weir.export.JsonLinesSink;
import dev.weir.export.ipfix.IpfixSink;
import dev.weir.server.config.Configuration.Records;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.function.LongSupplier;

/** The file that records go to. */
final class RecordFile {
    /** Of time stamps: nanoseconds. */
    private static final int DIGITS = 9;

    private RecordFile() {}

    /** Creates or empties the file; the message of a failure says which and what to do. */
    static RecordSink open(Records records, LongSupplier ignoredPackets) throws IOException {
        OutputStream file;
        try {
            file = new FileOutputStream(records.file());
        } catch (IOException e) {
            throw new IOException(
                    "records.output: cannot be written: " + e.getMessage() + "; give another file, or make its folder",
                    e);
        }
        return switch (records.format()) {
            case CSV -> records.events() ? CsvSink.ofEvents(file, () -> DIGITS) : CsvSink.ofRecords(file, () -> DIGITS);
            case IPFIX -> {
                IpfixSink ipfix = new IpfixSink(file, true);
                ipfix.ignoredPackets(ignoredPackets);
                yield ipfix;
            }
            case JSONL ->
                records.events()
                        ? JsonLinesSink.ofEvents(file, () -> DIGITS)
                        : JsonLinesSink.ofRecords(file, () -> DIGITS);
        };
    }
}
