package dev.weir.offload.kernel;

import dev.weir.offload.check.Fault;
import dev.weir.offload.driver.BatchResult;
import dev.weir.offload.driver.Capabilities;
import dev.weir.offload.driver.DriverException;
import dev.weir.offload.driver.FlowChange;
import dev.weir.offload.driver.FlowDriver;
import dev.weir.offload.driver.FlowEvent;
import dev.weir.offload.driver.FlowEvent.Cause;
import dev.weir.offload.memory.MemoryDriver;
import dev.weir.offload.model.Flow;
import dev.weir.offload.model.FlowQuery;
import dev.weir.offload.model.Model;
import dev.weir.offload.xdp.XdpDriver;
import dev.weir.offload.xdp.XdpDriverOptions;
import dev.weir.table.TenantMode;
import dev.weir.wire.PortException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Has the kernel carry flows, by an XDP program on each interface ({@link XdpDriver}): {@link KernelModel} says what flows may be. Those of an
 * interface meet the packets that come by it. Counters, and what is idle, are the kernel's: TCP's beginnings and ends are not among them, since they pass
 * up. A flow's match is the kernel's key, so flows of equal matches and different priorities are refused.
 *
 * <p>Flows end with the driver, and with its process, however it ends. Interfaces keep the index that they had when the driver was opened, also when they go and
 * come back. Futures are completed by the driver's thread; a deletion takes some milliseconds, however many flows it names.
 */
public final class XdpFlowDriver implements FlowDriver {
    private static final String NAME = "xdp";
    private static final long EXPIRE_MILLIS = 20, MAINTAIN_MILLIS = 1000, PATIENCE_SECONDS = 10;

    private final XdpDriver kernel;
    private final MemoryDriver flows;
    private final Consumer<String> news;
    private final ScheduledThreadPoolExecutor worker;

    private XdpFlowDriver(XdpDriver kernel, MemoryDriver flows, Consumer<String> news) {
        this.kernel = kernel;
        this.flows = flows;
        this.news = news;
        this.worker = new ScheduledThreadPoolExecutor(
                1, Thread.ofPlatform().name("offload-kernel").daemon().factory());
        this.worker.setRemoveOnCancelPolicy(true);
    }

    /**
     * Attaches to interfaces of the calling thread's network namespace.
     *
     * @param ports their names
     * @param options how; tenants are of no use, since they tell the interfaces apart
     * @param news told on the driver's thread what becomes of interfaces, a clause for a person each
     */
    public static XdpFlowDriver open(List<String> ports, XdpDriverOptions options, Consumer<String> news)
            throws PortException {
        return open(ports, options, news, () -> {});
    }

    /**
     * The same.
     *
     * @param started called on the driver's thread before all else; there rights can be given up but for CAP_NET_ADMIN, which interfaces that come back take
     */
    public static XdpFlowDriver open(
            List<String> ports, XdpDriverOptions options, Consumer<String> news, Runnable started)
            throws PortException {
        XdpDriver kernel = XdpDriver.open(ports, options.withTenants(TenantMode.INTERFACE, List.of()));
        Map<Long, Integer> indices = new LinkedHashMap<>();
        for (long ifindex : kernel.interfaceIndices()) indices.put(ifindex, indices.size());
        Map<Long, Model> models = new TreeMap<>();
        for (long ifindex : indices.keySet()) models.put(ifindex, KernelModel.of(options.ipv4(), options.ipv6()));
        KernelEngine engine = new KernelEngine(kernel, new FlowTranslation(indices));
        MemoryDriver flows = MemoryDriver.driving(NAME, engine, System::nanoTime, models);
        XdpFlowDriver driver = new XdpFlowDriver(kernel, flows, news);
        driver.start(started);
        return driver;
    }

    /** The thread is made by the caller's, whose network namespace it shares. */
    private void start(Runnable started) {
        worker.execute(started);
        var _ = worker.scheduleWithFixedDelay(
                () -> quietly(flows::expire), EXPIRE_MILLIS, EXPIRE_MILLIS, TimeUnit.MILLISECONDS);
        var _ = worker.scheduleWithFixedDelay(
                () -> quietly(() -> kernel.maintain().forEach(news)),
                MAINTAIN_MILLIS,
                MAINTAIN_MILLIS,
                TimeUnit.MILLISECONDS);
    }

    /** What fails is tried again next time. */
    private void quietly(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException e) {
            news.accept("driver xdp: " + e.getMessage());
        }
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Capabilities capabilities() {
        return flows.capabilities();
    }

    @Override
    public Set<Long> interfaces() {
        return flows.interfaces();
    }

    @Override
    public CompletableFuture<Model> model(long ifindex) {
        return flows.model(ifindex);
    }

    @Override
    public CompletableFuture<List<Flow>> flows(long ifindex, FlowQuery query) {
        return answer(() -> flows.flows(ifindex, query));
    }

    @Override
    public CompletableFuture<BatchResult> change(FlowChange change) {
        return answer(() -> flows.change(change));
    }

    /** Has the driver's thread ask; a future that is complete when that is done. */
    private <T> CompletableFuture<T> answer(Supplier<CompletableFuture<T>> call) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        try {
            worker.execute(() -> complete(answer, call));
        } catch (RejectedExecutionException e) {
            answer.completeExceptionally(
                    new DriverException(Fault.BACKEND_GONE, "driver xdp: was closed; open it again"));
        }
        return answer;
    }

    private static <T> void complete(CompletableFuture<T> answer, Supplier<CompletableFuture<T>> call) {
        try {
            var _ = call.get().whenComplete((value, failure) -> {
                if (failure == null) answer.complete(value);
                else answer.completeExceptionally(failure);
            });
        } catch (RuntimeException e) {
            answer.completeExceptionally(new DriverException(
                    Fault.BACKEND_FAILED, "driver xdp: " + e.getMessage() + "; see the kernel's log"));
        }
    }

    @Override
    public Watch watch(Set<Cause> causes, Consumer<FlowEvent> watcher) {
        return flows.watch(causes, watcher);
    }

    /** Where the programs run, a clause for a person: {@code west native XDP, east generic XDP}. */
    public String describe() {
        return kernel.describe();
    }

    @Override
    public void close() {
        flows.close();
        worker.shutdown();
        try {
            if (!worker.awaitTermination(PATIENCE_SECONDS, TimeUnit.SECONDS)) worker.shutdownNow();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        kernel.close();
    }
}
