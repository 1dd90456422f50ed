package dev.weir.p4.stf;

import dev.weir.p4.ir.Pipeline;
import dev.weir.p4.ir.Table;
import dev.weir.p4.source.Diagnostics;
import dev.weir.p4.source.SourceFile;
import dev.weir.p4.source.Span;
import dev.weir.p4.stf.StfLine.Fault;
import java.util.ArrayList;
import java.util.List;

/** Puts the entries of a text into a program, which then begins with them: the lines {@code add} and {@code setdefault} of a test. */
public final class StfEntries {
    private StfEntries() {}

    /** The program with the entries; lines with faults are told and left out. */
    public static Pipeline into(Pipeline pipeline, SourceFile file, Diagnostics diagnostics) {
        StfNames names = new StfNames(pipeline, diagnostics);
        List<Table> tables = new ArrayList<>(pipeline.tables());
        int added = 0;
        for (StfStatement statement : StfReader.read(file, diagnostics)) {
            try {
                switch (statement) {
                    case StfStatement.Add add -> {
                        Table table = names.table(add.table());
                        if (table.implementation() != null) {
                            String what = "entries of '" + table.name() + "' refer to members, which come later";
                            diagnostics.error(add.place(), "stf-entries", what, "remove the line");
                            continue;
                        }
                        int at = indexOf(tables, table.name());
                        tables.set(
                                at, with(tables.get(at), names.entry(table, add, added++), add.place(), diagnostics));
                    }
                    case StfStatement.SetDefault s -> {
                        Table table = names.table(s.table());
                        int at = indexOf(tables, table.name());
                        tables.set(at, tables.get(at).withDefault(names.call(table, s.action())));
                    }
                    default ->
                        diagnostics.error(
                                statement.place(),
                                "stf-entries",
                                "only add and setdefault can stand here",
                                "remove the line");
                }
            } catch (Fault _) {
                // told
            }
        }
        return pipeline.withTables(tables);
    }

    private static int indexOf(List<Table> tables, String name) {
        int at = 0;
        while (!tables.get(at).name().equals(name)) at++;
        return at;
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
