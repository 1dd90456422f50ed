package dev.weir.cli;

import dev.weir.dataplane.RecordSink;
import dev.weir.dataplane.Tracker;
import dev.weir.export.ParquetRecords;
import dev.weir.export.ParquetRecords.Rows;
import dev.weir.export.duckdb.FlowQuery;
import dev.weir.export.duckdb.QueryException;
import dev.weir.export.duckdb.RecordFile;
import dev.weir.wire.CaptureException;
import dev.weir.wire.Captures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a query is over: record files as they are, and captures, which are tracked together, as one stream ordered by time, with the defaults of
 * {@code weir track}. In a folder every file with the suffix of records is one; all else there is taken for captures where there are no records.
 */
final class QuerySources {
    private static final String FLOWS = "flows";

    private final FlowQuery query;
    private final Path scratch;
    private final boolean progress;
    private final Streams streams;

    QuerySources(FlowQuery query, Path scratch, boolean progress, Streams streams) {
        this.query = query;
        this.scratch = scratch;
        this.progress = progress;
        this.streams = streams;
    }

    /** @return whether all of them were whole */
    boolean add(List<String> sources) throws QueryException, IOException {
        List<String> captures = new ArrayList<>();
        for (String source : sources) {
            if (!source.equals("-") && Files.isDirectory(Path.of(source))) {
                addFolder(source, captures);
            } else {
                addFile(source, captures);
            }
        }
        return captures.isEmpty() || track(captures);
    }

    private void addFile(String source, List<String> captures) throws QueryException, IOException {
        RecordFile records = source.equals("-") ? null : RecordFile.of(Path.of(source));
        if (records == null) {
            captures.add(source);
        } else if (!Files.isReadable(records.path())) {
            throw new IOException(source
                    + (Files.exists(records.path()) ? ": cannot be read; see its permissions" : ": no such file"));
        } else {
            query.add(FLOWS, records);
        }
    }

    private void addFolder(String folder, List<String> captures) throws QueryException, IOException {
        List<Path> records;
        try (Stream<Path> files = Files.walk(Path.of(folder))) {
            records = files.filter(QuerySources::isShown)
                    .filter(file -> Files.isRegularFile(file) && RecordFile.of(file) != null)
                    .sorted()
                    .toList();
        }
        for (Path file : records) {
            addFile(file.toString(), captures);
        }
        if (records.isEmpty()) {
            captures.add(folder);
        }
    }

    /** Hidden files are those that something is being written to. */
    private static boolean isShown(Path file) {
        Path name = file.getFileName();
        return name != null && !name.toString().startsWith(".");
    }

    private boolean track(List<String> captures) throws QueryException, IOException {
        Path records = scratch.resolve("captures.parquet");
        CaptureException damage;
        try (UntilDamage source = new UntilDamage(Captures.open(captures))) {
            try (RecordSink sink = ParquetRecords.toStream(Files.newOutputStream(records), Rows.RECORDS)) {
                Tracker tracker = Tracker.builder()
                        .workers(Runtime.getRuntime().availableProcessors())
                        .sink(sink)
                        .build();
                streams.interruption().onRequest(() -> {
                    tracker.stop();
                    source.abandon();
                    query.cancel();
                });
                try (Progress _ = progress ? new Progress(source, tracker::packets, streams.err()) : null) {
                    tracker.run(source);
                }
            }
            source.notes().forEach(note -> streams.err().println("weir: note: " + note));
            damage = source.damage();
        }
        query.add(FLOWS, new RecordFile(records, RecordFile.Format.PARQUET));
        return tell(damage);
    }

    private boolean tell(@Nullable CaptureException damage) {
        if (damage != null) {
            boolean began = damage.byteOffset() >= 0;
            streams.err()
                    .println("weir: " + damage.getMessage() + (began ? "; the flows up to there are queried" : ""));
        }
        return damage == null;
    }
}
