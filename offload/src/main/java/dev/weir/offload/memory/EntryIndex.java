package dev.weir.offload.memory;

import dev.weir.offload.check.Match;
import org.jspecify.annotations.Nullable;

/**
 * Entries by a hash of theirs: open addressing with linear probing, at most half full, so a step or two and no object for each. Deletion moves what
 * follows back (Knuth, The Art of Computer Programming 3, 6.4, algorithm R), so nothing is left behind by it. Guarded by its device.
 */
final class EntryIndex {
    private static final int LEAST = 16;

    private int[] hashes = new int[LEAST];
    private @Nullable MemoryEntry[] entries = new @Nullable MemoryEntry[LEAST];
    private int size;

    int size() {
        return size;
    }

    boolean isEmpty() {
        return size == 0;
    }

    /** The entry with that hash, which no other here has. */
    @Nullable
    MemoryEntry only(int hash) {
        return entries[slot(hash, null)];
    }

    /** The entry with that match. */
    @Nullable
    MemoryEntry of(Match match) {
        return entries[slot(match.hashCode(), match)];
    }

    /** Has the processor fetch where an entry with that hash is; what is returned says nothing. */
    int look(int hash) {
        int slot = hash & (hashes.length - 1);
        return entries[slot] == null ? 0 : hashes[slot];
    }

    /** Where the entry is with that hash, and with that match where one is given; else the free place that ends the search. */
    private int slot(int hash, @Nullable Match match) {
        int last = hashes.length - 1;
        int slot = hash & last;
        for (MemoryEntry entry = entries[slot]; entry != null; entry = entries[slot]) {
            if (hashes[slot] == hash && (match == null || entry.match.equals(match))) return slot;
            slot = (slot + 1) & last;
        }
        return slot;
    }

    /** Puts in an entry whose like is not in. */
    void add(int hash, MemoryEntry entry) {
        if (size * 2 >= hashes.length) grow();
        put(hash, entry);
        size++;
    }

    private void put(int hash, MemoryEntry entry) {
        int last = hashes.length - 1;
        int slot = hash & last;
        while (entries[slot] != null) slot = (slot + 1) & last;
        hashes[slot] = hash;
        entries[slot] = entry;
    }

    private void grow() {
        int[] oldHashes = hashes;
        @Nullable MemoryEntry[] oldEntries = entries;
        hashes = new int[oldHashes.length * 2];
        entries = new @Nullable MemoryEntry[oldHashes.length * 2];
        for (int slot = 0; slot < oldHashes.length; slot++) {
            MemoryEntry entry = oldEntries[slot];
            if (entry != null) put(oldHashes[slot], entry);
        }
    }

    /** Puts an entry in the place of another with the same hash, which is in. */
    void replace(int hash, MemoryEntry before, MemoryEntry after) {
        entries[slotOf(hash, before)] = after;
    }

    private int slotOf(int hash, MemoryEntry entry) {
        int last = hashes.length - 1;
        int slot = hash & last;
        while (entries[slot] != entry) slot = (slot + 1) & last;
        return slot;
    }

    /** Takes out an entry that is in. */
    void remove(int hash, MemoryEntry entry) {
        int last = hashes.length - 1;
        int hole = slotOf(hash, entry);
        int slot = hole;
        while (true) {
            slot = (slot + 1) & last;
            MemoryEntry next = entries[slot];
            if (next == null) break;
            boolean mayMove = ((slot - hashes[slot]) & last) >= ((slot - hole) & last);
            if (!mayMove) continue;
            hashes[hole] = hashes[slot];
            entries[hole] = next;
            hole = slot;
        }
        entries[hole] = null;
        size--;
        if (size == 0 && hashes.length > LEAST) clear();
    }

    /** Gives back the room of what once was in. */
    private void clear() {
        hashes = new int[LEAST];
        entries = new @Nullable MemoryEntry[LEAST];
    }

    /** All entries, each at an index below {@link #slots}. */
    @Nullable
    MemoryEntry at(int slot) {
        return entries[slot];
    }

    int slots() {
        return hashes.length;
    }
}
