package dev.weir.p4.run;

/**
 * How a program runs.
 *
 * @param rules for the lifetimes of entries
 * @param seed of random numbers
 * @param headroom how many bytes before each packet of a vector may be written
 */
public record RunOptions(
        Rules rules, long seed, int headroom, TableListener tableListener, DigestListener digestListener) {
    public static RunOptions of(Rules rules) {
        return new RunOptions(rules, 0, 0, TableListener.NONE, DigestListener.NONE);
    }

    public RunOptions withListener(TableListener listener) {
        return new RunOptions(rules, seed, headroom, listener, digestListener);
    }

    public RunOptions withDigests(DigestListener listener) {
        return new RunOptions(rules, seed, headroom, tableListener, listener);
    }

    public RunOptions withSeed(long seed) {
        return new RunOptions(rules, seed, headroom, tableListener, digestListener);
    }

    public RunOptions withHeadroom(int bytes) {
        return new RunOptions(rules, seed, bytes, tableListener, digestListener);
    }
}
