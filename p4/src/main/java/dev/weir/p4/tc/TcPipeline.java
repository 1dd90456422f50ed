package dev.weir.p4.tc;

import java.math.BigInteger;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A program as P4TC's tools know it: tables and actions with their numbers, their paths ({@code Control/table}), and the types of their
 * values. Immutable.
 *
 * @param actions in the order of their numbers, from 1
 * @param tables in the order of their numbers, from 1
 */
public record TcPipeline(String name, List<Action> actions, List<Table> tables, List<Extern> externs) {
    public TcPipeline {
        actions = List.copyOf(actions);
        tables = List.copyOf(tables);
        externs = List.copyOf(externs);
    }

    /** @param type as tools show it: {@code dev}, {@code macaddr}, {@code ipv4}, {@code ipv6}, {@code be16}, or {@code bit} and the width */
    public record Parameter(String name, String type, int bits) {}

    /** @param number 0 for {@code NoAction}, which is part of every pipeline and has no path */
    public record Action(int number, String path, List<Parameter> parameters) {
        public static final String NO_ACTION = "NoAction";

        public Action {
            parameters = List.copyOf(parameters);
        }
    }

    public enum Match {
        EXACT,
        LPM,
        TERNARY,
        RANGE,
        OPTIONAL;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    public record Key(String name, String type, Match match, int bits) {}

    public enum Scope {
        TABLE_AND_DEFAULT("TableAndDefault"),
        TABLE_ONLY("TableOnly"),
        DEFAULT_ONLY("DefaultOnly");

        private final String spelling;

        Scope(String spelling) {
            this.spelling = spelling;
        }

        @Override
        public String toString() {
            return spelling;
        }
    }

    /**
     * An action in a table.
     *
     * @param annotations those that tools look for
     */
    public record Use(Action action, Scope scope, List<String> annotations) {
        public Use {
            annotations = List.copyOf(annotations);
        }
    }

    /**
     * What is done without an entry, or by entries that do not say.
     *
     * @param constant whether the control plane must leave it as it is
     * @param arguments one for each parameter; null for one that is given at run time
     */
    public record Default(Action action, boolean constant, List<@Nullable BigInteger> arguments) {
        public Default {
            arguments = java.util.Collections.unmodifiableList(new java.util.ArrayList<>(arguments));
        }
    }

    /** @param values one for each key, as a tool takes them: {@code 0x2b}, {@code 10.0.0.0/8}, {@code 5/0xff} */
    public record Entry(List<String> values, Action action, List<BigInteger> arguments) {
        public Entry {
            values = List.copyOf(values);
            arguments = List.copyOf(arguments);
        }
    }

    /**
     * @param size how many entries there can be
     * @param masks how many different masks
     * @param hit what entries without an action do, null for nothing
     * @param miss null where the program does not say
     * @param entries that are constant
     */
    public record Table(
            int number,
            String path,
            List<Key> keys,
            List<Use> actions,
            int size,
            int masks,
            Permissions permissions,
            @Nullable Default hit,
            @Nullable Default miss,
            List<Entry> entries,
            List<String> direct) {
        public Table {
            keys = List.copyOf(keys);
            actions = List.copyOf(actions);
            entries = List.copyOf(entries);
            direct = List.copyOf(direct);
        }

        /** The same table with other limits and rights. */
        Table with(int otherSize, int otherMasks, Permissions others, @Nullable Default otherHit) {
            return new Table(
                    number, path, keys, actions, otherSize, otherMasks, others, otherHit, miss, entries, direct);
        }

        public int keyBits() {
            return keys.stream().mapToInt(Key::bits).sum();
        }

        /** What the table as a whole is: where keys differ, the most that any of them needs. */
        public Match match() {
            Match most = Match.EXACT;
            for (Key key : keys) {
                Match needs = key.match.compareTo(Match.TERNARY) > 0 ? Match.TERNARY : key.match;
                if (needs.compareTo(most) > 0) most = needs;
            }
            return most;
        }
    }

    /** Kinds of externs that the control plane sees, with the numbers and permissions that P4TC gives them. */
    public enum Kind {
        COUNTER("Counter", "0x19000000", 0x1136, true),
        DIRECT_COUNTER("DirectCounter", "0x1A000000", 0x1136, true),
        METER("Meter", "0x1B000000", 0x1936, true),
        DIRECT_METER("DirectMeter", "0x1C000000", 0x19b6, true),
        REGISTER("Register", "0x1", 0x19b6, false),
        DIGEST("Digest", "0x05000000", 0x19b6, true);

        final String spelling;
        final String id;
        private final int permissions;
        final boolean executes;

        Kind(String spelling, String id, int permissions, boolean executes) {
            this.spelling = spelling;
            this.id = id;
            this.permissions = permissions;
            this.executes = executes;
        }

        Permissions permissions() {
            return new Permissions(permissions);
        }

        boolean isDirect() {
            return this == DIRECT_COUNTER || this == DIRECT_METER;
        }

        static @Nullable Kind of(String spelling) {
            for (Kind kind : values()) {
                if (kind.spelling.equals(spelling)) return kind;
            }
            return null;
        }

        @Override
        public String toString() {
            return spelling;
        }
    }

    /**
     * An instance.
     *
     * @param number among those of its kind, from 1
     * @param name with its control: {@code ingress.reg1}
     * @param cells how many there are
     * @param unit 0 for packets, 1 for octets, 2 for both; null where nothing is counted
     * @param parameters what a cell has, behind its index
     */
    public record Extern(
            Kind kind,
            int number,
            String name,
            int cells,
            @Nullable Integer unit,
            List<Parameter> parameters) {
        public Extern {
            parameters = List.copyOf(parameters);
        }
    }
}
