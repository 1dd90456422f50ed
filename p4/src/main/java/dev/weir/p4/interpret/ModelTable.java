package dev.weir.p4.interpret;

import dev.weir.p4.ir.Match;
import dev.weir.p4.ir.Table;
import dev.weir.p4.run.Rules;
import dev.weir.table.cache.PlainCache;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A table as a list that is searched from its begin to its end. */
public final class ModelTable {
    /** An entry; the arrays and maps of it belong to the program. */
    static final class Held {
        final Table.Entry entry;
        final Map<String, BigInteger> registers = new HashMap<>();
        final Map<String, long[]> counters = new HashMap<>();
        final Map<String, ModelMeter> meters = new HashMap<>();
        long lifetime;
        long last;

        Held(Table.Entry entry, long lifetime, long last) {
            this.entry = entry;
            this.lifetime = lifetime;
            this.last = last;
        }

        boolean over(long now) {
            return lifetime != 0 && last + lifetime <= now;
        }
    }

    private final Table table;
    private final Rules rules;
    private final @Nullable ModelProfile profile;
    private final @Nullable ModelCache cache;
    private final List<Held> entries = new ArrayList<>();
    private final long[] lifetimes;
    private Table.Call defaultCall;

    /** Bits of a table's permissions: what packets may do with entries. */
    private static final int CREATE = 1 << 6, READ = 1 << 5, UPDATE = 1 << 4, EXECUTE = 1 << 2;

    /** @param seed of hashes */
    ModelTable(Table table, Rules rules, @Nullable ModelProfile profile, long seed) {
        this.table = table;
        cache = ModelCache.of(table, seed);
        this.profile = profile;
        this.rules = rules;
        defaultCall = table.defaultAction().call();
        lifetimes = table.lifetimes().stream().mapToLong(Long::longValue).toArray();
        for (Table.Entry entry : table.entries()) insert(entry, 0, 0);
    }

    Table.Call defaultCall() {
        return defaultCall;
    }

    public void setDefault(Table.Call call) {
        defaultCall = call;
    }

    public int size() {
        return entries.size();
    }

    /** Adds an entry, unless one matches the same, the table is full, or what it refers to is not there. */
    public boolean insert(Table.Entry entry, long lifetime, long now) {
        if (exact(entry) != null || (profile != null && !profile.has(entry.call()))) return false;
        if (entries.size() == table.size()) {
            Held victim = cache == null ? null : cache.victim();
            if (victim == null) return false;
            remove(victim);
        }
        Held held = new Held(entry, lifetime, now);
        entries.add(held);
        if (cache != null) cache.put(held);
        return true;
    }

    private void remove(Held held) {
        entries.remove(held);
        if (cache != null) cache.removed(held);
    }

    public boolean delete(Table.Entry entry) {
        Held held = exact(entry);
        if (held != null) remove(held);
        return held != null;
    }

    private @Nullable Held exact(Table.Entry entry) {
        for (Held held : entries) {
            boolean samePriority = java.util.Objects.equals(held.entry.priority(), entry.priority());
            if (samePriority && Matches.same(held.entry.matches(), entry.matches(), table.fields())) return held;
        }
        return null;
    }

    void expire(long now) {
        if (rules != Rules.P4TC && table.idle() != Table.Idle.DELETE) return;
        entries.stream().filter(held -> held.over(now)).toList().forEach(this::remove);
    }

    /** @param bytes of the packet */
    @Nullable
    Held match(List<BigInteger> keys, long now, int bytes) {
        if (table.keys().isEmpty()) return null;
        Held best = null;
        for (Held held : entries) {
            if (Matches.match(held.entry.matches(), keys) && (best == null || better(held, best))) best = held;
        }
        if (best != null && !best.entry.constant() && !(may(READ) && may(EXECUTE))) return null;
        if (best != null && rules == Rules.P4TC) best.last = now;
        if (best != null && cache != null) cache.hit(best, bytes);
        return best;
    }

    private boolean may(int permission) {
        return table.permissions() < 0 || (table.permissions() & permission) != 0;
    }

    private boolean better(Held a, Held b) {
        int order = Integer.compare(priority(a), priority(b));
        return order != 0 ? order < 0 : prefix(a) > prefix(b);
    }

    private static int priority(Held held) {
        Integer priority = held.entry.priority();
        return priority == null ? 0 : priority;
    }

    private int prefix(Held held) {
        for (int i = 0; i < table.keys().size(); i++) {
            Table.Key key = table.keys().get(i);
            if (key.kind() != Table.MatchKind.LPM) continue;
            return ((Match.Masked) Matches.normal(
                            held.entry.matches().get(i), key.value().width()))
                    .mask()
                    .bitCount();
        }
        return 0;
    }

    /** What is done; {@code null} for an empty group. */
    Table.@Nullable Call call(@Nullable Held held, BigInteger by) {
        if (held == null) return defaultCall;
        return profile == null ? held.entry.call() : profile.call(held.entry.call(), by);
    }

    /**
     * From the data path.
     *
     * @param bytes of the packet
     */
    boolean add(List<BigInteger> keys, Table.Call call, int profile, long now, int bytes) {
        if (!may(CREATE)) return false;
        List<Match> matches = new ArrayList<>();
        for (BigInteger key : keys) matches.add(new Match.Exactly(key));
        boolean ages = rules == Rules.P4TC || table.idle() != Table.Idle.NONE;
        Table.Entry entry = new Table.Entry(matches, null, call, false);
        long lifetime = ages ? lifetime(profile) : 0;
        if (cache == null) return insert(entry, lifetime, now);
        if (exact(entry) != null) return false;
        PlainCache.Offer<Held> offer = cache.offer(keys, bytes);
        if (!offer.admitted()) return false;
        if (offer.victim() != null) remove(offer.victim());
        Held held = new Held(entry, lifetime, now);
        entries.add(held);
        cache.added(held, bytes);
        return true;
    }

    private long lifetime(int profile) {
        return lifetimes[profile < lifetimes.length ? profile : 0];
    }

    /** @param profile -1 for the lifetime that it has */
    void restart(Held held, int profile, long now) {
        held.last = now;
        if (profile >= 0 && held.lifetime != 0 && may(UPDATE)) held.lifetime = lifetime(profile);
    }
}
