package dev.weir.cluster.job;

import dev.weir.cluster.job.JoinedFlow.Point;
import dev.weir.dataplane.RecordSink;
import dev.weir.export.ParquetRecords;
import dev.weir.export.parquet.ParquetColumn;
import dev.weir.export.parquet.ParquetType;
import dev.weir.export.parquet.RecordBlock;
import dev.weir.table.FlowRecord;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;

/**
 * Joined flows as Parquet: the columns of records, then those of {@link JoinedRows}, numbers as numbers and lists of them as lists; paths are one text, with a
 * semicolon between names. A record's annex has a word for each of these columns: the number, or the place of the text or list. One thread.
 */
final class JoinedColumns implements RowWriter {
    private static final String BETWEEN = ";";
    /** Records that the sink gathers before it asks for their lists are fewer. A power of two. */
    private static final int LISTS = 2 * RecordBlock.ROWS;

    private final List<ParquetColumn> columns = new ArrayList<>();
    private final List<ToLongFunction<JoinedFlow>> words = new ArrayList<>();
    private final RecordSink sink;
    private final FlowRecord view = new FlowRecord();

    private JoinedColumns(OutputStream out) throws IOException {
        number("sensors", JoinedFlow::sensors);
        number("records", JoinedFlow::records);
        text("fwd_sensor", JoinedFlow::forwardFrom);
        text("rev_sensor", JoinedFlow::reverseFrom);
        text("fwd_path", flow -> path(flow.forward()));
        list("fwd_path_packets", JoinedFlow::forward);
        text("rev_path", flow -> path(flow.reverse()));
        list("rev_path_packets", JoinedFlow::reverse);
        number("fwd_path_lost", flow -> JoinedFlow.lost(flow.forward()));
        number("rev_path_lost", flow -> JoinedFlow.lost(flow.reverse()));
        sink = ParquetRecords.toStream(out, columns, words.size() * Long.BYTES);
    }

    static RowWriter open(OutputStream out) throws IOException {
        return new JoinedColumns(out);
    }

    private static String path(List<Point> path) {
        return path.stream().map(Point::sensor).collect(Collectors.joining(BETWEEN));
    }

    private void number(String name, ToLongFunction<JoinedFlow> value) {
        columns.add(new Annexed(name, ParquetType.COUNT, words.size()));
        words.add(value);
    }

    private void text(String name, Function<JoinedFlow, String> value) {
        var column = new Texts(name, words.size());
        columns.add(column);
        words.add(flow -> column.place(value.apply(flow)));
    }

    private void list(String name, Function<JoinedFlow, List<Point>> value) {
        var column = new Counts(name, words.size());
        columns.add(column);
        words.add(flow -> column.place(value.apply(flow)));
    }

    @Override
    public void write(byte[] element) throws IOException {
        JoinedFlow flow = JoinedFlow.read(element);
        MemorySegment row = MemorySegment.ofArray(new long[FlowRecord.SIZE / Long.BYTES + words.size()]);
        MemorySegment.copy(flow.record().segment(), flow.record().offset(), row, 0, FlowRecord.SIZE);
        for (int i = 0; i < words.size(); i++) {
            row.set(
                    ValueLayout.JAVA_LONG,
                    FlowRecord.SIZE + (long) i * Long.BYTES,
                    words.get(i).applyAsLong(flow));
        }
        sink.accept(view.wrap(row, 0));
    }

    @Override
    public void close() throws IOException {
        sink.close();
    }

    /** A column whose numbers stand in the annex. */
    private static class Annexed extends ParquetColumn {
        private final int word;

        Annexed(String name, ParquetType type, int word) {
            super(name, type, false);
            this.word = word;
        }

        final long word(RecordBlock records, int row) {
            return records.words()[row * records.stride() + FlowRecord.SIZE / Long.BYTES + word];
        }

        @Override
        public void numbers(RecordBlock records, long[] into) {
            for (int row = 0; row < records.rows(); row++) {
                into[row] = word(records, row);
            }
        }
    }

    /** Texts, of which few differ: each is kept once for as long as the file is written. */
    private static final class Texts extends Annexed {
        private static final int LONGEST = 1 << 15;
        private final List<byte[]> texts = new ArrayList<>();
        private final Map<String, Integer> places = new HashMap<>();

        Texts(String name, int word) {
            super(name, ParquetType.TEXT, word);
        }

        long place(String text) {
            return places.computeIfAbsent(text, _ -> {
                byte[] octets = text.getBytes(StandardCharsets.US_ASCII);
                texts.add(octets.length <= LONGEST ? octets : Arrays.copyOf(octets, LONGEST));
                return texts.size() - 1;
            });
        }

        @Override
        public int longestText() {
            return LONGEST;
        }

        @Override
        public void texts(RecordBlock records, int[] kinds, long[] high, long[] low) {
            for (int row = 0; row < records.rows(); row++) {
                kinds[row] = 0;
                high[row] = word(records, row);
                low[row] = 0;
            }
        }

        @Override
        public int text(int kind, long high, long low, byte[] into, int at) {
            byte[] text = texts.get((int) high);
            System.arraycopy(text, 0, into, at, text.length);
            return text.length;
        }
    }

    /** Lists of numbers, kept until the sink has asked for them. */
    private static final class Counts extends Annexed {
        private final List<List<Point>> lists = new ArrayList<>();
        private int next;

        Counts(String name, int word) {
            super(name, ParquetType.COUNTS, word);
        }

        long place(List<Point> path) {
            int at = next++ & (LISTS - 1);
            if (at == lists.size()) {
                lists.add(path);
            } else {
                lists.set(at, path);
            }
            return at;
        }

        @Override
        public int list(RecordBlock records, int row, long[] into) {
            List<Point> path = lists.get((int) word(records, row));
            int size = Math.min(path.size(), LONGEST_LIST);
            for (int i = 0; i < size; i++) {
                into[i] = path.get(i).packets();
            }
            return size;
        }
    }
}
