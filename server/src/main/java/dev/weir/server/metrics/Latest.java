package dev.weir.server.metrics;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What was counted, asked for once a second at the most, however many read; who reads waits for the answer, two seconds at the most. Any thread.
 *
 * @param <T> what is counted
 */
final class Latest<T> {
    private static final long FRESH_NANOS = 1_000_000_000L, PATIENCE_SECONDS = 2;

    private final Supplier<? extends CompletableFuture<T>> source;
    private final LongSupplier clock;
    private @Nullable T latest;
    private long asked;

    /** @param clock nanoseconds that never go back */
    Latest(Supplier<? extends CompletableFuture<T>> source, LongSupplier clock) {
        this.source = source;
        this.clock = clock;
    }

    /** That of late; that before where nobody answers, or no longer. */
    synchronized @Nullable T get() {
        long now = clock.getAsLong();
        if (latest != null && now - asked < FRESH_NANOS) {
            return latest;
        }
        try {
            latest = source.get().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            asked = now;
        } catch (ExecutionException | TimeoutException e) {
            asked = now; // they are ending, or stuck: not asked again at once
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return latest;
    }
}
