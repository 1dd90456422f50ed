package dev.weir.server.standby;

import dev.weir.api.v1.YieldResponse;
import dev.weir.server.DaemonLog;
import dev.weir.server.standby.Pair.Duty;
import java.io.IOException;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Whether this machine forwards, and by which number. It goes one way: it follows, forwards, and ends. A number is on the disk before it is acted upon. Any thread.
 */
final class Standing implements AutoCloseable {
    private final TermFile file;
    private final DaemonLog log;
    /** Held while the duty or the file changes. */
    private final ReentrantLock lock = new ReentrantLock();

    private volatile Duty duty = Duty.FOLLOW;
    private volatile Runnable listener = () -> {};

    Standing(TermFile file, DaemonLog log) {
        this.file = file;
        this.log = log;
    }

    /** @param onDuty is told, in another thread, that the duty is another now */
    void listen(Runnable onDuty) {
        listener = onDuty;
    }

    Duty duty() {
        return duty;
    }

    /** The largest number that this machine knows, with its own name. */
    Term term() {
        return file.term();
    }

    /** Whether this machine forwards by that number, or did when it was last up. */
    boolean isPrimary() {
        return file.isPrimary();
    }

    /** Takes note of a number that is larger than what was known, and of who forwards by it. */
    void learn(long number, boolean primary) throws IOException {
        lock.lock();
        try {
            if (Long.compareUnsigned(number, file.term().number()) > 0 || (file.isPrimary() && !primary)) {
                file.write(Math.max(number, file.term().number()), primary);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Takes the next number; this machine forwards when {@link #forward} says so. */
    void takeNumber(String why) throws IOException {
        lock.lock();
        try {
            file.write(file.term().number() + 1, true);
            log.info("standby: takes over, term " + file.term() + ": " + why);
        } finally {
            lock.unlock();
        }
    }

    /** Forwards from now on, by the number that it has. */
    void forward() {
        lock.lock();
        try {
            duty = Duty.FORWARD;
        } finally {
            lock.unlock();
        }
        listener.run();
    }

    /** Another machine forwards by that term: whether this one does no more. */
    YieldResponse yieldTo(Term its) throws IOException {
        if (its.number() < 0) {
            throw new IOException("there cannot be such a term: " + its);
        }
        lock.lock();
        try {
            boolean yields = duty != Duty.FORWARD || its.compareTo(file.term()) > 0;
            if (yields && duty == Duty.FORWARD) {
                try {
                    file.write(its.number(), false);
                } catch (IOException e) { // by the old number it asks first at the next start, and finds the larger one
                    log.warning("standby: " + e.getMessage() + "; it yields all the same");
                }
                log.warning("standby: yields to term " + its + "; forwards no more");
                duty = Duty.END;
                listener.run();
            }
            return YieldResponse.newBuilder()
                    .setYields(yields)
                    .setTerm(file.term().message())
                    .build();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
