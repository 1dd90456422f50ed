package dev.weir.dataplane.graph;

import dev.weir.dataplane.Threads;
import dev.weir.wire.linux.RealTime;
import dev.weir.wire.linux.RealTimeThread;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;

/**
 * Keeps workers in the scheduler's real-time class while it runs, and takes them out of it where they would starve others: the thread of its own that does so comes before
 * them. It alone needs the right to enter the class ({@link RealTime}); workers need none. It also looks whether the JVM compiles a lot, as after the start: then a worker
 * may need what is compiled more than a processor at once.
 *
 * <p>A thread in the class that comes upon a method which is just being replaced waits for a compiler that has no processor ({@link RealTimeWorker}). So that this one never does, the launcher has
 * all that it calls of ours run by the interpreter, and what that calls of the JDK's is called often enough before to be compiled for good.
 */
final class RealTimeWatch implements Runnable {
    private static final long LOOK_NANOS = 1_000_000, REST_NANOS = 10_000_000;
    /** How often what the JDK does for a look is rehearsed, all in all and between two rests: five times what the optimizing compiler waits for. */
    private static final int REHEARSALS = 30_000, REHEARSALS_AT_ONCE = 1_000;

    /** After so many looks at which all workers slept it looks less often. */
    private static final int IDLE_LOOKS = 20;

    /** How long compilers are watched for a verdict, and which part of that time is a lot. */
    static final long COMPILING_NANOS = 100_000_000;

    private static final double COMPILING_A_LOT = 0.1;

    /** Stops and resumes the others for the JVM: what waits for it, waits for no worker. */
    private static final String MACHINE_THREAD = "VM Thread";

    private final RealTimeWorker[] workers;
    private final Thread thread =
            Thread.ofPlatform().daemon().name("weir-real-time").unstarted(this);
    private final LongSupplier compilers;
    private final DataplaneListener told;
    private volatile boolean stopped;

    private final int processors = Runtime.getRuntime().availableProcessors();

    private boolean compiling = true, crowded;
    private long compilingSince, compiledBefore, crowdedSince, takenBefore;

    /** @param compilers nanoseconds that the JVM has spent on compiling */
    RealTimeWatch(List<? extends RealTimeWorker.Watched> loops, LongSupplier compilers, DataplaneListener told) {
        this.compilers = compilers;
        this.told = told;
        workers = loops.stream().map(RealTimeWorker::new).toArray(RealTimeWorker[]::new);
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
        told.schedulingStarted();
        var own = new RealTimeThread(RealTime.thread());
        rehearse(own);
        if (!own.enter(RealTime.HIGH)) {
            told.schedulingRefused();
            return;
        }
        for (int machine : RealTime.threadsNamed(MACHINE_THREAD)) {
            new RealTimeThread(machine).enter(RealTime.HIGH);
        }
        compilingSince = System.nanoTime();
        compiledBefore = compilers.getAsLong();
        try {
            watch(own);
        } finally {
            leave();
        }
    }

    private void rehearse(RealTimeThread own) {
        for (int done = 0; done < REHEARSALS && !stopped; done++) {
            own.rehearse();
            if (done % REHEARSALS_AT_ONCE == 0) LockSupport.parkNanos(REST_NANOS);
        }
    }

    private void watch(RealTimeThread own) {
        int idle = 0;
        while (!stopped) {
            long now = System.nanoTime();
            if (now - compilingSince >= COMPILING_NANOS) judgeCompilers(now);
            long others = own.nanos();
            if (now - crowdedSince >= RealTimeWorker.LONG_WINDOW_NANOS) judgeCrowd(now, others);
            boolean awake = false;
            for (RealTimeWorker worker : workers) {
                awake |= worker.look(now, others, crowded, compiling);
            }
            idle = awake ? 0 : idle + 1;
            LockSupport.parkNanos(idle < IDLE_LOOKS ? LOOK_NANOS : REST_NANOS);
        }
    }

    private void judgeCompilers(long now) {
        long compiled = compilers.getAsLong();
        compiling = compiled - compiledBefore > COMPILING_A_LOT * (now - compilingSince);
        compilingSince = now;
        compiledBefore = compiled;
    }

    /** More workers than processors, or several on one: each has less than all of it, all of them together leave the others nothing. */
    private void judgeCrowd(long now, long others) {
        long taken = others;
        for (RealTimeWorker worker : workers) {
            taken += worker.had();
        }
        crowded = crowdedSince != 0
                && taken - takenBefore > RealTimeWorker.NEARLY_ALL * processors * (now - crowdedSince);
        crowdedSince = now;
        takenBefore = taken;
    }

    private void leave() {
        for (RealTimeWorker worker : workers) {
            worker.leave();
        }
    }
}
