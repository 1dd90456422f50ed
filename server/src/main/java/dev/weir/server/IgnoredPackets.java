package dev.weir.server;

import dev.weir.dataplane.graph.Dataplane;
import dev.weir.dataplane.graph.DataplaneCounters;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** How many packets of a data plane were in no flow: not IP, or malformed. Asks the workers; where they do not answer, what they said last. Any thread. */
final class IgnoredPackets implements LongSupplier {
    private static final long PATIENCE_SECONDS = 1;

    private volatile @Nullable Dataplane plane;
    private volatile long last;

    void of(Dataplane running) {
        plane = running;
    }

    @Override
    public long getAsLong() {
        Dataplane running = plane;
        if (running != null) {
            try {
                DataplaneCounters counters = running.counters().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
                long malformed = counters.malformed().values().stream()
                        .mapToLong(Long::longValue)
                        .sum();
                last = counters.table().getOrDefault("UNHANDLED", 0L) + malformed;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (ExecutionException | TimeoutException e) {
                return last; // they are ending
            }
        }
        return last;
    }
}
