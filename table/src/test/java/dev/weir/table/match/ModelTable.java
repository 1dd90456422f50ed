package dev.weir.table.match;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What a {@link MatchTable} should do, by going over a list of all entries. */
final class ModelTable {
    private static final int TICK_SHIFT = 24;

    static final class Entry {
        final MatchKey key;
        final int priority;
        final long id;
        long last;
        long lifetime;
        /** No deadline before this instant is to be told any more. */
        long from;

        Entry(MatchKey key, int priority, long id, long lifetime, long now) {
            this.key = key;
            this.priority = priority;
            this.id = id;
            this.lifetime = lifetime;
            last = now;
        }

        long deadline() {
            if (lifetime == 0) {
                return Long.MAX_VALUE;
            }
            long deadline = last + lifetime;
            return deadline >= from ? deadline : deadline + (from - deadline + lifetime - 1) / lifetime * lifetime;
        }
    }

    final List<Entry> entries = new ArrayList<>();
    /** By the entry's id, the deadline: who was told since {@link #told} was cleared. */
    final Map<Long, Long> told = new TreeMap<>();

    private final KeyLayout layout;
    private final boolean deletes;
    private long handled;

    ModelTable(KeyLayout layout, boolean deletes) {
        this.layout = layout;
        this.deletes = deletes;
    }

    @Nullable
    Entry find(MatchKey key, int priority) {
        boolean ignored = layout.kind() != TableKind.TERNARY;
        for (Entry entry : entries) {
            if (entry.key.equals(key) && (ignored || entry.priority == priority)) {
                return entry;
            }
        }
        return null;
    }

    /** Whether there is one that is not over; one that is goes. */
    boolean isInTheWay(MatchKey key, int priority, long now) {
        Entry entry = find(key, priority);
        return entry != null && !ends(entry, now);
    }

    private boolean ends(Entry entry, long now) {
        if (!deletes || entry.lifetime == 0 || now - entry.last < entry.lifetime) {
            return false;
        }
        told.put(entry.id, entry.deadline());
        entries.remove(entry);
        return true;
    }

    void add(MatchKey key, int priority, long id, long lifetime, long now) {
        entries.add(new Entry(key, priority, id, lifetime, now));
    }

    @Nullable
    Entry match(long[] packet, long now) {
        while (true) {
            Entry best = best(packet);
            if (best == null || !ends(best, now)) {
                return best;
            }
        }
    }

    private @Nullable Entry best(long[] packet) {
        Entry best = null;
        for (Entry entry : entries) {
            if (matches(entry.key, packet) && (best == null || rank(entry) > rank(best))) {
                best = entry;
            }
        }
        return best;
    }

    private long rank(Entry entry) {
        return switch (layout.kind()) {
            case EXACT -> 0;
            case LPM -> entry.key.maskBits();
            case TERNARY -> entry.priority;
        };
    }

    private boolean matches(MatchKey key, long[] packet) {
        for (int word = 0; word < packet.length; word++) {
            if ((packet[word] & key.mask[word]) != key.value[word]) {
                return false;
            }
        }
        int range = 0;
        for (int field = 0; field < layout.fields().size(); field++) {
            if (layout.fields().get(field).kind() == MatchKind.RANGE) {
                long value = layout.getLong(packet, 0, field);
                if (Long.compareUnsigned(value, key.bounds[2 * range]) < 0
                        || Long.compareUnsigned(value, key.bounds[2 * range + 1]) > 0) {
                    return false;
                }
                range++;
            }
        }
        return true;
    }

    void setLifetime(Entry entry, long lifetime) {
        entry.lifetime = lifetime;
        entry.from = deletes ? 0 : handled;
    }

    void expire(long now) {
        long target = now >>> TICK_SHIFT << TICK_SHIFT;
        for (Entry entry : List.copyOf(entries)) {
            long deadline = entry.deadline();
            if (deadline < target) {
                told.put(entry.id, deadline);
                entry.from = target;
                if (deletes) {
                    entries.remove(entry);
                }
            }
        }
        handled = target;
    }
}
