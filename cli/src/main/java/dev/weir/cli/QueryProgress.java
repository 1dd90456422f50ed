package dev.weir.cli;

import dev.weir.export.duckdb.FlowQuery;
import java.io.PrintStream;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** How far a query is, for a terminal: a thread of its own paints it, not in the first moments. Closing erases it. */
final class QueryProgress implements AutoCloseable {
    private static final int FIRST_MILLIS = 1000, EVERY_MILLIS = 200;
    private static final String ERASE = "\r\033[K";

    private final CountDownLatch done = new CountDownLatch(1);
    private final Thread painter;

    QueryProgress(FlowQuery query, PrintStream err) {
        painter = Thread.ofPlatform().daemon().name("weir-progress").start(() -> paint(query, err));
    }

    private void paint(FlowQuery query, PrintStream err) {
        long begun = System.nanoTime();
        boolean painted = false;
        try {
            for (int wait = FIRST_MILLIS; !done.await(wait, TimeUnit.MILLISECONDS); wait = EVERY_MILLIS) {
                double share = query.progress();
                String time = Quantities.time((System.nanoTime() - begun) / 1e9);
                err.print(ERASE + (share < 0 ? "" : String.format(Locale.ROOT, "%3.0f %%  ", 100 * share)) + time);
                err.flush();
                painted = true;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (painted) {
            err.print(ERASE);
            err.flush();
        }
    }

    @Override
    public void close() {
        done.countDown();
        try {
            painter.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
