package dev.weir.export.parquet;

import dev.weir.dataplane.RecordSink;
import dev.weir.table.FlowRecord;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * Records as a Parquet file, in groups of 131,072, fewer where their lists take 32 MiB. A file is whole for readers from the beginning on, at any moment, and after the process was
 * killed: with the groups that were complete at the last publication, which comes once a second at the most, and with fewer records
 * than a group after ten seconds; what then follows takes the place of such a short group, so that all but the last are full. A
 * stream is whole when it is closed.
 *
 * <p>Where groups are many the footer grows, 3 KB for each. So that footers do not outweigh records, one is written when as many octets
 * came since the last, or after ten seconds.
 *
 * <p>Records are gathered in a block that stays in the processor's cache, and then taken apart column by column. Memory: some 180
 * octets for each record of a group and up to some 130 MB for its lists, of compressed groups that wait for publication at most 32 MiB, and the footer. One thread; allocates
 * a group, not a record. Fails as the place does.
 */
public final class ParquetSink implements RecordSink {
    private static final int MAX_WAITING = 32 << 20;
    private static final long LEAST_NANOS = 1_000_000_000L, MOST_NANOS = 10_000_000_000L;

    private final Destination to;
    private final LongSupplier clock;
    private final GroupWriter group;
    private final Footer footer;
    private final RecordBlock block;
    /** Groups that are complete and not in the file yet, then the end of it. */
    private final Octets waiting = new Octets(1 << 16), end = new Octets(1 << 14);

    /** How many records the block may hold, so that it ends with the group. */
    private int blockEnd;

    /** Octets of groups in the file; those that wait begin there. */
    private long position;

    private long sincePublished;
    private long publishedAt;
    private int publishedRows;
    private boolean closed, failed;

    private ParquetSink(
            Destination to,
            List<ParquetColumn> columns,
            int annexSize,
            String writer,
            LongSupplier clock,
            int groupRows)
            throws IOException {
        this.to = to;
        this.clock = clock;
        this.group = new GroupWriter(columns, groupRows);
        this.blockEnd = group.room();
        this.footer = new Footer(columns, writer);
        this.block = new RecordBlock(annexSize);
        this.publishedAt = clock.getAsLong();
        waiting.put(Footer.MAGIC, 0, Footer.MAGIC.length);
    }

    /**
     * @param annexSize octets of each record's annex, a multiple of 8, which columns may read; 0 for none
     * @param writer which program makes the file
     */
    public static ParquetSink ofFile(Path file, List<ParquetColumn> columns, int annexSize, String writer)
            throws IOException {
        return open(SwappedFile.create(file), columns, annexSize, writer, System::nanoTime, GroupWriter.ROWS);
    }

    /** The same into a stream, which is closed with it. */
    public static ParquetSink ofStream(OutputStream out, List<ParquetColumn> columns, int annexSize, String writer)
            throws IOException {
        return open(new StreamDestination(out), columns, annexSize, writer, System::nanoTime, GroupWriter.ROWS);
    }

    static ParquetSink open(
            Destination to,
            List<ParquetColumn> columns,
            int annexSize,
            String writer,
            LongSupplier clock,
            int groupRows)
            throws IOException {
        try {
            var sink = new ParquetSink(to, columns, annexSize, writer, clock, groupRows);
            if (to.publishes()) {
                sink.publish(0);
            }
            return sink;
        } catch (IOException | RuntimeException e) {
            to.close();
            throw e;
        }
    }

    /** Records so far. */
    public long rows() {
        return footer.rows() + group.rows() + block.rows();
    }

    @Override
    public void accept(FlowRecord record) throws IOException {
        block.add(record);
        if (block.rows() == blockEnd) {
            drain();
            if (group.isComplete()) {
                complete();
            }
            publishInTime();
        }
    }

    @Override
    public void flush() throws IOException {
        idle();
    }

    @Override
    public void idle() throws IOException {
        if (block.rows() + group.rows() > publishedRows || sincePublished > 0) {
            publishInTime();
        }
    }

    /** Writes the rest and the end. */
    @Override
    public void close() throws IOException {
        if (closed) {
            return;
        }
        closed = true;
        try (to;
                group) {
            if (!failed) {
                drain();
                if (group.rows() > 0) {
                    complete();
                }
                publish(0);
            }
        }
    }

    private void drain() {
        group.append(block);
        block.clear();
        blockEnd = group.room();
    }

    private void complete() throws IOException {
        int before = waiting.size();
        footer.add(group.encode(position + before, waiting), group.rows());
        sincePublished += waiting.size() - before;
        group.clear();
        blockEnd = group.room();
        publishedRows = 0;
        if (!to.publishes() || waiting.size() > MAX_WAITING) {
            append();
        }
    }

    private void publishInTime() throws IOException {
        if (!to.publishes()) {
            return;
        }
        long age = clock.getAsLong() - publishedAt;
        if (age >= MOST_NANOS && to.extraCost() == 0) {
            drain();
            publish(group.rows());
        } else if (age >= LEAST_NANOS && sincePublished > 0 && sincePublished >= footer.size() + to.extraCost()) {
            publish(0);
        }
    }

    private void append() throws IOException {
        try {
            to.append(waiting);
        } catch (IOException e) {
            failed = true;
            throw e;
        }
        position += waiting.size();
        waiting.clear();
    }

    /** @param shortRows of the group that is being filled, all of them or 0 for none */
    private void publish(int shortRows) throws IOException {
        append();
        end.clear();
        byte[] last = shortRows > 0 ? group.encode(position, end) : new byte[0];
        footer.encode(last, shortRows, end);
        try {
            to.publish(end);
        } catch (IOException e) {
            failed = true;
            throw e;
        }
        publishedAt = clock.getAsLong();
        publishedRows = shortRows;
        sincePublished = 0;
    }
}
