package dev.weir.offload.driver;

import dev.weir.offload.driver.FlowEvent.Cause;
import dev.weir.offload.model.Flow;
import dev.weir.offload.model.FlowQuery;
import dev.weir.offload.model.Model;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * What carries flows: memory, a backend in another process, the kernel. Each interface has a model and flows of its own.
 *
 * <p>Any thread may call, and no call waits: answers are futures, completed by the driver's threads or by those of callers who wait for theirs, so what hangs on
 * them is quick or goes elsewhere. Calls of one thread are worked at in their order. A call that fails as a whole ends with a {@link DriverException}. A driver that
 * was closed fails all calls, and ends its watches.
 */
public interface FlowDriver extends AutoCloseable {
    /** What it is called in messages and listings. */
    String name();

    Capabilities capabilities();

    /** Indices of the interfaces that it has now. */
    Set<Long> interfaces();

    /** What the interface's device tells of itself. */
    CompletableFuture<Model> model(long ifindex);

    /** The flows of a table that are wanted, each as it was set, with what it has seen; the order is the driver's. */
    CompletableFuture<List<Flow>> flows(long ifindex, FlowQuery query);

    CompletableFuture<BatchResult> change(FlowChange change);

    /**
     * Tells what changes from now on for one of the causes, on a thread of the watch's own; ended by closing. A watcher that is slow is told how
     * much it missed.
     */
    Watch watch(Set<Cause> causes, Consumer<FlowEvent> watcher);

    /** Tells all that changes from now on. */
    default Watch watch(Consumer<FlowEvent> watcher) {
        return watch(EnumSet.allOf(Cause.class), watcher);
    }

    /** Ends all calls and watches, and frees what the driver holds. */
    @Override
    void close();

    /** A watch that can be ended. */
    interface Watch extends AutoCloseable {
        /** Returns when all that changed before the call is told, or the watch has ended. */
        void await() throws InterruptedException;

        @Override
        void close();
    }
}
