package dev.weir.export.parquet;

/**
 * A column: its name, its type, and how its values are taken from a block of records. Subclasses give what their type asks for: numbers, times and words
 * {@link #numbers}, texts {@link #texts} and {@link #text}, lists {@link #list}. One thread; allocates nothing a record.
 */
public abstract class ParquetColumn {
    /** Among {@link #numbers} of an optional column: there is no value. */
    public static final long NONE = Long.MIN_VALUE;
    /** No list is longer. */
    public static final int LONGEST_LIST = 255;
    /** Where a column says nothing else no text is longer, in octets. */
    public static final int LONGEST_TEXT = 64;

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

    /** Puts each record's value as a number, as {@link ParquetType} has it; of a {@link ParquetType#WORD} which word. */
    public void numbers(RecordBlock records, long[] into) {
        throw new IllegalStateException(name + " has no numbers");
    }

    /** A word by its number, ASCII. */
    public byte[] word(int number) {
        throw new IllegalStateException(name + " has no words");
    }

    /**
     * Puts what each record's text is made from.
     *
     * @param kinds tells texts apart whose halves may be equal, 0 to 255
     */
    public void texts(RecordBlock records, int[] kinds, long[] high, long[] low) {
        throw new IllegalStateException(name + " has no texts");
    }

    /**
     * Puts the text that these parts mean.
     *
     * @return how many octets, at most {@link #longestText}
     */
    public int text(int kind, long high, long low, byte[] into, int at) {
        throw new IllegalStateException(name + " has no text");
    }

    /** No text of the column is longer, in octets; less than 16 Mi. */
    public int longestText() {
        return LONGEST_TEXT;
    }

    /**
     * Puts one record's list.
     *
     * @return how many numbers, at most {@link #LONGEST_LIST}
     */
    public int list(RecordBlock records, int row, long[] into) {
        throw new IllegalStateException(name + " has no lists");
    }
}
