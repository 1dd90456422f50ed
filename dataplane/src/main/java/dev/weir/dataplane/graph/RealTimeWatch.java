package dev.weir.dataplane.graph;

import dev.weir.dataplane.Threads;
import dev.weir.wire.linux.RealTime;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * Keeps workers in the scheduler's real-time class while it runs, and takes them out of it where they would starve others: the thread of its own that does so comes before
 * them. It alone needs the right to enter the class ({@link RealTime}); workers need none.
 */
final class RealTimeWatch implements Runnable {
    private static final long LOOK_NANOS = 1_000_000, IDLE_NANOS = 10_000_000;
    /** After so many looks at which all workers slept it looks less often. */
    private static final int IDLE_LOOKS = 100;

    /** Stops and resumes the others for the JVM: what waits for it, waits for no worker. */
    private static final String MACHINE_THREAD = "VM Thread";

    private final List<RealTimeWorker> workers = new ArrayList<>();
    private final Thread thread =
            Thread.ofPlatform().daemon().name("weir-real-time").unstarted(this);
    private final Runnable started;
    private volatile boolean stopped;

    RealTimeWatch(List<? extends RealTimeWorker.Watched> loops, Runnable started) {
        this.started = started;
        loops.forEach(loop -> workers.add(new RealTimeWorker(loop)));
    }

    void start() {
        thread.start();
    }

    void stop() {
        stopped = true;
        LockSupport.unpark(thread);
        Threads.join(thread);
    }

    @Override
    public void run() {
        started.run();
        if (!RealTime.enter(RealTime.thread(), RealTime.HIGH)) return;
        int machine = RealTime.threadNamed(MACHINE_THREAD);
        if (machine != 0) RealTime.enter(machine, RealTime.HIGH);
        try {
            watch();
        } finally {
            workers.forEach(RealTimeWorker::leave);
        }
    }

    private void watch() {
        int idle = 0;
        while (!stopped) {
            long now = System.nanoTime();
            boolean awake = false;
            for (RealTimeWorker worker : workers) {
                awake |= worker.look(now);
            }
            idle = awake ? 0 : idle + 1;
            LockSupport.parkNanos(idle < IDLE_LOOKS ? LOOK_NANOS : IDLE_NANOS);
        }
    }
}
