package dev.weir.p4.control;

import dev.weir.p4.ir.Match;
import dev.weir.p4.ir.Table;
import dev.weir.p4.tc.Permissions;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A table as the control plane knows it: numbers, names and types of P4TC, with the names and the sizes that the running program has. Numbers count
 * from 1. Immutable.
 *
 * @param name in the pipeline: {@code Main.flows}
 * @param path for P4TC's tools: {@code Main/flows}
 * @param direct names of the counters, meters and registers that each entry has
 * @param hit what an entry without an action does; null where the program does not say
 * @param miss what is done without an entry
 * @param addOnMiss whether packets may add entries
 * @param profile the action profile whose members entries refer to; null where they have actions
 */
public record TableSchema(
        int number,
        String name,
        String path,
        List<Key> keys,
        List<Action> actions,
        int size,
        Permissions permissions,
        List<String> direct,
        Table.@Nullable Call hit,
        Table.DefaultAction miss,
        boolean addOnMiss,
        Table.Idle idle,
        int profiles,
        @Nullable String profile) {
    public TableSchema {
        keys = List.copyOf(keys);
        actions = List.copyOf(actions);
        direct = List.copyOf(direct);
    }

    /** @param type as P4TC shows it: {@code dev}, {@code macaddr}, {@code ipv4}, {@code ipv6}, {@code be16}, or {@code bit} and the width */
    public record Key(int number, String name, String type, Table.MatchKind kind, int bits) {
        /** {@code exact}. */
        public String match() {
            return kind.name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * @param number 0 for {@code NoAction}
     * @param name in the pipeline
     * @param path for P4TC's tools, without the pipeline's name
     */
    public record Action(int number, String name, String path, Table.Scope scope, List<Parameter> parameters) {
        public Action {
            parameters = List.copyOf(parameters);
        }

        public boolean mayBeInEntries() {
            return scope != Table.Scope.DEFAULT_ONLY;
        }
    }

    /** Of an action, a cell or a digest. */
    public record Parameter(int number, String name, String type, int bits) {}

    public @Nullable Action action(String name) {
        return actions.stream()
                .filter(each -> each.name().equals(name))
                .findFirst()
                .orElse(null);
    }

    /** Whether entries have priorities: where a key is ternary, range or optional. */
    public boolean isOrdered() {
        return keys.stream().anyMatch(key -> key.kind().compareTo(Table.MatchKind.TERNARY) >= 0);
    }

    public boolean isExact() {
        return keys.stream().allMatch(key -> key.kind() == Table.MatchKind.EXACT);
    }

    public int keyBits() {
        return keys.stream().mapToInt(Key::bits).sum();
    }

    /** What an entry has to match for a key to be left out: everything; an exact key cannot be. */
    public static @Nullable Match anything(Key key) {
        return key.kind() == Table.MatchKind.EXACT ? null : new Match.Any();
    }
}
