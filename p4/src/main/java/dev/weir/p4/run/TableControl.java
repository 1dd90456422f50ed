package dev.weir.p4.run;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.weir.p4.ir.Match;
import dev.weir.p4.ir.Resource;
import dev.weir.p4.ir.Table;
import dev.weir.table.match.MatchTable;
import dev.weir.table.match.TableKind;
import java.lang.foreign.MemorySegment;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The control plane's side of a table. Its calls come between vectors, in the worker's thread; they allocate. Entries are those of the IR: one match a
 * key, in the order of the keys. What is no fault of the caller's is a {@link Result}; what does not fit the table throws an
 * {@link IllegalArgumentException} that says why.
 */
public final class TableControl {
    /** Bits of a table's permissions: what the control plane may do. */
    private static final int CREATE = 1 << 13, UPDATE = 1 << 11, DELETE = 1 << 10;

    /** What came of a change. */
    public enum Result {
        DONE,
        /** An entry that matches the same, with the same priority, is there. */
        EXISTS,
        /** No such entry is there, or not what it refers to. */
        MISSING,
        FULL,
        /** The program says that it stays as it is. */
        CONSTANT,
        /** The table's permissions do not allow it. */
        DENIED,
        /** A group or an entry refers to it. */
        IN_USE
    }

    private final TableRun run;
    private final @Nullable MatchKeys keys;
    private boolean defaultIsConstant;

    TableControl(TableRun run) {
        this.run = run;
        keys = run.entries == null ? null : new MatchKeys(run.table.name(), run.table.fields());
    }

    /** What the program declares: the default action, and entries. */
    void begin() {
        putCall(run.defaults, 0, run.table.defaultAction().call());
        Table.Implementation implementation = run.table.implementation();
        if (run.profile != null && implementation != null && implementation.selection() != null) {
            Table.Call empty = implementation.selection().empty();
            run.state.calls.put(run.defaults, run.emptyAt(), run.profile.actionNumber(empty.action()), empty);
        }
        defaultIsConstant = run.table.defaultAction().constant();
        for (Table.Entry entry : run.table.entries()) {
            if (add(entry, 0, entry.constant() ? EntryLayout.CONSTANT : 0) < 0) {
                throw new IllegalArgumentException(run.table.name() + ": there is no room for the entry "
                        + entry.matches() + ", or another is the same; remove one or make the table larger");
            }
        }
    }

    TableRun run() {
        return run;
    }

    private boolean allows(int permission) {
        return run.permissions < 0 || (run.permissions & permission) != 0;
    }

    /** @param lifetime nanoseconds without a hit until it is idle; 0 for ever */
    public Result insert(Table.Entry entry, long lifetime) {
        if (!allows(CREATE)) return Result.DENIED;
        checkCall(entry.call(), Table.Scope.DEFAULT_ONLY);
        if (isDangling(entry.call())) return Result.MISSING;
        int number = add(entry, lifetime, 0);
        if (number < 0) return number == MatchTable.FULL ? Result.FULL : Result.EXISTS;
        run.listener().created(this, number, Author.CONTROL);
        return Result.DONE;
    }

    /** Gives the number of the new entry, or what the table says. */
    private int add(Table.Entry entry, long lifetime, long flags) {
        MatchTable entries = entries();
        int number = entries.add(keys().key(entry.matches()), priority(entry.priority()), lifetime, run.state.now);
        if (number < 0) return number;
        long at = entries.payloadAt(number);
        putCall(entries.payload(), at, entry.call());
        entries.payload().set(JAVA_LONG, at, entries.payload().get(JAVA_LONG, at) | flags);
        run.begin(entries.payload(), at);
        return number;
    }

    /** Gives an entry another action or other arguments. */
    public Result modify(List<Match> matches, @Nullable Integer priority, Table.Call call) {
        checkCall(call, Table.Scope.DEFAULT_ONLY);
        int number = find(matches, priority);
        Result refused = refused(number, UPDATE);
        if (refused != null) return refused;
        if (isDangling(call)) return Result.MISSING;
        long at = entries().payloadAt(number);
        Table.Call before = call(entries().payload(), at);
        putCall(entries().payload(), at, call);
        if (run.profile != null) run.profile.leave(before);
        run.listener().updated(this, number, Author.CONTROL);
        return Result.DONE;
    }

    public Result delete(List<Match> matches, @Nullable Integer priority) {
        int number = find(matches, priority);
        Result refused = refused(number, DELETE);
        if (refused != null) return refused;
        remove(number);
        return Result.DONE;
    }

    private void remove(int number) {
        run.listener().deleted(this, number, Author.CONTROL);
        released(number);
        entries().remove(number);
    }

    private @Nullable Result refused(int number, int permission) {
        if (number < 0) return Result.MISSING;
        if (!allows(permission)) return Result.DENIED;
        return (word(number) & EntryLayout.CONSTANT) != 0 ? Result.CONSTANT : null;
    }

    /**
     * Deletes all entries but constant ones.
     *
     * @return how many
     */
    public int clear() {
        if (run.entries == null || !allows(DELETE)) return 0;
        int before = size();
        for (int n = run.entries.next(0, run.entries.end()); n >= 0; n = run.entries.next(n + 1, run.entries.end())) {
            if ((word(n) & EntryLayout.CONSTANT) == 0) remove(n);
        }
        return before - size();
    }

    private int find(List<Match> matches, @Nullable Integer priority) {
        return entries().find(keys().key(matches), priority(priority));
    }

    public Result setDefault(Table.Call call) {
        checkCall(call, Table.Scope.TABLE_ONLY);
        if (defaultIsConstant) return Result.CONSTANT;
        if (!allows(UPDATE)) return Result.DENIED;
        putCall(run.defaults, 0, call);
        return Result.DONE;
    }

    /** Sets one of the lifetimes to choose from, for entries that choose it from now on. */
    public void setProfile(int profile, long nanos) {
        if (profile < 0 || profile >= run.lifetimes.length || nanos < 0) {
            throw new IllegalArgumentException(run.table.name() + ": profile " + profile + " of " + nanos
                    + " ns; there are " + run.lifetimes.length + ", counted from 0, and times are not negative");
        }
        run.lifetimes[profile] = nanos;
    }

    public int size() {
        return run.entries == null ? 0 : run.entries.size();
    }

    public Table table() {
        return run.table;
    }

    /** All entries, in no order. */
    public List<EntryView> entryViews() {
        List<EntryView> views = new ArrayList<>();
        MatchTable entries = run.entries;
        if (entries == null) return views;
        for (int n = entries.next(0, entries.end()); n >= 0; n = entries.next(n + 1, entries.end())) views.add(view(n));
        return views;
    }

    /** One that a listener was told of. */
    public EntryView view(int number) {
        MatchTable entries = entries();
        long word = word(number);
        Integer priority = ordered() ? Integer.MAX_VALUE - entries.priority(number) : null;
        Table.Call call = call(entries.payload(), entries.payloadAt(number));
        Table.Entry entry = new Table.Entry(
                keys().matches(entries.key(number)), priority, call, (word & EntryLayout.CONSTANT) != 0);
        return new EntryView(entry, entries.lifetime(number), entries.lastHit(number));
    }

    private long word(int number) {
        return entries().payload().get(JAVA_LONG, entries().payloadAt(number));
    }

    /** Packets and bytes that the direct counter of an entry has counted; {@code null} when there is no such entry. */
    public long @Nullable [] counter(String counter, List<Match> matches, @Nullable Integer priority) {
        int number = find(matches, priority);
        if (number < 0) return null;
        long at = entries().payloadAt(number) + 8L * run.layout.resource(counter);
        MemorySegment s = entries().payload();
        return new long[] {s.get(JAVA_LONG, at), s.get(JAVA_LONG, at + 8)};
    }

    /** What the direct register of an entry holds. */
    public @Nullable BigInteger register(String register, List<Match> matches, @Nullable Integer priority) {
        int number = find(matches, priority);
        if (number < 0 || !(run.state.resource(register) instanceof Resource.Register r)) return null;
        long at = entries().payloadAt(number) + 8L * run.layout.resource(register);
        return Cells.number(entries().payload(), at, Wide.limbs(r.width()));
    }

    /** Gives the direct meter of an entry rates; {@code null} takes them away. */
    public Result setRates(String meter, List<Match> matches, @Nullable Integer priority, @Nullable MeterRates rates) {
        int number = find(matches, priority);
        if (number < 0) return Result.MISSING;
        long at = entries().payloadAt(number) + 8L * run.layout.resource(meter);
        Meters.configure(entries().payload(), at, rates, run.state.now);
        return Result.DONE;
    }

    private MatchKeys keys() {
        if (keys == null) throw withoutKeys();
        return keys;
    }

    private IllegalArgumentException withoutKeys() {
        return new IllegalArgumentException(run.table.name() + ": it has no keys, so no entries");
    }

    private MatchTable entries() {
        if (run.entries == null) throw withoutKeys();
        return run.entries;
    }

    /** Whether priorities decide. */
    private boolean ordered() {
        return entries().layout().kind() == TableKind.TERNARY;
    }

    /** Here the lowest number wins, in tables the highest. */
    private int priority(@Nullable Integer priority) {
        return ordered() ? Integer.MAX_VALUE - (priority == null ? 0 : priority) : 0;
    }

    private void checkCall(Table.Call call, Table.Scope forbidden) {
        boolean entry = forbidden == Table.Scope.DEFAULT_ONLY;
        if (entry && (run.profile != null) != call.refers()) {
            throw new IllegalArgumentException(run.table.name() + ": an entry "
                    + (call.refers() ? "has an action" : "refers to a member or a group") + " here");
        }
        if (call.refers()) return;
        int number = run.table.actionNumber(call.action());
        if (number < 0 || run.table.actions().get(number).scope() == forbidden) {
            throw new IllegalArgumentException(run.table.name() + ": " + call.action()
                    + " cannot be used here; its actions are " + run.table.actions());
        }
        run.state.calls.check(call);
    }

    /** Whether a member or group that a call refers to is not there. */
    private boolean isDangling(Table.Call call) {
        return run.profile != null && call.refers() && run.profile.slot(call) < 0;
    }

    private void putCall(MemorySegment s, long at, Table.Call call) {
        if (run.profile == null || !call.refers()) {
            run.state.calls.put(s, at, run.table.actionNumber(call.action()), call);
            return;
        }
        s.set(JAVA_LONG, at, call.action().equals(Table.Call.GROUP) ? EntryLayout.GROUP : 0);
        s.set(JAVA_LONG, at + 8, run.profile.slot(call));
        run.profile.use(call);
    }

    /** Of an entry. */
    private Table.Call call(MemorySegment s, long at) {
        long word = s.get(JAVA_LONG, at);
        if (run.profile != null) {
            return run.profile.reference((word & EntryLayout.GROUP) != 0, (int) s.get(JAVA_LONG, at + 8));
        }
        String name = run.table.actions().get((int) (word & EntryLayout.ACTION)).action();
        return run.state.calls.get(s, at, name);
    }

    /** An entry does not refer to its member or group any more. */
    void released(int number) {
        if (run.profile == null) return;
        run.profile.leave(call(entries().payload(), entries().payloadAt(number)));
    }
}
