package dev.weir.cluster.job;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Collection;
import org.apache.flink.api.connector.sink2.Committer;
import org.apache.flink.api.connector.sink2.CommitterInitContext;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.api.connector.sink2.SupportsCommitter;
import org.apache.flink.api.connector.sink2.WriterInitContext;
import org.apache.flink.core.io.SimpleVersionedSerializer;

/**
 * Records into files of a folder, each exactly once. A writer has one hidden file at a time; with each checkpoint it is
 * completed, and gets its name when the checkpoint is. What was written after the last complete checkpoint stays hidden,
 * and is written again. So whoever reads {@code part-*} reads each record once, up to the last checkpoint.
 *
 * <p>The folder is one that all workers reach under the same name.
 */
final class RecordFileSink implements Sink<byte[]>, SupportsCommitter<String> {
    private static final long serialVersionUID = 1L;
    /** What names of complete files begin with, and those of others. */
    static final String PREFIX = "part-", HIDDEN = ".part-";

    private final String folder;
    private final RecordFormat format;
    private final boolean joined;
    private final int timeDigits;
    private final String run;

    /**
     * @param joined whether elements are {@link JoinedFlow}s; else records one behind the other
     * @param run part of the names of the files, unlike that of any other run
     */
    RecordFileSink(String folder, RecordFormat format, boolean joined, int timeDigits, String run) {
        this.joined = joined;
        this.run = run;
        this.folder = folder;
        this.format = format;
        this.timeDigits = timeDigits;
    }

    @Override
    public SinkWriter<byte[]> createWriter(WriterInitContext context) throws IOException {
        Path path = Files.createDirectories(Path.of(folder));
        return new RecordFileWriter(
                path,
                format,
                joined,
                timeDigits,
                HIDDEN + run + "-" + context.getTaskInfo().getIndexOfThisSubtask() + "-");
    }

    @Override
    public Committer<String> createCommitter(CommitterInitContext context) {
        return new Renaming(folder);
    }

    @Override
    public SimpleVersionedSerializer<String> getCommittableSerializer() {
        return new Names();
    }

    /** Gives complete files their names, which are on the disk then. Doing so twice does nothing more. */
    private record Renaming(String folder) implements Committer<String> {
        @Override
        public void commit(Collection<CommitRequest<String>> requests) throws IOException {
            for (CommitRequest<String> request : requests) {
                String hidden = request.getCommittable();
                Path from = Path.of(folder, hidden), to = Path.of(folder, hidden.substring(1));
                if (Files.exists(from)) {
                    Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
                } else if (!Files.exists(to)) {
                    throw new IOException(
                            from + ": is gone before it got its name; nobody else may change files of this folder");
                }
            }
            try (FileChannel names = FileChannel.open(Path.of(folder), StandardOpenOption.READ)) {
                names.force(true);
            }
        }

        @Override
        public void close() {}
    }

    /** Names as octets. */
    private static final class Names implements SimpleVersionedSerializer<String> {
        @Override
        public int getVersion() {
            return 1;
        }

        @Override
        public byte[] serialize(String name) {
            return name.getBytes(StandardCharsets.UTF_8);
        }

        @Override
        public String deserialize(int version, byte[] octets) {
            return new String(octets, StandardCharsets.UTF_8);
        }
    }
}
