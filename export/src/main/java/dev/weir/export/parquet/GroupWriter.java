package dev.weir.export.parquet;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdCompressCtx;
import dev.weir.export.parquet.ColumnBuffer.Encoded;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Rows of the group that is being filled, and how a group becomes octets: for each column at most one dictionary page and one data page, compressed with zstd;
 * and what the footer says of it. One thread. Source: the Parquet format and its {@code parquet.thrift}.
 */
final class GroupWriter implements AutoCloseable {
    /** Rows of a group, where nothing else is said. */
    static final int ROWS = 1 << 17;
    /** With so many octets in lists a group is complete whatever its rows. */
    private static final long LIST_OCTETS = 32 << 20;

    private static final int DATA_PAGE = 0, DICTIONARY_PAGE = 2, ZSTD = 6, LEVEL = 1;

    private final List<ParquetColumn> columns;
    private final ColumnBuffer[] buffers;
    private final ZstdCompressCtx zstd;
    private final Octets dictionary = new Octets(1 << 12), page = new Octets(1 << 16), header = new Octets(128);
    private final CompactWriter headers = new CompactWriter(header);
    private final int groupRows;
    private int rows;

    /** @param groupRows how many rows a whole group has, unless its lists are long */
    GroupWriter(List<ParquetColumn> columns, int groupRows) throws IOException {
        this.columns = columns;
        this.groupRows = groupRows;
        this.buffers = columns.stream()
                .map(column -> ColumnBuffer.of(column, groupRows))
                .toArray(ColumnBuffer[]::new);
        try {
            this.zstd = new ZstdCompressCtx().setLevel(LEVEL);
        } catch (LinkageError e) {
            throw new IOException(
                    "the zstd library cannot be loaded on this machine (" + e.getMessage()
                            + "); write csv or json instead",
                    e);
        }
    }

    int rows() {
        return rows;
    }

    /** How many rows it takes before it is asked again whether it {@link #isComplete}. */
    int room() {
        return Math.min(RecordBlock.ROWS, groupRows - rows);
    }

    /** Whether what follows belongs into the next group. */
    boolean isComplete() {
        long octets = 0;
        for (ColumnBuffer buffer : buffers) {
            octets += buffer.listOctets();
        }
        return rows == groupRows || octets >= LIST_OCTETS;
    }

    void append(RecordBlock records) {
        for (ColumnBuffer buffer : buffers) {
            buffer.append(records);
        }
        rows += records.rows();
    }

    void clear() {
        for (ColumnBuffer buffer : buffers) {
            buffer.clear();
        }
        rows = 0;
    }

    /**
     * Puts the group's pages.
     *
     * @param position where in the file the first of these octets will be
     * @return the RowGroup of the footer
     */
    byte[] encode(long position, Octets out) {
        Octets chunks = new Octets(1 << 12);
        CompactWriter meta = new CompactWriter(chunks);
        meta.begin().structs(1, columns.size());
        int begin = out.size();
        long plainSize = 0;
        for (ColumnBuffer buffer : buffers) {
            plainSize += chunk(buffer, position - begin, out, meta);
        }
        meta.int64(2, plainSize)
                .int64(3, rows)
                .int64(5, position)
                .int64(6, out.size() - begin)
                .end();
        return chunks.copy();
    }

    /** @return the size of its pages before compression, headers included */
    private long chunk(ColumnBuffer buffer, long base, Octets out, CompactWriter meta) {
        dictionary.clear();
        page.clear();
        Encoded encoded = buffer.encode(dictionary, page);
        int begin = out.size();
        long plainSize = 0;
        boolean indexed = encoded.dictionaryValues > 0;
        if (indexed) {
            plainSize += page(DICTIONARY_PAGE, dictionary, encoded.dictionaryValues, ColumnBuffer.PLAIN, out);
        }
        int data = out.size();
        plainSize += page(DATA_PAGE, page, encoded.values, encoded.encoding, out);
        ParquetColumn column = buffer.column;
        meta.begin().int64(2, 0).struct(3).int32(1, column.type().physical.code);
        encodings(meta, encoded, column);
        path(meta, column);
        meta.int32(4, ZSTD)
                .int64(5, encoded.values)
                .int64(6, plainSize)
                .int64(7, out.size() - begin)
                .int64(9, base + data);
        if (indexed) {
            meta.int64(11, base + begin);
        }
        if (!column.type().isList()) {
            meta.struct(12).int64(3, encoded.nulls);
            if (encoded.min != null && encoded.max != null) {
                meta.binary(5, encoded.max).binary(6, encoded.min).flag(7, true).flag(8, true);
            }
            meta.end();
        }
        meta.end().end();
        return plainSize;
    }

    private static void path(CompactWriter meta, ParquetColumn column) {
        List<String> names =
                column.type().isList() ? List.of(column.name(), "list", "element") : List.of(column.name());
        meta.texts(3, names.size());
        for (String name : names) {
            meta.element(name.getBytes(StandardCharsets.UTF_8));
        }
    }

    private static void encodings(CompactWriter meta, Encoded encoded, ParquetColumn column) {
        boolean second = encoded.dictionaryValues > 0;
        if (column.optional() || column.type().isList()) {
            meta.int32s(2, second ? ColumnBuffer.PLAIN : encoded.encoding, encoded.encoding, ColumnBuffer.RLE);
        } else if (second) {
            meta.int32s(2, ColumnBuffer.PLAIN, encoded.encoding);
        } else {
            meta.int32s(2, encoded.encoding);
        }
    }

    private int page(int type, Octets content, int values, int encoding, Octets out) {
        int bound = Math.toIntExact(Zstd.compressBound(content.size()));
        header.clear();
        out.room(bound + 64);
        int headerAt = out.size();
        // The header has the compressed size: compress behind the room that it takes at the most, then move up.
        int bodyAt = headerAt + 64;
        int length = zstd.compressByteArray(out.array(), bodyAt, bound, content.array(), 0, content.size());
        headers.begin().int32(1, type).int32(2, content.size()).int32(3, length);
        if (type == DATA_PAGE) {
            headers.struct(5)
                    .int32(1, values)
                    .int32(2, encoding)
                    .int32(3, ColumnBuffer.RLE)
                    .int32(4, ColumnBuffer.RLE)
                    .end();
        } else {
            headers.struct(7).int32(1, values).int32(2, encoding).end();
        }
        headers.end();
        out.put(header);
        System.arraycopy(out.array(), bodyAt, out.array(), out.size(), length);
        out.advance(length);
        return header.size() + content.size();
    }

    @Override
    public void close() {
        zstd.close();
    }
}
