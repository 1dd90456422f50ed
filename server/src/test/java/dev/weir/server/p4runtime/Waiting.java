package dev.weir.server.p4runtime;

import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** Waits for what other threads do. */
final class Waiting {
    private static final long PATIENCE_NANOS = 20_000_000_000L;

    private Waiting() {}

    /** What is given as soon as it is as wanted, or in the end. */
    static <T> T until(Supplier<T> given, Predicate<T> wanted) {
        long end = System.nanoTime() + PATIENCE_NANOS;
        T last = given.get();
        while (!wanted.test(last) && System.nanoTime() < end) {
            LockSupport.parkNanos(2_000_000);
            last = given.get();
        }
        return last;
    }
}
