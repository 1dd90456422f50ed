package dev.weir.p4.run;

import java.util.OptionalLong;

/**
 * How a program runs.
 *
 * @param rules for the lifetimes of entries
 * @param seed of random numbers
 * @param cacheSeed fixes the secret by which caches hash keys, and so what they keep; empty for one drawn at random
 * @param headroom how many bytes before each packet of a vector may be written
 */
public record RunOptions(
        Rules rules,
        long seed,
        OptionalLong cacheSeed,
        int headroom,
        TableListener tableListener,
        DigestListener digestListener) {
    public static RunOptions of(Rules rules) {
        return new RunOptions(rules, 0, OptionalLong.empty(), 0, TableListener.NONE, DigestListener.NONE);
    }

    public RunOptions withListener(TableListener listener) {
        return new RunOptions(rules, seed, cacheSeed, headroom, listener, digestListener);
    }

    public RunOptions withDigests(DigestListener listener) {
        return new RunOptions(rules, seed, cacheSeed, headroom, tableListener, listener);
    }

    public RunOptions withSeed(long seed) {
        return new RunOptions(rules, seed, cacheSeed, headroom, tableListener, digestListener);
    }

    public RunOptions withCacheSeed(long fixed) {
        return new RunOptions(rules, seed, OptionalLong.of(fixed), headroom, tableListener, digestListener);
    }

    public RunOptions withHeadroom(int bytes) {
        return new RunOptions(rules, seed, cacheSeed, bytes, tableListener, digestListener);
    }
}
