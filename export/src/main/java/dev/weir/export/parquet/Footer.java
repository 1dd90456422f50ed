package dev.weir.export.parquet;

import java.nio.charset.StandardCharsets;
import java.util.List;

/** What ends a Parquet file: the schema, the groups, its own length, the magic word. Kept as octets, some 3 KB a group. One thread. */
final class Footer {
    static final byte[] MAGIC = "PAR1".getBytes(StandardCharsets.US_ASCII);
    private static final int VERSION = 2, REQUIRED = 0, OPTIONAL = 1, REPEATED = 2, LIST = 3;
    /** Beside the list itself. */
    private static final int ELEMENTS_OF_A_LIST = 2;

    private final List<ParquetColumn> columns;
    private final String writer;
    private final Octets groups = new Octets(1 << 12);
    private int count;
    private long rows;

    /** @param writer which program made the file, such as {@code weir version 1.0} */
    Footer(List<ParquetColumn> columns, String writer) {
        this.columns = columns;
        this.writer = writer;
    }

    long rows() {
        return rows;
    }

    int size() {
        return groups.size();
    }

    /** A group that stays. */
    void add(byte[] group, int groupRows) {
        groups.put(group, 0, group.length);
        count++;
        rows += groupRows;
    }

    /** Puts the footer with all groups so far, and one more for now where that has rows. */
    void encode(byte[] last, int lastRows, Octets out) {
        int begin = out.size();
        CompactWriter meta = new CompactWriter(out);
        int inside =
                (int) columns.stream().filter(column -> column.type().isList()).count() * ELEMENTS_OF_A_LIST;
        meta.begin().int32(1, VERSION).structs(2, 1 + columns.size() + inside);
        meta.begin().text(4, "flows").int32(5, columns.size()).end();
        for (ParquetColumn column : columns) {
            if (column.type().isList()) {
                list(column, meta);
            } else {
                leaf(column, column.name(), meta);
            }
        }
        meta.int64(3, rows + lastRows).structs(4, count + (lastRows > 0 ? 1 : 0));
        out.put(groups);
        if (lastRows > 0) {
            out.put(last, 0, last.length);
        }
        meta.text(6, writer).structs(7, columns.size());
        for (int i = 0; i < columns.size(); i++) {
            meta.begin().empty(1).end();
        }
        meta.end();
        out.putInt(out.size() - begin);
        out.put(MAGIC, 0, MAGIC.length);
    }

    /** As the format has lists: a group, in it one that repeats, in it the element. */
    private static void list(ParquetColumn column, CompactWriter meta) {
        meta.begin().int32(3, REQUIRED).text(4, column.name()).int32(5, 1).int32(6, LIST);
        meta.struct(10).empty(3).end().end();
        meta.begin().int32(3, REPEATED).text(4, "list").int32(5, 1).end();
        leaf(column, "element", meta);
    }

    private static void leaf(ParquetColumn column, String name, CompactWriter meta) {
        meta.begin()
                .int32(1, column.type().physical.code)
                .int32(3, column.optional() ? OPTIONAL : REQUIRED)
                .text(4, name);
        column.type().describe(meta);
        meta.end();
    }
}
