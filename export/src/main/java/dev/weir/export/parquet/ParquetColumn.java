package dev.weir.export.parquet;

import dev.weir.table.FlowRecord;

/**
 * A column: its name, its type, and how its value is taken from a record. Subclasses give what their type asks for: numbers, times and words
 * {@link #number}, texts the three parts of their key and {@link #text}. One thread; allocates nothing a record.
 */
public abstract class ParquetColumn {
    private final String name;
    private final ParquetType type;
    private final boolean optional;

    protected ParquetColumn(String name, ParquetType type, boolean optional) {
        this.name = name;
        this.type = type;
        this.optional = optional;
    }

    final String name() {
        return name;
    }

    final ParquetType type() {
        return type;
    }

    /** Whether it may have no value. */
    final boolean optional() {
        return optional;
    }

    /** The value as a number, as {@link ParquetType} has it; of a {@link ParquetType#WORD} which word. */
    public long number(FlowRecord record) {
        throw new IllegalStateException(name + " has no number");
    }

    /** Whether there is no value; asked of optional columns alone. */
    public boolean isNull(FlowRecord record) {
        return false;
    }

    /** A word by its number, ASCII. */
    public byte[] word(int number) {
        throw new IllegalStateException(name + " has no words");
    }

    /** What tells kinds of texts apart whose other parts may be equal, 0 to 255. */
    public int kind(FlowRecord record) {
        return 0;
    }

    /** The first half of what the text is made from. */
    public long high(FlowRecord record) {
        throw new IllegalStateException(name + " has no text");
    }

    /** The second half. */
    public long low(FlowRecord record) {
        throw new IllegalStateException(name + " has no text");
    }

    /**
     * Puts the text that these parts mean.
     *
     * @return how many octets, at most 64
     */
    public int text(int kind, long high, long low, byte[] into, int at) {
        throw new IllegalStateException(name + " has no text");
    }
}
