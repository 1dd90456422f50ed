package dev.weir.p4.ir;

import dev.weir.table.cache.CachePolicy;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * A table: keys, what can be done, and what an entry carries. Without keys it always misses.
 *
 * @param defaultAction what is done on a miss
 * @param entries that are there from the begin and stay
 * @param size how many entries there can be
 * @param addOnMiss whether the default action may add an entry for the key that was missed
 * @param idle what happens to entries that are not hit
 * @param lifetimes to choose from, by the number of the profile, in nanoseconds; at first those of {@link #lifetimes(int)}
 * @param permissions bits as P4TC has them, control path above the data path; {@link #NO_PERMISSIONS} when the program says nothing
 * @param direct resources with a cell in each entry
 * @param cache which entries stay when packets add more than there is room for; {@code null} for those that came first
 * @param implementation where entries refer to members instead of having actions; {@code null} for a table whose entries have them
 */
public record Table(
        String name,
        List<Key> keys,
        List<ActionUse> actions,
        DefaultAction defaultAction,
        List<Entry> entries,
        int size,
        boolean addOnMiss,
        Idle idle,
        List<Long> lifetimes,
        int permissions,
        List<String> direct,
        @Nullable Cache cache,
        @Nullable Implementation implementation) {
    public static final int DEFAULT_SIZE = 1024, DEFAULT_PROFILES = 4, MOST_PROFILES = 256, NO_PERMISSIONS = -1;

    /** Lifetimes to choose from are multiples of this many nanoseconds where nothing else is said. */
    private static final long LIFETIME_STEP = 30_000_000_000L;

    /** The width of the place that says which action ran. */
    public static final int ACTION_BITS = 16;

    public Table {
        keys = List.copyOf(keys);
        actions = List.copyOf(actions);
        entries = List.copyOf(entries);
        lifetimes = List.copyOf(lifetimes);
        direct = List.copyOf(direct);
    }

    /** The same table that begins with these entries. */
    public Table withEntries(List<Entry> others) {
        return with(defaultAction, others);
    }

    /** The same table that does this on a miss. */
    public Table withDefault(Call call) {
        return with(new DefaultAction(call, defaultAction.constant()), entries);
    }

    private Table with(DefaultAction missed, List<Entry> others) {
        return new Table(
                name,
                keys,
                actions,
                missed,
                others,
                size,
                addOnMiss,
                idle,
                lifetimes,
                permissions,
                direct,
                cache,
                implementation);
    }

    /** What so many profiles are where nothing else is said: 30 s, 60 s and so on. */
    public static List<Long> lifetimes(int profiles) {
        return LongStream.rangeClosed(1, profiles)
                .map(n -> n * LIFETIME_STEP)
                .boxed()
                .toList();
    }

    /** How many lifetimes there are to choose from. */
    public int profiles() {
        return lifetimes.size();
    }

    /** All values that are computed when it is applied. */
    public List<Value> values() {
        List<Value> values = new ArrayList<>();
        for (Key key : keys) values.add(key.value());
        if (implementation != null && implementation.selection() != null) {
            values.add(implementation.selection().by());
        }
        return values;
    }

    /** What entries match, in the order of the keys. */
    public List<MatchField> fields() {
        return keys.stream().map(Key::field).toList();
    }

    public Value.Place hit() {
        return new Value.Place(name + ".$hit", 1);
    }

    public Value.Place ran() {
        return new Value.Place(name + ".$action", ACTION_BITS);
    }

    /** The number of an action in this table; -1 for one that it does not have. */
    public int actionNumber(String action) {
        for (int i = 0; i < actions.size(); i++) {
            if (actions.get(i).action().equals(action)) return i;
        }
        return -1;
    }

    public enum MatchKind {
        EXACT,
        LPM,
        TERNARY,
        RANGE,
        /** Exactly, or anything. */
        OPTIONAL
    }

    /** @param name as {@link MatchField} says */
    public record Key(String name, MatchKind kind, Value value) {
        public MatchField field() {
            return new MatchField(name, kind, value.width());
        }
    }

    public enum Scope {
        TABLE_AND_DEFAULT,
        TABLE_ONLY,
        DEFAULT_ONLY
    }

    public record ActionUse(String action, Scope scope) {}

    /** @param constant whether the control plane must leave it as it is */
    public record DefaultAction(Call call, boolean constant) {}

    /**
     * What an entry has done: an action with arguments as wide as its parameters, or in a table with an {@link Implementation} {@link #MEMBER} or
     * {@link #GROUP} with its number.
     */
    public record Call(String action, List<BigInteger> arguments) {
        /** In place of an action's name; no action is called so. */
        public static final String MEMBER = "$member", GROUP = "$group";

        public Call {
            arguments = List.copyOf(arguments);
        }

        /** What that member of the table's profile does. */
        public static Call member(long id) {
            return new Call(MEMBER, List.of(BigInteger.valueOf(id)));
        }

        /** What one member of that group of the table's profile does. */
        public static Call group(long id) {
            return new Call(GROUP, List.of(BigInteger.valueOf(id)));
        }

        public boolean refers() {
            return action.equals(MEMBER) || action.equals(GROUP);
        }
    }

    /**
     * What a table with add-on-miss does when it is full.
     *
     * @param byBytes whether use is counted in octets of packets
     * @param tenant the name of the key that says whose an entry is; {@code null} for one tenant
     * @param quota how many entries a tenant has at the most; 0 for no such limit
     */
    public record Cache(
            CachePolicy policy, boolean byBytes, @Nullable String tenant, int quota) {}

    /** Which key says whose an entry is, -1 for none. */
    public int tenantKey() {
        for (int i = 0; cache != null && i < keys.size(); i++) {
            if (keys.get(i).name().equals(cache.tenant)) return i;
        }
        return -1;
    }

    /**
     * Has entries refer to members of a profile.
     *
     * @param selection how one of a group is chosen; {@code null} for a profile without groups
     */
    public record Implementation(String profile, @Nullable Selection selection) {}

    /**
     * Of a group with n members (each counted as often as its weight says) a packet gets member {@code by % n}, in the order in which they were given.
     *
     * @param by a hash of what the packet is chosen by, at most 64 bits
     * @param empty what is done where a group has no members
     */
    public record Selection(Value by, Call empty) {}

    /**
     * @param matches one a key
     * @param priority of entries that match the same key the one with the lowest number wins; {@code null} where no key is ternary, range or
     *     optional
     * @param constant whether the control plane must leave it as it is
     */
    public record Entry(List<Match> matches, @Nullable Integer priority, Call call, boolean constant) {
        public Entry {
            matches = List.copyOf(matches);
        }
    }

    /** What happens to an entry that was not hit for its lifetime. */
    public enum Idle {
        /** Entries do not age. */
        NONE,
        /** Listeners are told, and again after every further lifetime; the entry stays. */
        NOTIFY,
        /** It is deleted. */
        DELETE
    }
}
