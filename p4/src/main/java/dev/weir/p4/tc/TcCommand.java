package dev.weir.p4.tc;

import dev.weir.p4.control.CellSchema;
import dev.weir.p4.control.Change;
import dev.weir.p4.control.EntryKey;
import dev.weir.p4.control.ProfileSchema;
import dev.weir.p4.control.TableSchema;
import dev.weir.p4.control.ValueSetSchema;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a line of P4TC's {@code p4ctrl}, or of its monitor, asks for. Immutable. */
public sealed interface TcCommand {
    /** Changes, one after the other; the first that fails ends it. */
    record Write(List<Change> changes) implements TcCommand {
        public Write {
            changes = List.copyOf(changes);
        }
    }

    /** One entry. */
    record Get(TableSchema table, EntryKey key) implements TcCommand {}

    /** The entries of a table that the filter holds for. */
    record Dump(TableSchema table, TcFilter filter) implements TcCommand {}

    /** @param index null for all cells */
    record GetCells(CellSchema cell, @Nullable Integer index) implements TcCommand {}

    /**
     * What an action profile has; all of it where neither number is given.
     *
     * @param member the number of the only one
     * @param group the number of the only one
     */
    record GetMembers(
            ProfileSchema profile,
            @Nullable Long member,
            @Nullable Long group) implements TcCommand {}

    /** What a value set consists of. */
    record GetValues(ValueSetSchema set) implements TcCommand {}

    /** @param session null for all mirror sessions */
    record GetSessions(@Nullable Integer session) implements TcCommand {}

    /** @param table null for events of all tables */
    record Monitor(@Nullable TableSchema table, TcFilter filter) implements TcCommand {}

    record MonitorDigests() implements TcCommand {}

    /** What can be written there. */
    record Help(String text) implements TcCommand {}
}
