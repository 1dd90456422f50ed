package dev.weir.cluster.job;

import java.io.FileOutputStream;
import java.io.IOException;
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
    private final boolean joined;
    private final int timeDigits;
    /** Begins the names of its files: no other writer has the same, nor the one that takes its place. */
    private final String name;

    private long files;
    private String hidden = "";
    private @Nullable RowWriter sink;

    RecordFileWriter(Path folder, RecordFormat format, boolean joined, int timeDigits, String names) {
        this.folder = folder;
        this.format = format;
        this.joined = joined;
        this.timeDigits = timeDigits;
        String unique = UUID.randomUUID().toString().substring(0, 8);
        this.name = names + unique + "-";
    }

    @Override
    public void write(byte[] records, Context context) throws IOException {
        RowWriter to = sink;
        if (to == null) {
            hidden = name + files++ + format.suffix;
            to = format.open(new Durable(folder.resolve(hidden).toString()), joined, timeDigits);
            sink = to;
        }
        to.write(records);
    }

    @Override
    public void flush(boolean endOfInput) {}

    /** Completes the file that there is, if there is one. */
    @Override
    public Collection<String> prepareCommit() throws IOException {
        RowWriter complete = sink;
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
