package dev.weir.p4.run;

import dev.weir.p4.run.ProfileRun.WeightedCall;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Copies of entries of one table, each as an {@link EntryCopy} would have it, in arrays that are made once and filled again: so a table of millions is copied without a
 * collection of garbage, for which packets would wait. One thread at a time; a worker while {@link TableControl#copy(int, EntryBlock)} fills it.
 */
public final class EntryBlock {
    final int keyWords, payloadWords;
    final long[] keys, payloads, lifetimes, lastHits;
    final int[] priorities;
    final @Nullable EntryNotes[] notes;
    final List<@Nullable List<WeightedCall>> sets;
    int size;

    EntryBlock(int capacity, int keyWords, int payloadWords) {
        this.keyWords = keyWords;
        this.payloadWords = payloadWords;
        keys = new long[capacity * keyWords];
        payloads = new long[capacity * payloadWords];
        lifetimes = new long[capacity];
        lastHits = new long[capacity];
        priorities = new int[capacity];
        notes = new EntryNotes[capacity];
        sets = new ArrayList<>(Collections.nCopies(capacity, null));
    }

    public int size() {
        return size;
    }

    public void clear() {
        size = 0;
    }

    /** Of all keys; those of entry {@code i} begin at {@code i} times as many. As {@link dev.weir.table.match.MatchKey#toWords} has them. */
    public int keyWords() {
        return keyWords;
    }

    public long[] keys() {
        return keys;
    }

    /** Of all payloads; those of entry {@code i} begin at {@code i} times as many. */
    public int payloadWords() {
        return payloadWords;
    }

    public long[] payloads() {
        return payloads;
    }

    public int priority(int i) {
        return priorities[i];
    }

    public long lifetime(int i) {
        return lifetimes[i];
    }

    public long lastHit(int i) {
        return lastHits[i];
    }

    public @Nullable EntryNotes notes(int i) {
        return notes[i];
    }

    /** What is the entry's own of a selector's group; null for others. */
    public @Nullable List<WeightedCall> set(int i) {
        return sets.get(i);
    }
}
