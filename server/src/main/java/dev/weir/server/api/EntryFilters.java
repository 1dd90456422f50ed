package dev.weir.server.api;

import dev.weir.p4.control.EntryState;
import dev.weir.p4.control.ProgramEvent;
import dev.weir.p4.control.ProgramSchema;
import dev.weir.p4.control.TableSchema;
import java.util.List;

/** Which entries of a table a call is about: an expression of P4TC's tools. Immutable; any thread. */
final class EntryFilters {
    private EntryFilters() {}

    /**
     * The filter that a text is.
     *
     * @param ports names by number
     * @throws Refusal when it is none
     */
    static EntryFilters read(String text, ProgramSchema schema, TableSchema table, List<String> ports, String path) {
        if (text.isBlank()) return new EntryFilters();
        throw Refusal.field(path, "is no filter");
    }

    boolean test(EntryState entry) {
        return true;
    }

    boolean test(ProgramEvent.OfEntry event) {
        return true;
    }
}
