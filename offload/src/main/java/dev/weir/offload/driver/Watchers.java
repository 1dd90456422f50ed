package dev.weir.offload.driver;

import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * Who is told of a driver's flows. Each watcher has a queue and a thread of its own, so a slow one delays neither the driver nor another: what
 * its queue has no room for is counted and told. Any thread may call.
 */
public final class Watchers implements AutoCloseable {
    private static final int ROOM = 64 * 1024;

    private final List<Watching> watching = new CopyOnWriteArrayList<>();
    private final int room;

    public Watchers() {
        this(ROOM);
    }

    Watchers(int room) {
        this.room = room;
    }

    /** Whether nobody is told, so that events need not be made. */
    public boolean isEmpty() {
        return watching.isEmpty();
    }

    /** Tells all watchers; called in the order of what happened. */
    public void tell(FlowEvent event) {
        for (Watching each : watching) each.offer(event);
    }

    public FlowDriver.Watch add(Consumer<FlowEvent> watcher) {
        Watching each = new Watching(watcher);
        watching.add(each);
        each.thread.start();
        return each;
    }

    @Override
    public void close() {
        for (Watching each : watching) each.close();
    }

    private final class Watching implements FlowDriver.Watch, Runnable {
        private final BlockingQueue<FlowEvent> queue = new ArrayBlockingQueue<>(room);
        private final AtomicLong lost = new AtomicLong();
        private final Consumer<FlowEvent> watcher;
        private final Thread thread = Thread.ofVirtual().name("offload-watch").unstarted(this);

        Watching(Consumer<FlowEvent> watcher) {
            this.watcher = watcher;
        }

        void offer(FlowEvent event) {
            if (!queue.offer(event)) lost.incrementAndGet();
        }

        @Override
        public void run() {
            try {
                while (!Thread.currentThread().isInterrupted()) {
                    FlowEvent event = queue.take();
                    watcher.accept(event);
                    long missed = queue.isEmpty() ? lost.getAndSet(0) : 0;
                    if (missed > 0) watcher.accept(new FlowEvent.Lost(missed));
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt(); // the watch was closed
            } finally {
                watching.remove(this);
            }
        }

        @Override
        public void close() {
            watching.remove(this);
            thread.interrupt();
        }
    }
}
