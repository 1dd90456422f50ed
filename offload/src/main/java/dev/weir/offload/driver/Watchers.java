package dev.weir.offload.driver;

import dev.weir.offload.driver.FlowEvent.Cause;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
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

    /** Whether somebody wants to be told of that, so that the event has to be made. */
    public boolean want(Cause cause) {
        for (Watching each : watching) {
            if (each.causes.contains(cause)) return true;
        }
        return false;
    }

    public boolean isEmpty() {
        return watching.isEmpty();
    }

    /** Tells all watchers that want to know; called in the order of what happened. */
    public void tell(FlowEvent.Changed event) {
        for (Watching each : watching) {
            if (each.causes.contains(event.cause())) each.offer(event);
        }
    }

    public FlowDriver.Watch add(Set<Cause> causes, Consumer<FlowEvent> watcher) {
        Watching each = new Watching(causes, watcher);
        watching.add(each);
        each.thread.start();
        return each;
    }

    @Override
    public void close() {
        for (Watching each : watching) each.close();
    }

    private final class Watching implements FlowDriver.Watch, Runnable {
        private final Set<Cause> causes;
        private final BlockingQueue<FlowEvent> queue = new ArrayBlockingQueue<>(room);
        private final Consumer<FlowEvent> watcher;
        private final Thread thread = Thread.ofVirtual().name("offload-watch").unstarted(this);
        private long offered;
        private long told;
        private long lost;
        private boolean ended;

        Watching(Set<Cause> causes, Consumer<FlowEvent> watcher) {
            this.causes = EnumSet.copyOf(causes);
            this.watcher = watcher;
        }

        synchronized void offer(FlowEvent event) {
            if (queue.offer(event)) offered++;
            else lost++;
        }

        @Override
        public void run() {
            try {
                while (!Thread.currentThread().isInterrupted()) {
                    watcher.accept(queue.take());
                    long missed = afterOne();
                    if (missed > 0) watcher.accept(new FlowEvent.Lost(missed));
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt(); // the watch was closed
            } finally {
                end();
            }
        }

        /** Counts an event as told; returns how many were lost where it was the last of the queue. */
        private synchronized long afterOne() {
            told++;
            notifyAll();
            long missed = queue.isEmpty() ? lost : 0;
            lost -= missed;
            return missed;
        }

        private synchronized void end() {
            watching.remove(this);
            ended = true;
            notifyAll();
        }

        @Override
        public synchronized void await() throws InterruptedException {
            long until = offered;
            while (told < until && !ended) wait();
        }

        @Override
        public void close() {
            end();
            thread.interrupt();
        }
    }
}
