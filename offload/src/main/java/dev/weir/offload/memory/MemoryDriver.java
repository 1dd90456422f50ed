package dev.weir.offload.memory;

import dev.weir.offload.check.Fault;
import dev.weir.offload.check.FlowFault;
import dev.weir.offload.check.Match;
import dev.weir.offload.driver.BatchResult;
import dev.weir.offload.driver.Capabilities;
import dev.weir.offload.driver.DriverException;
import dev.weir.offload.driver.Feature;
import dev.weir.offload.driver.FlowChange;
import dev.weir.offload.driver.FlowDriver;
import dev.weir.offload.driver.FlowEvent;
import dev.weir.offload.driver.FlowEvent.Cause;
import dev.weir.offload.driver.Watchers;
import dev.weir.offload.model.Flow;
import dev.weir.offload.model.FlowQuery;
import dev.weir.offload.model.Model;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Keeps flows in memory. Answers are complete when a call returns; calls for one interface are served one at a time, by the thread that
 * calls. Flows that time out end at the next call for their interface, or within {@link #PATIENCE} where it keeps time itself. Packets can be shown to it: {@link #classify} finds the flow
 * and counts. Or a {@link FlowEngine} has packets of its own.
 */
public final class MemoryDriver implements FlowDriver {
    /** How long a flow may outlive its timeout while nobody calls. */
    public static final Duration PATIENCE = Duration.ofMillis(20);

    private static final String NAME = "memory";
    private static final Capabilities ALL = new Capabilities(EnumSet.allOf(Feature.class), Integer.MAX_VALUE);

    private final String name;
    private final Map<Long, MemoryDevice> devices = new TreeMap<>();
    private final Watchers watchers = new Watchers();
    private final LongSupplier nanoClock;
    private volatile boolean closed;
    private @Nullable Thread timer;

    /** @param models of each interface, by its index; one with faults throws, with all of them */
    private MemoryDriver(String name, Map<Long, Model> models, LongSupplier nanoClock, FlowEngine engine) {
        this.name = name;
        this.nanoClock = nanoClock;
        models.forEach((ifindex, model) -> devices.put(ifindex, new MemoryDevice(ifindex, model, engine, watchers)));
    }

    /** A driver by the machine's clock. A model with faults throws, with all of them. */
    public static MemoryDriver start(Map<Long, Model> models) {
        return new MemoryDriver(NAME, models, System::nanoTime, FlowEngine.NONE).timed();
    }

    /** A driver by another clock of nanoseconds, on which flows end when {@link #expire} is called. */
    public static MemoryDriver by(LongSupplier nanoClock, Map<Long, Model> models) {
        return new MemoryDriver(NAME, models, nanoClock, FlowEngine.NONE);
    }

    /** The same where an engine does what flows say, by whose clock times are. */
    public static MemoryDriver driving(
            String name, FlowEngine engine, LongSupplier nanoClock, Map<Long, Model> models) {
        return new MemoryDriver(name, models, nanoClock, engine);
    }

    /** Has flows end in time though nobody calls. */
    public MemoryDriver timed() {
        if (timer == null) timer = Thread.ofVirtual().name("offload-timer").start(this::keepTime);
        return this;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Capabilities capabilities() {
        return ALL;
    }

    @Override
    public Set<Long> interfaces() {
        return Set.copyOf(devices.keySet());
    }

    @Override
    public CompletableFuture<Model> model(long ifindex) {
        return answer(ifindex, MemoryDevice::model);
    }

    @Override
    public CompletableFuture<List<Flow>> flows(long ifindex, FlowQuery query) {
        return answer(ifindex, device -> device.flows(query, nanoClock.getAsLong()));
    }

    @Override
    public CompletableFuture<BatchResult> change(FlowChange change) {
        return answer(change.ifindex(), device -> device.change(change, nanoClock.getAsLong()));
    }

    /**
     * The uid of the table's flow that a packet is of, which it is counted for; -1 where there is none. Throws for an interface or a table that is not
     * there.
     */
    public long classify(long ifindex, long table, Match.Packet packet, long octets) {
        return answer(ifindex, device -> device.classify(table, packet, octets, nanoClock.getAsLong()))
                .join();
    }

    /** Ends flows whose time is over. */
    public void expire() {
        long now = nanoClock.getAsLong();
        for (MemoryDevice device : devices.values()) device.expire(now);
    }

    @Override
    public Watch watch(Set<Cause> causes, Consumer<FlowEvent> watcher) {
        return watchers.add(causes, watcher);
    }

    @Override
    public void close() {
        closed = true;
        watchers.close();
        if (timer != null) timer.interrupt();
    }

    /** How many flows have their timeouts looked at later, some of which may be no more. */
    int timers() {
        return devices.values().stream().mapToInt(MemoryDevice::timers).sum();
    }

    private void keepTime() {
        try {
            while (!closed) {
                Thread.sleep(PATIENCE);
                expire();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // the driver was closed
        }
    }

    /** A call that is answered by a device. */
    private interface Call<T> {
        T of(MemoryDevice device) throws FlowFault;
    }

    private <T> CompletableFuture<T> answer(long ifindex, Call<T> call) {
        MemoryDevice device = devices.get(ifindex);
        if (closed) return failed(Fault.BACKEND_GONE, "driver " + name + ": was closed; open it again");
        if (device == null) {
            return failed(
                    Fault.UNKNOWN_INTERFACE,
                    "interface " + ifindex + ": is not there; give one of " + devices.keySet());
        }
        try {
            return CompletableFuture.completedFuture(call.of(device));
        } catch (FlowFault fault) {
            return CompletableFuture.failedFuture(new DriverException(fault));
        }
    }

    private static <T> CompletableFuture<T> failed(Fault fault, String message) {
        return CompletableFuture.failedFuture(new DriverException(fault, message));
    }
}
