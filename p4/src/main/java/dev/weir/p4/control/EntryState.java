package dev.weir.p4.control;

import dev.weir.p4.ir.Table;
import dev.weir.p4.run.MeterCounts;
import dev.weir.p4.run.MeterRates;
import dev.weir.p4.run.Origin;
import dev.weir.p4.run.ProfileRun.WeightedCall;
import dev.weir.p4.tc.Permissions;
import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An entry as it was when it was read, or when the event happened: of all workers that have it together. Times are nanoseconds since 1970, of the workers' clock.
 * Immutable.
 *
 * @param created whose it is
 * @param updated who changed it last; null for nobody
 * @param createdAt when
 * @param updatedAt when; 0 for never. Like {@code firstUsedAt} it is exact to a sixteen-millionth of the time since {@code createdAt}
 * @param firstUsedAt when the first packet hit it; 0 for never
 * @param lastUsedAt when the last packet hit it, or else when it was created; by the rules of PNA when its timer was restarted last
 * @param readAt when this was read: ages are differences to that
 * @param lifetimeNanos without a hit until it is idle; 0: it does not age
 * @param constant whether the control plane must leave it as it is
 * @param template whether the program was instantiated with it
 * @param metadata what the control plane remembers with it; empty for nothing
 * @param counters direct ones, by name: packets and bytes
 * @param meters direct ones that have rates, by name
 * @param colored how direct meters coloured packets, by name
 * @param registers direct ones, by name; of several workers that have the entry, what the first of them holds
 * @param set the actions of the group that is the entry's own; null where it has none, or that is not told
 */
public record EntryState(
        TableSchema table,
        EntryKey key,
        Table.Call call,
        Permissions permissions,
        Origin created,
        @Nullable Origin updated,
        long createdAt,
        long updatedAt,
        long firstUsedAt,
        long lastUsedAt,
        long readAt,
        long lifetimeNanos,
        boolean constant,
        boolean template,
        String metadata,
        Map<String, Counted> counters,
        Map<String, MeterRates> meters,
        Map<String, MeterCounts> colored,
        Map<String, BigInteger> registers,
        @Nullable List<WeightedCall> set) {
    /** The priority that P4TC shows of entries that packets added. */
    public static final int PACKETS_PRIORITY = 64_000;

    public EntryState {
        counters = Map.copyOf(counters);
        meters = Map.copyOf(meters);
        colored = Map.copyOf(colored);
        registers = Map.copyOf(registers);
        set = set == null ? null : List.copyOf(set);
    }

    public record Counted(long packets, long bytes) {
        Counted plus(Counted other) {
            return new Counted(packets + other.packets, bytes + other.bytes);
        }
    }

    /** Whether it refers to a group that is its own. */
    public boolean isOwnGroup() {
        return call.action().equals(Table.Call.GROUP)
                && call.arguments().getFirst().signum() < 0;
    }

    /** Whether it ages. */
    public boolean isDynamic() {
        return lifetimeNanos != 0;
    }
}
