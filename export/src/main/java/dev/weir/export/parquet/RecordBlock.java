package dev.weir.export.parquet;

import dev.weir.table.FlowRecord;
import java.lang.foreign.MemorySegment;

/**
 * Some records one behind the other, each with its annex, as 64-bit words in native byte order: small enough to stay in the processor's cache
 * while one column after the other is taken out. Words of an array, since code that was just loaded reads them far quicker than a memory segment. One
 * thread; allocates nothing a record.
 */
public final class RecordBlock {
    /** How many records it has room for. */
    public static final int ROWS = 512;

    private final int stride;
    private final long[] words;
    private final MemorySegment segment;
    private int rows;

    /** @param annexSize octets of each record's annex, a multiple of 8 */
    RecordBlock(int annexSize) {
        this.stride = (FlowRecord.SIZE + annexSize) / Long.BYTES;
        this.words = new long[ROWS * stride];
        this.segment = MemorySegment.ofArray(words);
    }

    /** All its records' words. */
    public long[] words() {
        return words;
    }

    /** The same as memory. */
    public MemorySegment segment() {
        return segment;
    }

    /** From one record to the next, in words. */
    public int stride() {
        return stride;
    }

    /** How many records there are. */
    public int rows() {
        return rows;
    }

    void add(FlowRecord record) {
        long octets = (long) stride * Long.BYTES;
        MemorySegment.copy(record.segment(), record.offset(), segment, rows++ * octets, octets);
    }

    void clear() {
        rows = 0;
    }
}
