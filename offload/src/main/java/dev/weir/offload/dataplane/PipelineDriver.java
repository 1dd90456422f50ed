package dev.weir.offload.dataplane;

import dev.weir.offload.check.Fault;
import dev.weir.offload.driver.BatchResult;
import dev.weir.offload.driver.Capabilities;
import dev.weir.offload.driver.DriverException;
import dev.weir.offload.driver.Feature;
import dev.weir.offload.driver.FlowChange;
import dev.weir.offload.driver.FlowDriver;
import dev.weir.offload.driver.FlowEvent;
import dev.weir.offload.driver.FlowEvent.Cause;
import dev.weir.offload.driver.Watchers;
import dev.weir.offload.memory.MemoryDriver;
import dev.weir.offload.model.ErrorMode;
import dev.weir.offload.model.Flow;
import dev.weir.offload.model.FlowQuery;
import dev.weir.offload.model.Model;
import dev.weir.offload.model.Selection;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A driver whose flows forward the packets of data planes: each interface is a {@link Pipeline}. Answers are complete when a call returns, and packets
 * that come then get the actions; of a batch a packet may see a part. Counts are of frames as they came to the table; those of a flow that was
 * taken away lack what was under way.
 *
 * <p>A {@link MemoryDriver} whose clock stands still judges what is set; what it takes is put into the pipelines. Any thread may call; one at a time is
 * served.
 */
public final class PipelineDriver implements FlowDriver {
    /** How long a flow may outlive its timeout while nobody calls. */
    public static final Duration PATIENCE = Duration.ofMillis(20);

    /** The most flows of a change: what becomes of them is told by a queue that has room for these. */
    private static final int MAX_BATCH = 32 * 1024;

    private static final Capabilities ALL = new Capabilities(EnumSet.allOf(Feature.class), MAX_BATCH);

    private final Map<Long, Pipeline> pipelines;
    private final MemoryDriver judge;
    private final Watch judged;
    private final Watchers watchers = new Watchers();
    private final Expiry expiry = new Expiry();
    private final LongSupplier nanoClock;
    /** Why flows are being taken away. */
    private Cause ending = Cause.DELETED;

    private boolean missed;
    private volatile boolean closed;
    private @Nullable Thread timer;

    private PipelineDriver(Map<Long, Pipeline> pipelines, LongSupplier nanoClock) {
        this.pipelines = Map.copyOf(pipelines);
        this.nanoClock = nanoClock;
        Map<Long, Model> models = new HashMap<>();
        pipelines.forEach((ifindex, pipeline) -> models.put(ifindex, pipeline.model()));
        judge = MemoryDriver.by(() -> 0, models);
        judged = judge.watch(this::apply);
    }

    /** A driver of live data planes, whose clock is the machine's as it was once, and from then on the monotonic one. The pipelines have no flows yet, and are the driver's from then on. */
    public static PipelineDriver start(Map<Long, Pipeline> pipelines) {
        Instant wall = Instant.now();
        long offset = wall.getEpochSecond() * 1_000_000_000L + wall.getNano() - System.nanoTime();
        PipelineDriver driver = new PipelineDriver(pipelines, () -> offset + System.nanoTime());
        driver.timer = Thread.ofVirtual().name("offload-pipeline-timer").start(driver::keepTime);
        return driver;
    }

    /** A driver by another clock, that of its data planes, on which flows end when {@link #expire} or another call is made. */
    public static PipelineDriver by(LongSupplier nanoClock, Map<Long, Pipeline> pipelines) {
        return new PipelineDriver(pipelines, nanoClock);
    }

    @Override
    public String name() {
        return "data plane";
    }

    @Override
    public Capabilities capabilities() {
        return ALL;
    }

    @Override
    public Set<Long> interfaces() {
        return judge.interfaces();
    }

    @Override
    public CompletableFuture<Model> model(long ifindex) {
        return judge.model(ifindex);
    }

    @Override
    public synchronized CompletableFuture<List<Flow>> flows(long ifindex, FlowQuery query) {
        expire();
        long now = nanoClock.getAsLong();
        return judge.flows(ifindex, query)
                .thenApply(flows ->
                        flows.stream().map(flow -> counted(ifindex, flow, now)).toList());
    }

    private Flow counted(long ifindex, Flow flow, long now) {
        Pipeline pipeline = pipelines.get(ifindex);
        Entry entry = pipeline == null ? null : pipeline.find(flow.table(), flow.uid());
        return entry == null ? flow : flow.with(entry.counts.stats(now));
    }

    @Override
    public synchronized CompletableFuture<BatchResult> change(FlowChange change) {
        if (change.flows().size() > MAX_BATCH) {
            return CompletableFuture.failedFuture(new DriverException(
                    Fault.BAD_REQUEST,
                    "driver data plane: " + change.flows().size() + " flows in one change, limit=" + MAX_BATCH
                            + "; give fewer at a time"));
        }
        expire();
        return applied(judge.change(change));
    }

    /** Returns when what was judged is in the pipelines. */
    private CompletableFuture<BatchResult> applied(CompletableFuture<BatchResult> result) {
        boolean interrupted = false;
        while (!closed) {
            try {
                judged.await();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) Thread.currentThread().interrupt();
        if (missed) compare();
        return result;
    }

    /** On the watch's thread, while a call waits for it. */
    private void apply(FlowEvent event) {
        switch (event) {
            case FlowEvent.Lost _ -> missed = true;
            case FlowEvent.Changed changed ->
                apply(changed.ifindex(), changed.cause(), changed.flow().bare());
        }
    }

    private void apply(long ifindex, Cause cause, Flow flow) {
        Pipeline pipeline = pipelines.get(ifindex);
        if (pipeline == null) return;
        long now = nanoClock.getAsLong();
        Entry entry = cause.ends() ? pipeline.remove(flow.table(), flow.uid()) : pipeline.put(flow, now);
        if (entry == null) return;
        if (!cause.ends()) expiry.add(ifindex, entry);
        Cause told = cause.ends() ? ending : cause;
        if (watchers.want(told)) {
            watchers.tell(new FlowEvent.Changed(ifindex, told, flow.with(entry.counts.stats(now))));
        }
    }

    /** Deletion of very many flows at once may have told less than was done: what is judged is made true. */
    private void compare() {
        missed = false;
        pipelines.forEach((ifindex, pipeline) -> pipeline.model().tables().forEach(table -> {
            Map<Long, Flow> there = new TreeMap<>();
            for (Flow flow : judge.flows(ifindex, FlowQuery.all(table.uid())).join())
                there.put(flow.uid(), flow.bare());
            for (Flow flow : pipeline.flows(table.uid())) {
                if (!flow.equals(there.remove(flow.uid()))) apply(ifindex, Cause.DELETED, flow);
            }
            for (Flow flow : there.values()) apply(ifindex, Cause.SET, flow);
        }));
    }

    /** Ends flows whose time is over. */
    public synchronized void expire() {
        long now = nanoClock.getAsLong();
        for (Expiry.Over over = expiry.poll(now); over != null && !closed; over = expiry.poll(now)) {
            Flow flow = over.entry().flow;
            Pipeline pipeline = pipelines.get(over.ifindex());
            if (pipeline == null || pipeline.find(flow.table(), flow.uid()) != over.entry()) continue;
            ending = over.cause();
            var _ = applied(
                    judge.change(FlowChange.delete(over.ifindex(), List.of(flow), Selection.UID, ErrorMode.CONTINUE)));
            ending = Cause.DELETED;
        }
    }

    @Override
    public Watch watch(Set<Cause> causes, Consumer<FlowEvent> watcher) {
        return watchers.add(causes, watcher);
    }

    @Override
    public void close() {
        closed = true;
        judge.close();
        watchers.close();
        if (timer != null) timer.interrupt();
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
}
