package dev.weir.p4.stf;

import dev.weir.p4.ir.Pipeline;
import dev.weir.p4.ir.Table;
import dev.weir.p4.source.Diagnostics;
import dev.weir.p4.source.SourceFile;
import dev.weir.p4.source.Span;
import dev.weir.p4.stf.StfLine.Fault;
import java.util.ArrayList;
import java.util.List;

/**
 * Puts the entries of a text into a program, which then begins with them: the lines {@code add} and {@code setdefault} of a test, or
 * {@code table_add} and {@code table_set_default} as bmv2's command line has them.
 */
public final class StfEntries {
    private StfEntries() {}

    /** The program with the entries; lines with faults are told and left out. */
    public static Pipeline into(Pipeline pipeline, SourceFile file, Diagnostics diagnostics) {
        StfNames names = new StfNames(pipeline, diagnostics);
        CommandNames commands = new CommandNames(names);
        List<Table> tables = new ArrayList<>(pipeline.tables());
        int added = 0;
        for (StfStatement statement : StfReader.read(file, diagnostics)) {
            try {
                switch (statement) {
                    case StfStatement.Add add -> {
                        Table table = of(tables, names.table(add.table()));
                        if (refers(table, add.place(), diagnostics)) continue;
                        put(tables, with(table, names.entry(table, add, added++), add.place(), diagnostics));
                    }
                    case StfStatement.TableAdd add -> {
                        Table table = of(tables, names.table(add.table()));
                        if (refers(table, add.place(), diagnostics)) continue;
                        put(tables, with(table, commands.entry(table, add), add.place(), diagnostics));
                    }
                    case StfStatement.SetDefault s -> {
                        Table table = of(tables, names.table(s.table()));
                        put(tables, table.withDefault(names.call(table, s.action())));
                    }
                    case StfStatement.TableSetDefault s -> {
                        Table table = of(tables, names.table(s.table()));
                        put(tables, table.withDefault(commands.call(table, s)));
                    }
                    default ->
                        diagnostics.error(
                                statement.place(),
                                "stf-entries",
                                "only add, setdefault, table_add and table_set_default can stand here",
                                "remove the line");
                }
            } catch (Fault _) {
                // told
            }
        }
        return pipeline.withTables(tables);
    }

    /** Whether entries of the table refer to members, which cannot be there yet; that is told. */
    private static boolean refers(Table table, Span place, Diagnostics diagnostics) {
        if (table.implementation() == null) return false;
        String what = "entries of '" + table.name() + "' refer to members, which come later";
        diagnostics.error(place, "stf-entries", what, "remove the line");
        return true;
    }

    private static int indexOf(List<Table> tables, String name) {
        int at = 0;
        while (!tables.get(at).name().equals(name)) at++;
        return at;
    }

    /** The table as it has become. */
    private static Table of(List<Table> tables, Table table) {
        return tables.get(indexOf(tables, table.name()));
    }

    private static void put(List<Table> tables, Table table) {
        tables.set(indexOf(tables, table.name()), table);
    }

    private static Table with(Table table, Table.Entry entry, Span place, Diagnostics diagnostics) {
        List<Table.Entry> entries = new ArrayList<>(table.entries());
        boolean same = entries.stream()
                .anyMatch(each -> each.matches().equals(entry.matches())
                        && java.util.Objects.equals(each.priority(), entry.priority()));
        if (same || entries.size() == table.size()) {
            String why = same ? "there is one that matches the same" : "the table has " + table.size() + " already";
            diagnostics.error(place, "stf-entries", why, "remove the line");
            return table;
        }
        entries.add(entry);
        return table.withEntries(entries);
    }
}
