package dev.weir.server.api;

import dev.weir.api.v1.ProgramEvent.Kind;
import dev.weir.p4.control.ProgramEvent;
import dev.weir.p4.tc.TcFilter;
import dev.weir.server.programs.ProgramEventLog;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which events a watcher wants. Immutable.
 *
 * @param node of the program; empty for all
 * @param table its name in the pipeline; null for all
 * @param filter of entries
 * @param kinds none for all
 */
record EntryInterest(String node, @Nullable String table, TcFilter filter, Set<Kind> kinds) {
    boolean wants(ProgramEventLog.Logged logged) {
        if (!node.isEmpty() && !node.equals(logged.program().node())) return false;
        ProgramEvent event = logged.event();
        Kind kind = EventMessages.kind(event);
        if (!kinds.isEmpty() && !kinds.contains(kind)) return false;
        return switch (event) {
            case ProgramEvent.OfEntry e ->
                (table == null || table.equals(e.entry().table().name())) && filter.matches(e);
            case ProgramEvent.Flushed e ->
                table == null || table.equals(e.table().name());
            case ProgramEvent.OfDigest _ -> table == null;
            case ProgramEvent.Lost _ -> true;
        };
    }
}
