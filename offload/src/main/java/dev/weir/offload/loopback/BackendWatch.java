package dev.weir.offload.loopback;

import dev.weir.offload.driver.FlowDriver;
import dev.weir.offload.driver.FlowEvent;
import dev.weir.offload.driver.FlowEvent.Cause;
import java.util.EnumSet;
import java.util.Set;
import java.util.function.Consumer;

/**
 * What a backend tells its driver of: always of flows that end by themselves, which the driver would otherwise set again after a restart; of all
 * else while it wants to know.
 */
final class BackendWatch implements AutoCloseable {
    private static final Set<Cause> BY_THEMSELVES = EnumSet.of(Cause.IDLE_TIMEOUT, Cause.HARD_TIMEOUT, Cause.LOST);

    private final FlowDriver driver;
    private final Consumer<FlowEvent> told;
    private FlowDriver.Watch watch;

    BackendWatch(FlowDriver driver, Consumer<FlowEvent> told) {
        this.driver = driver;
        this.told = told;
        this.watch = driver.watch(BY_THEMSELVES, told);
    }

    /** Changes what is told; what happens from now on is told so. */
    synchronized void all(boolean all) {
        watch.close();
        watch = all ? driver.watch(told) : driver.watch(BY_THEMSELVES, told);
    }

    /** Returns when all that happened before the call is told. */
    void await() {
        FlowDriver.Watch now;
        synchronized (this) {
            now = watch;
        }
        try {
            now.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // the backend is being closed
        }
    }

    @Override
    public synchronized void close() {
        watch.close();
    }
}
