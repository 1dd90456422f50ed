package dev.weir.server.api;

import dev.weir.p4.control.ProgramSchema;
import dev.weir.p4.control.TableSchema;
import dev.weir.p4.tc.PortNames;
import dev.weir.p4.tc.TcCommand;
import dev.weir.p4.tc.TcFault;
import dev.weir.p4.tc.TcFilter;
import dev.weir.p4.tc.TcParser;

/** Expressions that choose entries of a table, as P4TC's tools write them. Stateless. */
final class EntryFilters {
    private static final int MAX_TEXT = 4096;

    private EntryFilters() {}

    /**
     * The filter that a text is; nothing chooses all.
     *
     * @throws Refusal when it is none
     */
    static TcFilter read(String text, ProgramSchema schema, TableSchema table, PortNames ports, String path) {
        if (text.isBlank()) return TcFilter.ALL;
        if (text.length() > MAX_TEXT)
            throw Refusal.field(path, "is longer than " + MAX_TEXT + " letters; make it shorter");
        String before = "get " + schema.name() + "/table/" + table.path() + " filter ";
        try {
            return new TcParser(schema, ports).parse(before + text) instanceof TcCommand.Dump dump
                    ? dump.filter()
                    : TcFilter.ALL;
        } catch (TcFault e) {
            int at = Math.max(0, e.at() - before.length());
            throw Refusal.field(path, "at " + (at + 1) + ": " + e.getMessage());
        }
    }
}
