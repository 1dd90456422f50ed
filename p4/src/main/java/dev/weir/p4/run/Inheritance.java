package dev.weir.p4.run;

import java.util.List;

/**
 * What one worker's tables and resources became when another program took the place of the one that had them.
 *
 * @param tables of the program before, those whose entries are its own left out
 * @param kept resources that are not direct, whose cells go on
 * @param left resources that are not direct, whose cells are lost
 */
public record Inheritance(List<OfTable> tables, List<String> kept, List<String> left) {
    /** Nothing was there. */
    public static final Inheritance NONE = new Inheritance(List.of(), List.of(), List.of());

    public Inheritance {
        tables = List.copyOf(tables);
        kept = List.copyOf(kept);
        left = List.copyOf(left);
    }

    /**
     * The entries of a table that are not constants of its program.
     *
     * @param kept how many go on, with their times, counters and registers
     * @param left how many do not
     * @param why they do not; empty where all go on
     */
    public record OfTable(String table, long kept, long left, String why) {}

    /** How many entries go on. */
    public long entriesKept() {
        return tables.stream().mapToLong(OfTable::kept).sum();
    }

    /** How many entries are lost. */
    public long entriesLeft() {
        return tables.stream().mapToLong(OfTable::left).sum();
    }
}
