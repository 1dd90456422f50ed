package dev.weir.dataplane.graph;

import java.lang.invoke.VarHandle;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The thread that completes the futures of what workers have answered, with all that hangs on them. A worker leaves its answer in a queue, and wakes the thread where that sleeps: microseconds,
 * no memory, no lock. Workers offer; whoever made it ends it, after them.
 */
final class Answers implements Runnable {
    private static final int ROOM = 4096;

    private final Mailbox<WorkerCalls.Answering<?>> given = new Mailbox<>(ROOM);
    private final DataplaneListener told;
    private final Thread thread =
            Thread.ofPlatform().daemon().name("weir-answers").unstarted(this);
    private volatile boolean sleeps, ends;

    /** @param told is told, in the thread, that it begins */
    Answers(DataplaneListener told) {
        this.told = told;
    }

    void start() {
        thread.start();
    }

    /** False where there are more answers than it has got round to; then the worker completes its own. */
    boolean offer(WorkerCalls.Answering<?> answered) {
        if (!given.offer(answered)) {
            return false;
        }
        VarHandle.fullFence();
        if (sleeps) {
            LockSupport.unpark(thread);
        }
        return true;
    }

    @Override
    public void run() {
        try {
            told.answersStarted();
        } catch (RuntimeException | Error e) {
            Thread.currentThread().getUncaughtExceptionHandler().uncaughtException(thread, e);
        }
        while (true) {
            boolean over = ends;
            WorkerCalls.@Nullable Answering<?> next = given.poll();
            if (next != null) {
                next.complete();
            } else if (over) {
                return;
            } else {
                sleep();
            }
        }
    }

    private void sleep() {
        sleeps = true;
        VarHandle.fullFence();
        if (given.isEmpty() && !ends) {
            LockSupport.park(this);
        }
        sleeps = false;
    }

    /** After workers have ended: what they have answered is completed yet. */
    void end() {
        ends = true;
        LockSupport.unpark(thread);
    }
}
