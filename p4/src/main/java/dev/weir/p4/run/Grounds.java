package dev.weir.p4.run;

import dev.weir.table.match.MatchTable;
import java.util.Arrays;
import java.util.List;

/**
 * By which entries the flows of a vector's packets were marked: of each packet that the program marked, in each table whose entries can go by themselves, the
 * one that it had hit by then. So who has flows carried knows which entries they depend on, and is told when one of those goes or says something else.
 *
 * <p>The worker's thread. Nothing allocates but where a table has grown.
 */
public final class Grounds {
    /** Is told of entries. */
    public interface Listener {
        /** An entry has gone, or packets have changed what it says. */
        void gone(int table, int entry);
    }

    /** Of {@link #entry}: the packet has hit none. */
    public static final int NONE = MatchTable.NONE;

    private final TableRun[] tables;
    /** By table and entry, how often it has gone. */
    private final int[][] ends;
    /** By packet and table, the entry, and how often it had gone. */
    private final int[] entries, times;

    private Listener listener = (_, _) -> {};

    Grounds(List<TableRun> all, int capacity) {
        tables = all.stream().filter(Grounds::canGo).toArray(TableRun[]::new);
        ends = new int[tables.length][];
        for (int t = 0; t < tables.length; t++) {
            ends[t] = new int[0];
            tables[t].ground(this, t);
        }
        entries = new int[capacity * tables.length];
        times = new int[capacity * tables.length];
    }

    private static boolean canGo(TableRun table) {
        return table.entries != null && (table.table.addOnMiss() || table.ages());
    }

    /** From now on it is told. */
    public void listen(Listener to) {
        listener = to;
    }

    /** How many tables there are whose entries can go. */
    public int tables() {
        return tables.length;
    }

    /** Another packet begins. */
    void begin() {
        for (TableRun table : tables) table.forget();
    }

    /** The program marks the flow of packet {@code i}. */
    void marked(int i) {
        for (int t = 0; t < tables.length; t++) {
            int entry = tables[t].entry(), at = i * tables.length + t;
            entries[at] = entry;
            times[at] = entry < 0 ? 0 : end(t, entry);
        }
    }

    /** The program says that the entries that the packet has hit are others now. */
    void recall() {
        for (int t = 0; t < tables.length; t++) {
            if (tables[t].entry() >= 0) gone(t, tables[t].entry());
        }
    }

    void gone(int table, int entry) {
        end(table, entry);
        ends[table][entry]++;
        listener.gone(table, entry);
    }

    private int end(int table, int entry) {
        if (entry >= ends[table].length) ends[table] = Arrays.copyOf(ends[table], Math.max(entry + 1, capacity(table)));
        return ends[table][entry];
    }

    private int capacity(int table) {
        MatchTable of = tables[table].entries;
        return of == null ? 0 : of.capacity();
    }

    /** By which entry of a table packet {@code i}, which the program marked, was; {@link #NONE}. */
    public int entry(int i, int table) {
        return entries[i * tables.length + table];
    }

    /** Whether all entries by which packet {@code i} was marked are there and say what they said. */
    public boolean holds(int i) {
        for (int t = 0; t < tables.length; t++) {
            int at = i * tables.length + t;
            if (entries[at] >= 0 && end(t, entries[at]) != times[at]) return false;
        }
        return true;
    }

    /** So many packets of flows that are carried by an entry went by, the last of them at {@code last}. */
    public void carried(int table, int entry, long packets, long octets, long last) {
        tables[table].carried(entry, packets, octets, last);
    }
}
