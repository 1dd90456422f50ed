package dev.weir.table.cache;

import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Decides which entries a table of bounded size keeps: beside any exact table whose entries have numbers (slots) from 0 to below a capacity. It holds no keys. The
 * table's owner tells it what happens:
 *
 * <pre>
 *  packet ── found a slot ──► hit(slot)
 *         └─ found none ────► missed ── wants in ──► offer(hash) ─► ROOM ───────────────────► added(slot)
 *                                                               ├─► a slot: evicted(slot), then added(its successor)
 *                                                               └─► REJECTED: nothing changes
 * </pre>
 *
 * <p>What counts as use of a key is a hit, or an offer: so a packet that looks a key up twice before it is offered counts once. Use is weighed in packets, or in
 * octets (64 of them are one, so that large packets weigh more and counters are small). An entry that the control plane put there to stay is <b>pinned</b>: it
 * takes a slot, and never goes for another. A <b>tenant</b> that has its quota of entries gets another one only for one of its own: of the eight that were hit the
 * longest ago the one that the policy would keep the least. Pinned entries are not of the quota.
 *
 * <p>Hashes are 64 uniform bits of a key, keyed with a secret, the same for the key each time ({@link dev.weir.table.parts.KeyHash}). One thread makes all calls; those for
 * packets take a constant time and allocate nothing ({@link CachePolicy#LFU} at the most as many steps as the capacity has binary digits). Memory is arrays of the
 * heap, taken when it is made: {@link #bytes}. A slot that is told of out of order is a bug of the owner's and may throw.
 */
public final class BoundedCache {
    /** Of offer: there is a free slot; the newcomer is to stay out. */
    public static final int ROOM = -2, REJECTED = -1;

    /** How many of a tenant's entries are looked at for one to go. */
    private static final int LOOKED_AT = 8;

    private static final byte ABSENT = 0, MEMBER = 1, PINNED = 2;
    /** How often the policy is told at the most of packets that were carried, which is as much as its sketch can count. */
    private static final int MOST_PIECES = 64;

    private static final int MOST_WEIGHT = 1023, WEIGHT_BITS = 6;

    private final CacheConfig config;
    private final Eviction eviction;
    private final byte[] state;
    private final @Nullable TenantNumbers tenants;
    private final CacheCounts counts;

    /** By slot; empty without tenants. */
    private final char[] owner;

    /** A list a tenant, in the order of hits; of nothing without a quota. */
    private final SlotLists owned;

    private int size;

    public BoundedCache(CacheConfig config) {
        this.config = config;
        int capacity = config.capacity();
        eviction = switch (config.policy()) {
            case LRU -> new LruEviction(capacity);
            case LFU -> new LfuEviction(capacity);
            case TINYLFU -> new TinyLfuEviction(capacity);
        };
        state = new byte[capacity];
        tenants = config.tenants() ? new TenantNumbers() : null;
        int numbers = config.tenants() ? TenantNumbers.MOST + 1 : 1;
        counts = new CacheCounts(numbers);
        owner = new char[config.tenants() ? capacity : 0];
        owned = config.quota() > 0 ? new SlotLists(capacity, numbers) : new SlotLists(0, 0);
    }

    public CacheConfig config() {
        return config;
    }

    /** Octets that it takes. */
    public long bytes() {
        long tenantsBytes = config.tenants() ? 28L * TenantNumbers.MOST : 0;
        return eviction.bytes()
                + state.length
                + counts.bytes()
                + 2L * owner.length
                + (config.quota() > 0 ? owned.bytes() : 0)
                + tenantsBytes;
    }

    private int weight(long bytes) {
        return config.byBytes() ? Math.clamp((bytes + (1 << WEIGHT_BITS) - 1) >>> WEIGHT_BITS, 1, MOST_WEIGHT) : 1;
    }

    private int number(long tenant) {
        return tenants == null ? TenantNumbers.OTHERS : tenants.number(tenant);
    }

    private int owner(int slot) {
        return owner.length > 0 ? owner[slot] : TenantNumbers.OTHERS;
    }

    /** A packet found an entry. */
    public void hit(int slot, long bytes) {
        int tenant = owner(slot);
        counts.packet(tenant, CacheCounts.HITS, bytes);
        if (state[slot] != MEMBER) return;
        if (eviction instanceof TinyLfuEviction e) {
            e.hit(slot, weight(bytes));
        } else if (eviction instanceof LruEviction e) {
            e.hit(slot, 1);
        } else {
            eviction.hit(slot, weight(bytes));
        }
        if (config.quota() > 0) owned.toFirst(tenant, slot);
    }

    /**
     * So many packets were not looked up, for something else does to them what the entry says: they count as hits. To be told of an entry now and then, not by
     * packet.
     */
    public void carried(int slot, long packets, long bytes) {
        int tenant = owner(slot);
        counts.add(tenant, CacheCounts.HITS, packets);
        counts.add(tenant, CacheCounts.HIT_BYTES, bytes);
        if (state[slot] != MEMBER || packets <= 0) return;
        long left = config.byBytes() ? (bytes + (1 << WEIGHT_BITS) - 1) >>> WEIGHT_BITS : packets;
        for (int i = 0; i < MOST_PIECES && left > 0; i++) {
            eviction.hit(slot, (int) Math.min(left, MOST_WEIGHT));
            left -= MOST_WEIGHT;
        }
        if (config.quota() > 0) owned.toFirst(tenant, slot);
    }

    /** A packet found none. Whose the key is does not matter without tenants. */
    public void missed(long tenant, long bytes) {
        counts.packet(number(tenant), CacheCounts.MISSES, bytes);
    }

    /**
     * A packet's key is not there and is to come in.
     *
     * @return {@link #ROOM}, {@link #REJECTED}, or the slot of an entry that is to go first
     */
    public int offer(long hash, long tenant, long bytes) {
        eviction.tried(hash, weight(bytes));
        int whose = number(tenant);
        int slot;
        if (config.quota() > 0 && counts.get(whose, CacheCounts.MEMBERS) >= config.quota()) {
            slot = ownVictim(whose, hash);
        } else if (size < config.capacity()) {
            return ROOM;
        } else {
            slot = eviction.victim(hash);
        }
        if (slot == Eviction.NONE) counts.add(whose, CacheCounts.REJECTED, 1);
        return slot;
    }

    /** Of those of a tenant's that were hit the longest ago. */
    private int ownVictim(int tenant, long hash) {
        int coldest = owned.last(tenant);
        if (coldest == Eviction.NONE) return Eviction.NONE;
        int slot = coldest;
        for (int i = 1; i < LOOKED_AT; i++) {
            slot = owned.before(slot);
            if (slot == Eviction.NONE) break;
            if (eviction.heat(slot) < eviction.heat(coldest)) coldest = slot;
        }
        return eviction.isHotter(hash, coldest) ? coldest : Eviction.NONE;
    }

    /** The entry that goes for one of the control plane's, whatever the policy thinks of that; {@link #REJECTED} where all are pinned. */
    public int victim() {
        return eviction.victim();
    }

    /** A newcomer for which {@link #offer} had room, or made it, is there. */
    public void added(int slot, long hash, long tenant, long bytes) {
        place(slot, hash, number(tenant), weight(bytes), false);
        counts.add(owner(slot), CacheCounts.ADMITTED, 1);
    }

    /** An entry is there that no packet asked for; its tenant may have more than the quota by it. */
    public void put(int slot, long hash, long tenant, boolean pinned) {
        place(slot, hash, number(tenant), 1, pinned);
    }

    private void place(int slot, long hash, int tenant, int weight, boolean pinned) {
        if (state[slot] != ABSENT) throw new IllegalStateException("cache: slot " + slot + " is taken already");
        size++;
        if (owner.length > 0) owner[slot] = (char) tenant;
        enter(slot, hash, tenant, weight, pinned);
    }

    private void enter(int slot, long hash, int tenant, int weight, boolean pinned) {
        state[slot] = pinned ? PINNED : MEMBER;
        counts.add(tenant, pinned ? CacheCounts.PINNED : CacheCounts.MEMBERS, 1);
        if (pinned) return;
        eviction.add(slot, hash, weight);
        if (config.quota() > 0) owned.addFirst(tenant, slot);
    }

    private void leave(int slot) {
        int tenant = owner(slot);
        boolean pinned = state[slot] == PINNED;
        state[slot] = ABSENT;
        counts.add(tenant, pinned ? CacheCounts.PINNED : CacheCounts.MEMBERS, -1);
        if (pinned) return;
        eviction.remove(slot);
        if (config.quota() > 0) owned.remove(slot);
    }

    /** Has an entry that is there be pinned from now on, or not. */
    public void pin(int slot, long hash, boolean pinned) {
        if (state[slot] == ABSENT || isPinned(slot) == pinned) return;
        leave(slot);
        enter(slot, hash, owner(slot), 1, pinned);
    }

    public boolean isPinned(int slot) {
        return state[slot] == PINNED;
    }

    /** An entry goes for another one. */
    public void evicted(int slot) {
        counts.add(owner(slot), CacheCounts.EVICTED, 1);
        removed(slot);
    }

    /** An entry goes that was not hit for its lifetime. */
    public void expired(int slot) {
        counts.add(owner(slot), CacheCounts.EXPIRED, 1);
        removed(slot);
    }

    /** An entry goes, whatever the reason. */
    public void removed(int slot) {
        if (state[slot] == ABSENT) throw new IllegalStateException("cache: slot " + slot + " is not taken");
        leave(slot);
        size--;
    }

    /** How many entries there are, pinned ones with them. */
    public int size() {
        return size;
    }

    /** Of all. Allocates. */
    public CacheFigures figures() {
        CacheFigures all = counts.figures(TenantNumbers.OTHERS);
        int last = tenants == null ? 0 : tenants.last();
        for (int number = 1; number <= last; number++) all = all.plus(counts.figures(number));
        return all;
    }

    /** Of each tenant that was seen; those beyond the first 4096 are only in {@link #figures}. Allocates. */
    public SortedMap<Long, CacheFigures> tenants() {
        SortedMap<Long, CacheFigures> all = new TreeMap<>(Long::compareUnsigned);
        if (tenants == null) return all;
        for (int number = 1; number <= tenants.last(); number++) {
            all.put(tenants.tenant(number), counts.figures(number));
        }
        return all;
    }
}
