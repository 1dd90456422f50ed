package dev.weir.cluster.job;

import dev.weir.dataplane.RecordSink;
import dev.weir.table.FlowRecord;
import java.io.FileOutputStream;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import org.apache.flink.api.connector.sink2.CommittingSinkWriter;
import org.jspecify.annotations.Nullable;

/** Writes the files of one of the parallel writers of a {@link RecordFileSink}. One thread. */
final class RecordFileWriter implements CommittingSinkWriter<byte[], String> {
    private final Path folder;
    private final RecordFormat format;
    private final int timeDigits;
    /** Begins the names of its files: no other writer has the same, nor the one that takes its place. */
    private final String name;

    private final FlowRecord view = new FlowRecord();
    private long files;
    private String hidden = "";
    private @Nullable RecordSink sink;

    RecordFileWriter(Path folder, RecordFormat format, int timeDigits, String names) {
        this.folder = folder;
        this.format = format;
        this.timeDigits = timeDigits;
        String unique = UUID.randomUUID().toString().substring(0, 8);
        this.name = names + unique + "-";
    }

    @Override
    public void write(byte[] records, Context context) throws IOException {
        RecordSink to = sink;
        if (to == null) {
            hidden = name + files++ + format.suffix;
            to = format.open(new Durable(folder.resolve(hidden).toString()), timeDigits);
            sink = to;
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment octets = arena.allocate(records.length, 8);
            octets.copyFrom(MemorySegment.ofArray(records));
            for (long at = 0; at < records.length; at += FlowRecord.SIZE) {
                to.accept(view.wrap(octets, at));
            }
        }
    }

    @Override
    public void flush(boolean endOfInput) {}

    /** Completes the file that there is, if there is one. */
    @Override
    public Collection<String> prepareCommit() throws IOException {
        RecordSink complete = sink;
        if (complete == null) {
            return List.of();
        }
        complete.close();
        sink = null;
        return List.of(hidden);
    }

    @Override
    public void close() throws IOException {
        if (sink != null) {
            sink.close();
            sink = null;
        }
    }

    /** A file whose octets are on the disk when it is closed. */
    private static final class Durable extends FileOutputStream {
        Durable(String name) throws IOException {
            super(name);
        }

        @Override
        public void close() throws IOException {
            if (getFD().valid()) {
                getFD().sync();
            }
            super.close();
        }
    }
}
