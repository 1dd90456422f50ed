package dev.weir.offload.circle;

import dev.weir.dataplane.Threads;
import dev.weir.dataplane.graph.GraphConfig;
import dev.weir.dataplane.graph.OffloadLink;
import dev.weir.dataplane.graph.OffloadNotice;
import dev.weir.dataplane.graph.ReleaseReason;
import dev.weir.offload.xdp.FlowCarrier;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/**
 * The circle: flows that the flow table decides are carried by a driver below, and what the driver counts comes back to
 * them. A thread of its own, between the workers' notices and mail on one side and the driver on the other; no packet and
 * no worker ever waits for it.
 *
 * <p>{@link #start}, {@link #status} and {@link #close} are for any thread.
 */
public final class Circle implements AutoCloseable {
    private static final int NOTICES = 4096;
    private static final long PAUSE_NANOS = 2_000_000, LOOK_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(5);

    /** Is told, in the circle's thread, what a person should know. */
    public interface Listener {
        /** The thread begins. */
        void started();

        /** Something is new about a port or the driver. */
        void changed(String what);

        /** Something does not work: why, and what to do. */
        void failed(String what);
    }

    private final OffloadLink link;
    private final FlowCarrier driver;
    private final CircleOptions options;
    private final Listener listener;
    private final List<Outbox> outboxes;
    private final Binder binder;
    private final Thread thread;
    private GraphConfig config;
    private volatile CircleStatus status;
    private volatile OffloadLink.Counts held = new OffloadLink.Counts(0, 0);
    private volatile boolean closing;

    private Circle(OffloadLink link, FlowCarrier driver, CircleOptions options, Listener listener) {
        this.link = link;
        this.driver = driver;
        this.options = options;
        this.listener = listener;
        config = link.config();
        outboxes = IntStream.range(0, config.workers())
                .mapToObj(worker -> new Outbox(link, worker))
                .toList();
        binder = new Binder(link, driver, options, outboxes, listener);
        status = binder.status(new OffloadLink.Counts(0, 0));
        thread = Thread.ofPlatform().name("weir-circle").daemon().unstarted(this::run);
    }

    /** Closes the loop from now on. The driver is the circle's from then on, which closes it; the link as well. */
    public static Circle start(OffloadLink link, FlowCarrier driver, CircleOptions options, Listener listener) {
        Circle circle = new Circle(link, driver, options, listener);
        circle.thread.start();
        return circle;
    }

    /** What it does, as of the last second. */
    public CircleStatus status() {
        return status;
    }

    private void run() {
        listener.started();
        long nextRead = System.nanoTime(), nextLook = nextRead;
        while (!closing) {
            long now = System.nanoTime();
            int noticed = 0;
            try {
                noticed = turn();
                if (now - nextRead >= 0) {
                    nextRead = now + options.interval().toNanos();
                    binder.read();
                }
                if (now - nextLook >= 0) {
                    nextLook = now + LOOK_NANOS;
                    look();
                }
            } catch (RuntimeException e) {
                binder.failed(e);
            }
            outboxes.forEach(Outbox::flush);
            if (noticed == 0) {
                link.await(PAUSE_NANOS);
            }
        }
        finish();
    }

    private int turn() {
        List<OffloadNotice> notices = new ArrayList<>();
        int n = link.poll(NOTICES, notices::add);
        if (n != 0) {
            binder.take(notices);
        }
        return n;
    }

    /** After the graph has changed packets may go another way. */
    private void look() {
        List<String> news = driver.maintain();
        news.forEach(listener::changed);
        if (!link.config().equals(config)) {
            config = link.config();
            binder.recallAll(ReleaseReason.GRAPH);
        } else if (!news.isEmpty()) {
            binder.recallAll(ReleaseReason.PORT);
        }
        var _ = link.counts().thenAccept(counts -> held = counts);
        status = binder.status(held);
    }

    /** All flows go back to software, with what was carried of them. */
    private void finish() {
        long end = System.nanoTime() + PATIENCE_NANOS;
        boolean isOver = false;
        while (!isOver && System.nanoTime() - end < 0) {
            try {
                turn();
            } catch (RuntimeException e) {
                binder.failed(e);
            }
            outboxes.forEach(Outbox::flush);
            if (outboxes.stream().allMatch(Outbox::isEmpty)) {
                isOver = binder.isEmpty() && link.counts().join().held() == 0 && turn() == 0;
                binder.recallAll(ReleaseReason.STOPPED);
            }
            link.await(PAUSE_NANOS);
        }
        driver.close();
        if (!isOver) {
            listener.failed("flows were still carried at the end, and what was carried last is lost: workers did not"
                    + " answer within " + TimeUnit.NANOSECONDS.toSeconds(PATIENCE_NANOS) + " s; please report it");
        }
    }

    /** Ends it: waits until all flows are in software again, a few seconds at the most, and takes the programs off. */
    @Override
    public void close() {
        if (closing) {
            return;
        }
        link.close();
        closing = true;
        Threads.join(thread);
    }
}
