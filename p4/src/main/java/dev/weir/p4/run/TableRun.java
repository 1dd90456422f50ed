package dev.weir.p4.run;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.weir.p4.ir.Resource;
import dev.weir.p4.ir.Table;
import dev.weir.table.cache.BoundedCache;
import dev.weir.table.match.ExactTable;
import dev.weir.table.match.IdleListener;
import dev.weir.table.match.MatchTable;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A table of a program on the way of packets: what compiled code calls, and what it counts. Between {@link #apply} and the next one the calls about
 * the entry mean what that found. The worker's thread; nothing allocates. {@link TableControl} is the control plane's side.
 */
public final class TableRun {
    /** Entries that are more than what a core's own caches hold. */
    static final int LARGE = 1024;

    /** Where in a word its upper half is. */
    private static final int UPDATED = ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN ? 4 : 0;

    /** What the next {@link #apply} looks up; compiled code fills it in, as the table's key layout says. */
    public final long[] key;

    /** The arguments of the next {@link #add}; compiled code fills them in, as {@link EntryLayout} says. */
    public final long[] added;

    /** The keys of {@link #scouted} packets, one after the other. */
    public final long[] keys;

    /** In a table with a selector, what the next {@link #apply} chooses a member of a group by; compiled code fills it in. */
    public long selector;

    /** How many packets of a vector compiled code has looked ahead at. */
    public int scouted;

    /** What runs: the payload of the entry that was hit, or that of the default action. Compiled code reads arguments there. */
    public MemorySegment memory;

    /** Where in {@link #memory} it begins. */
    public long at;

    final Table table;
    final ProgramState state;
    final EntryLayout layout;
    final Rules rules;

    /** {@code null} for a table without keys. */
    @Nullable
    MatchTable entries;

    /** Where entries refer to members; {@code null} where they have actions. */
    final @Nullable ProfileRun profile;

    /** The payload of the default action, and behind it, as a member, what an empty group does. */
    final MemorySegment defaults;

    final long[] lifetimes;
    NotesTable notes = new NotesTable();
    private int permissions;

    /** Word 0 of entries that packets add, without the action. */
    private long addedWord;

    /** With a profile: this table's numbers of the pipeline's actions. */
    private final int[] actions;

    private final int[] found;
    /** Of all payloads that were looked at: that it is kept makes the compiler look. */
    @SuppressWarnings("UnusedVariable")
    private long warmed;

    private int foreseen = MatchTable.NONE;
    private long createdAhead;
    private @Nullable ExactTable exact;
    private Owner owner;
    private Marks changed = Marks.unread();
    private final boolean refreshes;
    private final TableListener listener;
    private final TableControl control;

    private int entry = MatchTable.NONE;

    private long hits;
    private long misses;
    private long created;
    private long notAdded;

    /** What decides which entries stay; {@code null} for those that came first. */
    @Nullable
    TableCache cache;

    /** Whose flows are carried by these entries; {@code null} for nobody. */
    private @Nullable Grounds grounds;

    private int ground;

    private final Resource.Register[] initials;
    private long evicted;
    private long evictedAhead;

    TableRun(
            Table table,
            EntryLayout layout,
            @Nullable MatchTable entries,
            Owner owner,
            MemorySegment defaults,
            ProgramState state,
            RunOptions options,
            int capacity) {
        this.table = table;
        this.layout = layout;
        this.entries = entries;
        this.owner = owner;
        owner.run = this;
        this.defaults = defaults;
        this.state = state;
        rules = options.rules();
        listener = options.tableListener();
        profile = table.implementation() == null
                ? null
                : state.profile(table.implementation().profile());
        actions = state.pipeline().actions().stream()
                .mapToInt(action -> table.actionNumber(action.name()))
                .toArray();
        initials = initials();
        exact = entries instanceof ExactTable e ? e : null;
        cache = TableCache.of(table, exact, options.cacheSeed());
        key = new long[entries == null ? 0 : entries.layout().words()];
        boolean large = entries instanceof ExactTable && table.size() >= LARGE;
        keys = new long[large ? capacity * key.length : 0];
        found = new int[large ? capacity : 0];
        added = new long[EntryLayout.ARGUMENTS + layout.argumentWords()];
        lifetimes = table.lifetimes().stream().mapToLong(Long::longValue).toArray();
        refreshes = rules == Rules.P4TC;
        setPermissions(table.permissions() < 0 ? EntryLayout.ALL : table.permissions());
        memory = defaults;
        control = new TableControl(this, state.pipeline());
    }

    TableControl control() {
        return control;
    }

    /** Whose entries those of a table are. */
    static final class Owner implements IdleListener {
        private @Nullable TableRun run;

        @Override
        public void idle(MatchTable table, int entry, long deadline) {
            if (run != null) run.idle(entry);
        }
    }

    @Nullable
    MatchTable entries() {
        return entries;
    }

    /** Has what packets change from now on marked there. */
    void follow(Marks marks) {
        changed = marks;
    }

    /** Has each have the other's entries, which mean the same to both. */
    void exchange(TableRun other) {
        MatchTable theirs = other.entries;
        NotesTable theirNotes = other.notes;
        Owner theirOwner = other.owner;
        TableCache theirCache = other.cache;
        other.take(entries, notes, owner, cache);
        take(theirs, theirNotes, theirOwner, theirCache);
    }

    private void take(@Nullable MatchTable entries, NotesTable notes, Owner owner, @Nullable TableCache cache) {
        this.cache = cache;
        this.entries = entries;
        exact = entries instanceof ExactTable e ? e : null;
        this.notes = notes;
        this.owner = owner;
        owner.run = this;
    }

    void close() {
        if (entries != null) entries.close();
    }

    /** Whether entries may be far away, so that it pays to look ahead. */
    boolean isLarge() {
        return keys.length > 0 && entries != null && entries.size() >= LARGE;
    }

    /** Reads what the scouted keys need all at once, so that looking them up one by one finds it near. */
    void warm() {
        if (exact != null) {
            exact.match(keys, scouted, state.now, found);
            long words = 0;
            for (int i = 0; i < scouted; i++) {
                if (found[i] >= 0) words ^= exact.payload().get(JAVA_LONG, exact.payloadAt(found[i]));
            }
            warmed = words;
        }
        scouted = 0;
        createdAhead = created;
        evictedAhead = evicted;
    }

    /** Has the next {@link #apply} be that of the scouted packet with that number; -1 for one that was not scouted. */
    void foresee(int number) {
        foreseen = number;
    }

    /**
     * What was found ahead still holds when it is an entry, since one that was not over then is not over now, or when no entry was added since; and in
     * any case only if no entry went for another since. The keys are the same, since nothing that lasts decides the way to the table.
     */
    private int lookup(ExactTable table) {
        int number = foreseen;
        foreseen = MatchTable.NONE;
        boolean holds = evicted == evictedAhead;
        if (number >= 0 && holds && (found[number] >= 0 || created == createdAhead)) return found[number];
        return table.match(key, 0, state.now);
    }

    /**
     * Looks {@link #key} up.
     *
     * @return the number of the action to run
     */
    public int apply() {
        int number = exact != null ? lookup(exact) : other();
        MatchTable hit = exact != null ? exact : entries;
        if (number >= 0 && hit != null) {
            MemorySegment payload = hit.payload();
            long offset = hit.payloadAt(number);
            long word = payload.get(JAVA_LONG, offset);
            if ((word & (EntryLayout.USED | EntryLayout.HIDDEN)) == EntryLayout.USED || begins(payload, offset, word)) {
                hits++;
                if (cache != null) cache.cache.hit(number, state.packetBytes);
                entry = number;
                changed.mark(number);
                memory = payload;
                at = offset;
                if (refreshes) hit.touch(number, state.now);
                return profile == null ? (int) (word & EntryLayout.ACTION) : member(profile, word);
            }
        }
        misses++;
        if (cache != null) cache.missed(key, state.packetBytes);
        entry = MatchTable.NONE;
        memory = defaults;
        at = 0;
        return (int) (defaults.get(JAVA_LONG, 0) & EntryLayout.ACTION);
    }

    /** Goes on to what the entry refers to, and gives its action. */
    private int member(ProfileRun of, long word) {
        int slot = (int) memory.get(JAVA_LONG, at + 8L * EntryLayout.SLOT);
        if ((word & EntryLayout.GROUP) != 0) slot = of.pick(slot, selector);
        memory = slot < 0 ? defaults : of.memory;
        at = slot < 0 ? emptyAt() : slot * of.memberBytes;
        return actions[(int) memory.get(JAVA_LONG, at)];
    }

    long emptyAt() {
        return 8L * layout.words();
    }

    private int other() {
        return entries == null ? MatchTable.NONE : entries.match(key, 0, state.now);
    }

    /** The first hit of an entry; false when packets do not see it. */
    private boolean begins(MemorySegment payload, long offset, long word) {
        if ((word & EntryLayout.HIDDEN) != 0) return false;
        payload.set(JAVA_LONG, offset, word | EntryLayout.USED);
        long times = offset + 8L * EntryLayout.TIMES;
        long since = EntryLayout.since(payload.get(JAVA_LONG, offset + 8L * EntryLayout.CREATED), state.now);
        payload.set(JAVA_LONG, times, payload.get(JAVA_LONG, times) | since);
        return true;
    }

    /** 1 after a hit. */
    public long hit() {
        return entry < 0 ? 0 : 1;
    }

    /**
     * Adds an entry with the key that was missed, in a cache perhaps for another.
     *
     * @return 0 when it was added
     */
    public long add(int action, long profile) {
        boolean may = entry < 0 && table.addOnMiss() && (permissions & EntryLayout.DATA_CREATE) != 0;
        int number = MatchTable.NONE;
        if (may && exact != null && (cache == null || hasRoom(exact, cache))) {
            number = exact.add(key, 0, ages() ? lifetime(profile) : 0, state.now);
        }
        if (number < 0 || exact == null) {
            notAdded++;
            return 1;
        }
        created++;
        if (cache != null) cache.added(number, key, state.packetBytes);
        changed.mark(number);
        long payload = exact.payloadAt(number);
        MemorySegment s = exact.payload();
        s.set(JAVA_LONG, payload, addedWord | action);
        s.set(JAVA_LONG, payload + 8L * EntryLayout.CREATED, state.now);
        for (int i = EntryLayout.ARGUMENTS; i < added.length; i++) s.set(JAVA_LONG, payload + 8L * i, added[i]);
        begin(s, payload);
        listener.created(control, number, Author.DATA_PATH);
        return 0;
    }

    /** Whether the key that was missed may come in; there is room then. */
    private boolean hasRoom(ExactTable table, TableCache by) {
        if (table.has(key, 0, state.now)) return false;
        int slot = by.offer(key, state.packetBytes);
        if (slot >= 0) evict(table, by, slot, Author.DATA_PATH);
        return slot != BoundedCache.REJECTED;
    }

    private void evict(MatchTable table, TableCache by, int number, Author author) {
        evicted++;
        changed.mark(number);
        listener.deleted(control, number, author);
        notes.forget(number);
        control.released(number);
        by.cache.evicted(number);
        table.remove(number);
    }

    /** Makes room for an entry of the control plane's; whether there was something that could go. */
    boolean makeRoom() {
        int number = cache == null ? MatchTable.NONE : cache.cache.victim();
        if (number < 0 || entries == null || cache == null) return false;
        evict(entries, cache, number, Author.DATA_PATH);
        return true;
    }

    /** From now on it is told of entries that go, by that number of the table. */
    void ground(Grounds of, int number) {
        grounds = of;
        ground = number;
    }

    void gone(int number) {
        if (grounds != null) grounds.gone(ground, number);
    }

    /** The entry that the packet has hit, if any. */
    int entry() {
        return entry;
    }

    /** The packet has hit none so far. */
    void forget() {
        entry = MatchTable.NONE;
    }

    /** Packets of an entry went by that did not come here. */
    void carried(int number, long packets, long octets, long last) {
        if (entries == null) return;
        entries.touch(number, Math.max(entries.lastHit(number), Math.min(last, state.now)));
        if (cache != null) cache.cache.carried(number, packets, octets);
    }

    boolean ages() {
        return rules == Rules.P4TC || table.idle() != Table.Idle.NONE;
    }

    long lifetime(long profile) {
        return lifetimes[profile < lifetimes.length ? (int) profile : 0];
    }

    /** Has direct registers begin with what they are declared with. */
    void begin(MemorySegment s, long payload) {
        for (Resource.Register r : initials) {
            Cells.setNumber(s, payload + 8L * layout.resource(r.name()), Wide.limbs(r.width()), r.initial());
        }
    }

    /** The registers of entries that do not begin with 0. */
    private Resource.Register[] initials() {
        List<Resource.Register> found = new ArrayList<>();
        for (String name : table.direct()) {
            if (state.resource(name) instanceof Resource.Register r
                    && r.initial().signum() != 0) found.add(r);
        }
        return found.toArray(new Resource.Register[0]);
    }

    /**
     * Has the lifetime of the entry that was hit begin anew.
     *
     * @param profile -1 for the lifetime that it has
     */
    public void restart(long profile) {
        if (entry < 0 || entries == null) return;
        entries.touch(entry, state.now);
        if (profile >= 0) change(entries, lifetime(profile));
    }

    /** Gives the entry that was hit another lifetime, where it ages and packets may change it. */
    private void change(MatchTable table, long lifetime) {
        MemorySegment payload = table.payload();
        long offset = table.payloadAt(entry);
        long word = payload.get(JAVA_LONG, offset);
        long before = table.lifetime(entry);
        boolean may = (EntryLayout.permissions(word) & EntryLayout.DATA_UPDATE) != 0;
        if (!may || before == 0 || before == lifetime) return;
        table.setLifetime(entry, lifetime);
        payload.set(JAVA_LONG, offset, word | EntryLayout.BY_PACKETS);
        updatedNow(payload, offset);
        listener.updated(control, entry, Author.DATA_PATH);
    }

    void updatedNow(MemorySegment s, long payload) {
        long since = EntryLayout.since(s.get(JAVA_LONG, payload + 8L * EntryLayout.CREATED), state.now);
        s.set(JAVA_INT, payload + 8L * EntryLayout.TIMES + UPDATED, (int) since);
    }

    public void count(int word) {
        if (entry >= 0) Cells.count(memory, at + 8L * word, state.packetBytes);
    }

    /** @param inBytes whether the meter counts bytes. @return the colour */
    public long execute(int word, int inBytes, long color) {
        if (entry < 0) return Resource.Meter.GREEN;
        return Meters.execute(memory, at + 8L * word, (int) color, inBytes != 0, state.packetBytes, state.now);
    }

    /** Of a register of up to 64 bits; {@code initial} after a miss. */
    public long read(int word, long initial) {
        return entry < 0 ? initial : memory.get(JAVA_LONG, at + 8L * word);
    }

    public void write(int word, long value) {
        if (entry >= 0) memory.set(JAVA_LONG, at + 8L * word, value);
    }

    /** Of a register of more than 64 bits; {@code to} holds what it begins with. */
    public void readWide(int word, int limbs, long[] w, int to) {
        if (entry < 0) return;
        for (int i = 0; i < limbs; i++) w[to + i] = memory.get(JAVA_LONG, at + 8L * (word + i));
    }

    public void writeWide(int word, int limbs, long[] w, int a) {
        if (entry < 0) return;
        for (int i = 0; i < limbs; i++) memory.set(JAVA_LONG, at + 8L * (word + i), w[a + i]);
    }

    /** A timer has run out. */
    void idle(int number) {
        changed.mark(number);
        if (rules == Rules.P4TC || table.idle() == Table.Idle.DELETE) {
            listener.deleted(control, number, Author.TIMER);
            notes.forget(number);
            control.released(number);
            if (cache != null) cache.cache.expired(number);
        } else {
            listener.idle(control, number);
        }
    }

    int permissions() {
        return permissions;
    }

    void setPermissions(int permissions) {
        this.permissions = permissions;
        addedWord = EntryLayout.permissionBits(EntryLayout.ofEntry(permissions));
    }

    TableListener listener() {
        return listener;
    }

    public Table table() {
        return table;
    }

    /** How many packets have hit an entry. */
    public long hits() {
        return hits;
    }

    public long misses() {
        return misses;
    }

    /** How many entries packets have added. */
    public long entriesAdded() {
        return created;
    }

    /** How many entries went for others. */
    public long entriesEvicted() {
        return evicted;
    }

    /** What a table that is a cache has seen, and keeps; {@code null} for others. */
    public @Nullable BoundedCache cache() {
        return cache == null ? null : cache.cache;
    }

    /** How often a packet could not add an entry: the table was full, or kept what it had, the entry there, or it was not allowed. */
    public long entriesNotAdded() {
        return notAdded;
    }
}
