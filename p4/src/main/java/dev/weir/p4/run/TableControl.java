package dev.weir.p4.run;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.weir.p4.ir.Match;
import dev.weir.p4.ir.Pipeline;
import dev.weir.p4.ir.Resource;
import dev.weir.p4.ir.Table;
import dev.weir.table.match.ExactTable;
import dev.weir.table.match.MatchKey;
import dev.weir.table.match.MatchTable;
import java.lang.foreign.MemorySegment;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The control plane's side of a table of one worker. Its calls come between vectors, in the worker's thread; they allocate. Entries are those of the IR, one match a
 * key in the order of the keys, or {@linkplain EntryCopy copies}, as {@link EntryCodec} makes them. What is no fault of the caller's is a {@link Result}; what does not
 * fit the table throws an {@link IllegalArgumentException} that says why.
 */
public final class TableControl {
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
        /** Permissions do not allow it. */
        DENIED,
        /** Not as long as there are entries, or something refers to it. */
        IN_USE,
        /** It says otherwise of what stays as it was made. */
        FIXED,
        /** Entries refer to numbers of the control plane's here, and this one would have a group of its own, or the other way round. */
        MIXED
    }

    private final TableRun run;
    private final EntryCodec codec;
    private final References references;
    private final int number;
    private boolean defaultIsConstant;

    TableControl(TableRun run, Pipeline pipeline) {
        this.run = run;
        number = pipeline.tables().indexOf(run.table);
        codec = new EntryCodec(pipeline, run.table);
        references = new References(run, codec);
    }

    /** What the program declares: the default action, and entries. */
    void begin() {
        putDefaults(codec.words(run.table.defaultAction().call()));
        Table.Implementation implementation = run.table.implementation();
        if (run.profile != null && implementation != null && implementation.selection() != null) {
            Table.Call empty = implementation.selection().empty();
            run.state.calls.put(run.defaults, run.emptyAt(), run.profile.actionNumber(empty.action()), empty);
        }
        defaultIsConstant = run.table.defaultAction().constant();
        for (Table.Entry entry : run.table.entries()) {
            boolean constant = entry.constant();
            int permissions = constant ? EntryLayout.READ_ONLY : EntryLayout.ofEntry(run.permissions());
            EntryCopy copy = copy(entry, permissions, 0, true, null);
            if (constant) copy.payload()[0] |= EntryLayout.CONSTANT;
            if (add(copy) < 0) {
                throw new IllegalArgumentException(run.table.name() + ": there is no room for the entry "
                        + entry.matches() + ", or another is the same; remove one or make the table larger");
            }
        }
    }

    private EntryCopy copy(
            Table.Entry entry, int permissions, long lifetime, boolean template, @Nullable EntryNotes notes) {
        return new EntryCopy(
                codec.key(entry.matches()),
                codec.priority(entry.priority()),
                codec.payload(entry.call(), permissions, template),
                lifetime,
                0,
                notes);
    }

    TableRun run() {
        return run;
    }

    public EntryCodec codec() {
        return codec;
    }

    private boolean allows(int permission) {
        return (run.permissions() & permission) != 0;
    }

    private boolean allows(int number, int permission) {
        return (EntryLayout.permissions(word(number)) & permission) != 0;
    }

    /** @param lifetime nanoseconds without a hit until it is idle; 0 for ever */
    public Result insert(Table.Entry entry, long lifetime) {
        codec.check(entry.call(), Table.Scope.DEFAULT_ONLY);
        int permissions = EntryLayout.ofEntry(run.permissions());
        return insert(copy(entry, permissions, lifetime, false, new EntryNotes(Origin.PROGRAM, null, "")));
    }

    /** Adds an entry, created now: of a copy that the codec made, not of another entry. */
    public Result insert(EntryCopy entry) {
        if (!allows(EntryLayout.CREATE)) return Result.DENIED;
        if (run.profile != null && entries().find(entry.key(), entry.priority()) >= 0) return Result.EXISTS;
        Result admitted = references.admit(entry.payload(), entry.set());
        if (admitted != Result.DONE) return admitted;
        int number = add(entry);
        if (number < 0) {
            references.dismiss(entry.payload());
            return number == MatchTable.FULL ? Result.FULL : Result.EXISTS;
        }
        run.listener().created(this, number, Author.CONTROL);
        return Result.DONE;
    }

    /** Gives the number of the new entry, or what the table says. */
    private int add(EntryCopy entry) {
        MatchTable entries = entries();
        int number = entries.add(entry.key(), entry.priority(), entry.lifetime(), run.state.now);
        if (number == MatchTable.FULL && run.makeRoom()) {
            number = entries.add(entry.key(), entry.priority(), entry.lifetime(), run.state.now);
        }
        if (number < 0) return number;
        long at = entries.payloadAt(number);
        put(entries.payload(), at, entry.payload());
        references.refer(number);
        entries.payload().set(JAVA_LONG, at + 8L * EntryLayout.CREATED, run.state.now);
        run.begin(entries.payload(), at);
        note(number, entry.notes());
        if (run.cache != null) run.cache.put(number, isStatic(number));
        return number;
    }

    /** Whether an entry of a cache is pinned: the control plane or the program put it there, and gave it no lifetime. */
    private boolean isStatic(int number) {
        EntryNotes notes = run.notes.get(number);
        boolean given = EntryLayout.isTemplate(word(number)) || (notes != null && notes.created() != null);
        return given && entries().lifetime(number) == 0;
    }

    /** Has the table's cache know whether an entry that was changed is pinned. */
    void pinAgain(int number) {
        if (run.cache != null) run.cache.pin(number, isStatic(number));
    }

    private static void put(MemorySegment s, long at, long[] words) {
        MemorySegment.copy(words, 0, s, JAVA_LONG, at, words.length);
    }

    private void note(int number, @Nullable EntryNotes notes) {
        if (notes == null) {
            run.notes.forget(number);
            setWord(number, word(number) & ~EntryLayout.NOTED);
        } else {
            run.notes.put(number, notes);
            setWord(number, word(number) | EntryLayout.NOTED);
        }
    }

    /** Puts an entry there as it was, beside or over what has its key; false when there is no room. */
    public boolean restore(EntryCopy entry) {
        MatchTable entries = entries();
        int number = entries.find(entry.key(), entry.priority());
        if (number >= 0) released(number);
        if (!references.restore(entry.payload(), entry.set())) return false;
        if (number < 0) {
            number = entries.add(entry.key(), entry.priority(), entry.lifetime(), entry.lastHit());
            if (number == MatchTable.FULL && run.makeRoom()) {
                number = entries.add(entry.key(), entry.priority(), entry.lifetime(), entry.lastHit());
            }
            if (number >= 0 && run.cache != null) run.cache.put(number, false);
        }
        if (number < 0) {
            references.dismiss(entry.payload());
            return false;
        }
        if (entries.lifetime(number) != entry.lifetime()) entries.setLifetime(number, entry.lifetime());
        entries.touch(number, entry.lastHit());
        put(entries.payload(), entries.payloadAt(number), entry.payload());
        references.refer(number);
        note(number, entry.notes());
        pinAgain(number);
        return true;
    }

    /** Whether the program itself has the entry, and nobody changes it. */
    public static boolean isConstant(EntryCopy entry) {
        return EntryLayout.isConstant(entry.payload()[0]);
    }

    /**
     * Whether these words, which are of another run, can be an entry's here: as many as it has, of an action of the table's or referring as its entries do, and none of the
     * program's own.
     *
     * @param hasSet whether the entry comes with a group of its own
     */
    public boolean fits(long[] payload, boolean hasSet) {
        if (payload.length != run.layout.words() || EntryLayout.isConstant(payload[0])) return false;
        return run.profile == null ? !hasSet && hasAction(payload[0]) : references.fits(payload, hasSet);
    }

    private boolean hasAction(long word) {
        return (word & EntryLayout.GROUP) == 0
                && (word & EntryLayout.ACTION) < run.table.actions().size();
    }

    /**
     * Puts an entry of another run there, which {@link #fits}; over what has its key where entries have actions.
     *
     * @throws IllegalArgumentException where the group of its own cannot be: why
     */
    public Result restoreOther(EntryCopy entry) {
        boolean isThere = run.profile != null && entries().find(entry.key(), entry.priority()) >= 0;
        Result refused = isThere ? Result.EXISTS : references.refused(entry.payload(), entry.set() != null);
        if (refused != Result.DONE) return refused;
        return restore(entry) ? Result.DONE : Result.FULL;
    }

    /** Has the default action be what it was in another run, if it can be that here. */
    public void restoreDefaults(long[] words) {
        if (!defaultIsConstant && words.length == defaults().length && hasAction(words[0])) putDefaults(words);
    }

    /** Takes an entry away whatever it is, and tells nobody. */
    public void erase(MatchKey key, int priority) {
        int number = entries().find(key, priority);
        if (number >= 0) take(number);
    }

    private void take(int number) {
        released(number);
        run.notes.forget(number);
        if (run.cache != null) run.cache.cache.removed(number);
        entries().remove(number);
    }

    /** Gives an entry another action or other arguments. */
    public Result modify(List<Match> matches, @Nullable Integer priority, Table.Call call) {
        codec.check(call, Table.Scope.DEFAULT_ONLY);
        EntryUpdate update = new EntryUpdate(
                codec.words(call), EntryUpdate.UNCHANGED, EntryUpdate.UNCHANGED, Origin.PROGRAM, null, null);
        return modify(codec.key(matches), codec.priority(priority), update);
    }

    public Result modify(MatchKey key, int priority, EntryUpdate update) {
        int number = entries().find(key, priority);
        Result refused = refused(number, EntryLayout.UPDATE);
        if (refused != null) return refused;
        if (update.call() != null) {
            Result exchanged = references.exchange(number, update.call(), update.set());
            if (exchanged != Result.DONE) return exchanged;
        }
        MatchTable entries = entries();
        long at = entries.payloadAt(number);
        MemorySegment s = entries.payload();
        long word = word(number) & ~EntryLayout.BY_PACKETS;
        if (update.call() != null) {
            int arguments = update.call().length - EntryLayout.ARGUMENTS;
            MemorySegment.copy(
                    update.call(), EntryLayout.ARGUMENTS, s, JAVA_LONG, at + 8L * EntryLayout.ARGUMENTS, arguments);
            word = (word & ~(EntryLayout.ACTION | EntryLayout.GROUP)) | update.call()[0];
        }
        if (update.permissions() >= 0) word = EntryLayout.withPermissions(word, update.permissions());
        setWord(number, word);
        if (update.call() != null) references.refer(number);
        if (update.lifetime() >= 0) {
            if (entries.lifetime(number) == 0) entries.touch(number, run.state.now);
            entries.setLifetime(number, update.lifetime());
        }
        run.updatedNow(s, at);
        EntryNotes notes = run.notes.get(number);
        String metadata = update.metadata() != null ? update.metadata() : notes == null ? "" : notes.metadata();
        note(number, new EntryNotes(notes == null ? null : notes.created(), update.by(), metadata));
        pinAgain(number);
        run.listener().updated(this, number, Author.CONTROL);
        return Result.DONE;
    }

    public Result delete(List<Match> matches, @Nullable Integer priority) {
        return delete(codec.key(matches), codec.priority(priority));
    }

    public Result delete(MatchKey key, int priority) {
        int number = entries().find(key, priority);
        Result refused = refused(number, EntryLayout.DELETE);
        if (refused != null) return refused;
        remove(number);
        return Result.DONE;
    }

    private void remove(int number) {
        run.listener().deleted(this, number, Author.CONTROL);
        take(number);
    }

    private @Nullable Result refused(int number, int permission) {
        if (number < 0) return Result.MISSING;
        if (EntryLayout.isConstant(word(number))) return Result.CONSTANT;
        return allows(number, permission) ? null : Result.DENIED;
    }

    /**
     * Deletes all entries but constant ones and those whose permissions do not allow it.
     *
     * @return how many
     */
    public int clear() {
        if (run.entries == null) return 0;
        int before = size();
        for (int n = run.entries.next(0, run.entries.end()); n >= 0; n = run.entries.next(n + 1, run.entries.end())) {
            if (refused(n, EntryLayout.DELETE) == null) remove(n);
        }
        return before - size();
    }

    public Result setDefault(Table.Call call) {
        codec.check(call, Table.Scope.TABLE_ONLY);
        return setDefault(codec.words(call));
    }

    /** @param words as the codec makes them of a call */
    public Result setDefault(long[] words) {
        if (defaultIsConstant) return Result.CONSTANT;
        if (!allows(EntryLayout.UPDATE)) return Result.DENIED;
        putDefaults(words);
        return Result.DONE;
    }

    /** Has the default action be that, whatever the permissions. */
    public void putDefaults(long[] words) {
        put(run.defaults, 0, words);
    }

    /** The action that runs on a miss and its arguments, as the codec has them. */
    public long[] defaults() {
        return run.defaults
                .asSlice(0, 8L * (EntryLayout.ARGUMENTS + run.layout.argumentWords()))
                .toArray(JAVA_LONG);
    }

    /** What the program has run on a miss, as long as nobody changes it. */
    long[] declaredDefaults() {
        return codec.words(run.table.defaultAction().call());
    }

    /** Sets one of the lifetimes to choose from, for entries that choose it from now on. */
    public void setProfile(int profile, long nanos) {
        if (profile < 0 || profile >= run.lifetimes.length || nanos < 0) {
            throw new IllegalArgumentException(run.table.name() + ": profile " + profile + " of " + nanos
                    + " ns; there are " + run.lifetimes.length + ", counted from 0, and times are not negative");
        }
        run.lifetimes[profile] = nanos;
    }

    /** The lifetimes to choose from. */
    public long[] profiles() {
        return run.lifetimes.clone();
    }

    public int permissions() {
        return run.permissions();
    }

    /** What may be done with the table from now on; entries keep what they have, so there must be none. */
    public Result setPermissions(int permissions) {
        if (permissions == run.permissions()) return Result.DONE;
        if (size() > 0) return Result.IN_USE;
        run.setPermissions(permissions);
        return Result.DONE;
    }

    /** Has permissions be those again, whatever entries there are. */
    public void restorePermissions(int permissions) {
        run.setPermissions(permissions);
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
        Table.Call call = codec.call(entries.payload(), entries.payloadAt(number));
        Table.Entry entry = new Table.Entry(
                codec.matches(entries.key(number)),
                codec.written(entries.priority(number)),
                call,
                EntryLayout.isConstant(word(number)));
        return new EntryView(entry, entries.lifetime(number), entries.lastHit(number));
    }

    /** The entry with that key; null when there is none. */
    public @Nullable EntryCopy copy(MatchKey key, int priority) {
        int number = run.entries == null ? MatchTable.NONE : run.entries.find(key, priority);
        return number < 0 ? null : copy(number);
    }

    public EntryCopy copy(int number) {
        MatchTable entries = entries();
        long[] payload = new long[run.layout.words()];
        MemorySegment.copy(entries.payload(), JAVA_LONG, entries.payloadAt(number), payload, 0, payload.length);
        return new EntryCopy(
                entries.key(number),
                entries.priority(number),
                payload,
                entries.lifetime(number),
                entries.lastHit(number),
                run.notes.get(number),
                references.set(payload));
    }

    /** Room for copies of so many entries of this table. */
    public EntryBlock block(int capacity) {
        int keyWords = run.entries == null ? 0 : run.entries.keyCopyWords();
        return new EntryBlock(capacity, keyWords, run.layout.words());
    }

    /** Copies an entry behind those of a block, which has room; allocates nothing of exact keys and entries without a group of their own. */
    public void copy(int number, EntryBlock to) {
        MatchTable entries = entries();
        int i = to.size++, at = i * to.payloadWords;
        entries.copyKey(number, to.keys, i * to.keyWords);
        MemorySegment.copy(entries.payload(), JAVA_LONG, entries.payloadAt(number), to.payloads, at, to.payloadWords);
        to.priorities[i] = entries.priority(number);
        to.lifetimes[i] = entries.lifetime(number);
        to.lastHits[i] = entries.lastHit(number);
        to.notes[i] = run.notes.get(number);
        to.sets.set(i, references.set(to.payloads, at));
    }

    /** Whether the program says that it is there, for ever. */
    public boolean isConstant(int number) {
        return EntryLayout.isConstant(word(number));
    }

    /**
     * The first entry with a number from {@code from} to before {@code to}, or -1: for a walk over all of them in bounded steps, in which those that are there all
     * the time are seen once.
     */
    public int next(int from, int to) {
        return run.entries == null ? MatchTable.NONE : run.entries.next(from, to);
    }

    /** The numbers of all entries are below this. */
    public int end() {
        return run.entries == null ? 0 : run.entries.end();
    }

    /** The table's number in the pipeline. */
    public int number() {
        return number;
    }

    /** For listeners, who must not allocate: the permissions of an entry. */
    public int permissions(int entry) {
        return EntryLayout.permissions(word(entry));
    }

    public long lifetime(int entry) {
        return entries().lifetime(entry);
    }

    public long lastHit(int entry) {
        return entries().lastHit(entry);
    }

    public int priority(int entry) {
        return entries().priority(entry);
    }

    public @Nullable EntryNotes notes(int entry) {
        return run.notes.get(entry);
    }

    /** Copies the key of an exact entry; of others it makes one instead, which allocates. */
    public @Nullable MatchKey loadKey(int entry, long[] to, int at) {
        if (!(run.entries instanceof ExactTable exact)) return entries().key(entry);
        exact.loadKey(entry, to, at);
        return null;
    }

    public void loadPayload(int entry, long[] to, int at) {
        MatchTable entries = entries();
        MemorySegment.copy(entries.payload(), JAVA_LONG, entries.payloadAt(entry), to, at, run.layout.words());
    }

    private long word(int number) {
        return entries().payload().get(JAVA_LONG, entries().payloadAt(number));
    }

    private void setWord(int number, long word) {
        entries().payload().set(JAVA_LONG, entries().payloadAt(number), word);
    }

    /** Packets and bytes that the direct counter of an entry has counted; {@code null} when there is no such entry. */
    public long @Nullable [] counter(String counter, List<Match> matches, @Nullable Integer priority) {
        EntryCopy copy = copy(codec.key(matches), codec.priority(priority));
        return copy == null ? null : codec.counted(copy.payload(), counter);
    }

    /** What the direct register of an entry holds. */
    public @Nullable BigInteger register(String register, List<Match> matches, @Nullable Integer priority) {
        EntryCopy copy = copy(codec.key(matches), codec.priority(priority));
        return copy == null || !(run.state.resource(register) instanceof Resource.Register r)
                ? null
                : codec.register(copy.payload(), r);
    }

    /** Gives the direct meter of an entry rates; {@code null} takes them away. */
    public Result setRates(String meter, List<Match> matches, @Nullable Integer priority, @Nullable MeterRates rates) {
        return setRates(meter, codec.key(matches), codec.priority(priority), rates);
    }

    public Result setRates(String meter, MatchKey key, int priority, @Nullable MeterRates rates) {
        long at = cell(meter, key, priority);
        if (at < 0) return Result.MISSING;
        Meters.configure(entries().payload(), at, rates, run.state.now);
        return Result.DONE;
    }

    /** Has the direct meter of an entry count colours on from that. */
    public Result setColored(String meter, MatchKey key, int priority, MeterCounts counts) {
        long at = cell(meter, key, priority);
        if (at < 0) return Result.MISSING;
        Meters.setCounts(entries().payload(), at, counts);
        return Result.DONE;
    }

    /** Has the direct counter of an entry go on from that. */
    public Result setCounter(String counter, MatchKey key, int priority, long packets, long bytes) {
        long at = cell(counter, key, priority);
        if (at < 0) return Result.MISSING;
        entries().payload().set(JAVA_LONG, at, packets);
        entries().payload().set(JAVA_LONG, at + 8, bytes);
        return Result.DONE;
    }

    public Result setRegister(Resource.Register register, MatchKey key, int priority, BigInteger value) {
        long at = cell(register.name(), key, priority);
        if (at < 0) return Result.MISSING;
        Cells.setNumber(entries().payload(), at, Wide.limbs(register.width()), value);
        return Result.DONE;
    }

    private long cell(String resource, MatchKey key, int priority) {
        int number = entries().find(key, priority);
        return number < 0 ? -1 : entries().payloadAt(number) + 8L * run.layout.resource(resource);
    }

    /** An entry goes: it does not refer to its member or group any more. */
    void released(int number) {
        references.release(number);
        run.gone(number);
    }

    private MatchTable entries() {
        if (run.entries == null)
            throw new IllegalArgumentException(run.table.name() + ": it has no keys, so no entries");
        return run.entries;
    }
}
