package dev.weir.server.standby;

import dev.weir.server.DaemonLog;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/** What is wrong now. The log is told, of the same again at most once a minute, however often it is over and back. Any thread. */
final class Trouble {
    private static final long AGAIN_NANOS = TimeUnit.MINUTES.toNanos(1);
    /** How many texts are known; of more the one that was told first is forgotten. */
    private static final int MOST = 64;

    private final DaemonLog log;
    private final LongSupplier clock;
    private final ReentrantLock lock = new ReentrantLock();
    /** When each text was told, the oldest first. */
    private final Map<String, Long> told = new LinkedHashMap<>();

    private volatile String what = "";

    /** @param clock as {@link System#nanoTime} */
    Trouble(DaemonLog log, LongSupplier clock) {
        this.log = log;
        this.clock = clock;
    }

    void tell(String why) {
        what = why;
        if (isDue(why)) {
            log.warning("standby: " + why);
        }
    }

    private boolean isDue(String why) {
        lock.lock();
        try {
            long now = clock.getAsLong();
            Long before = told.get(why);
            if (before != null && now - before < AGAIN_NANOS) {
                return false;
            }
            told.remove(why);
            told.put(why, now);
            if (told.size() > MOST) {
                told.remove(told.keySet().iterator().next());
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    void over() {
        what = "";
    }

    /** Empty where nothing is wrong. */
    String what() {
        return what;
    }
}
