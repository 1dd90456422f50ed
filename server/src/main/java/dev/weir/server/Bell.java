package dev.weir.server;

import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** What threads wait for that another one changes: all of it happens under one lock, and each change wakes those that wait. Any thread. */
public final class Bell {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    /** Wakes those that wait. */
    public void ring() {
        change(() -> {});
    }

    /** Changes something, and wakes those that wait. */
    public void change(Runnable change) {
        lock.lock();
        try {
            change.run();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Reads something that is changed by this. */
    public <T> T get(Supplier<T> what) {
        lock.lock();
        try {
            return what.get();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits until something is so, which is looked at after each change, or the time is over.
     *
     * @return whether it is so
     */
    public boolean await(long nanos, BooleanSupplier until) throws InterruptedException {
        lock.lock();
        try {
            long left = nanos;
            while (!until.getAsBoolean() && left > 0) {
                left = changed.awaitNanos(left);
            }
            return until.getAsBoolean();
        } finally {
            lock.unlock();
        }
    }

    /** Waits until the next change, or the time is over; a wait that ends early is one as well. */
    @SuppressWarnings("WaitNotInLoop") // the caller looks again in any case
    public void awaitNext(long nanos, BooleanSupplier unless) throws InterruptedException {
        lock.lock();
        try {
            if (!unless.getAsBoolean()) {
                long _ = changed.awaitNanos(nanos);
            }
        } finally {
            lock.unlock();
        }
    }
}
