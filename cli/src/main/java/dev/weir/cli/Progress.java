package dev.weir.cli;

import dev.weir.wire.PacketSource;
import java.io.PrintStream;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.LongFunction;
import java.util.function.LongSupplier;

/**
 * How far long work is, on a line of a terminal: a thread of its own repaints it, and nothing shows in the first moments. Closing
 * erases it.
 */
final class Progress implements AutoCloseable {
    private static final int FIRST_MILLIS = 500, EVERY_MILLIS = 200, BAR_WIDTH = 24;
    private static final String ERASE = "\r\033[K";

    private final LongFunction<String> line;
    private final PrintStream err;
    private final long begun = System.nanoTime();
    private final CountDownLatch done = new CountDownLatch(1);
    private final Thread painter = new Thread(this::paint, "weir-progress");
    private boolean painted;

    /** Begins to watch a source: share of the input, packets a second, time left. */
    Progress(PacketSource source, LongSupplier packets, PrintStream err) {
        this(nanos -> line(nanos, source.bytesRead(), source.bytesTotal(), packets.getAsLong()), err);
    }

    /** @param line what to show, from the nanoseconds since it began; asked by the painting thread */
    Progress(LongFunction<String> line, PrintStream err) {
        this.line = line;
        this.err = err;
        painter.setDaemon(true);
        painter.start();
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

    private void paint() {
        try {
            for (int wait = FIRST_MILLIS; !done.await(wait, TimeUnit.MILLISECONDS); wait = EVERY_MILLIS) {
                err.print(ERASE + line.apply(System.nanoTime() - begun));
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

    /** One state of the bar; without a total there is no share and no time left. */
    static String line(long nanos, long read, long total, long packets) {
        double seconds = nanos / 1e9;
        String rate = Quantities.count(packets) + " packets, " + Quantities.rate(packets, seconds);
        if (total <= 0) {
            return rate;
        }
        double share = Math.clamp((double) read / total, 0.0, 1.0);
        int full = (int) (share * BAR_WIDTH);
        String bar = "[" + "#".repeat(full) + "-".repeat(BAR_WIDTH - full) + "] ";
        String left = share > 0 ? ", " + Quantities.time(seconds / share - seconds) + " left" : "";
        return String.format(Locale.ROOT, "%s%3.0f %%  %s%s", bar, Math.floor(100 * share), rate, left);
    }
}
