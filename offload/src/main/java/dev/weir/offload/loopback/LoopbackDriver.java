package dev.weir.offload.loopback;

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
import dev.weir.offload.model.ErrorMode;
import dev.weir.offload.model.Flow;
import dev.weir.offload.model.FlowQuery;
import dev.weir.offload.model.Model;
import dev.weir.offload.netlink.Command;
import dev.weir.offload.netlink.HairpinMessage;
import dev.weir.offload.netlink.HairpinMessage.Answer;
import dev.weir.offload.netlink.HairpinMessage.Listener;
import dev.weir.offload.netlink.NetFlowMessage;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Has its flows carried by a backend in another process, which connects to a Unix socket and says that it listens. One backend listens at a
 * time. Calls are numbered and go out without waiting for each other's answers. Without a backend they fail at once, without an answer at their time-out.
 *
 * <p>The driver keeps what the backend said it has. Whatever may have become of a change that failed for want of an answer, and of the flows when
 * the backend went: before the next call is sent, the backend's flows are read and made to agree with that. Calls made meanwhile wait, within their time.
 *
 * <p>Any thread may call. Futures are completed by the driver's threads, or by that of a caller who waits for one: it reads the socket meanwhile.
 */
public final class LoopbackDriver implements FlowDriver {
    private static final int EBUSY = 16;

    private final Watchers watchers = new Watchers();
    private final Duration timeout;
    private final LoopbackListener listener;
    private final Thread timer =
            Thread.ofVirtual().name("offload-loopback-timer").unstarted(this::keepTime);
    private final LoopbackCounters counters = new LoopbackCounters();

    private final Object lock = new Object();
    private final Map<Long, Shadow> shadows = new TreeMap<>();
    private final Deque<PendingCall> held = new ArrayDeque<>();
    private Capabilities capabilities = new Capabilities(Set.of(), 0);
    private @Nullable Link link;
    private @Nullable String problem;
    private long lastInstance;
    private boolean ready;
    private boolean reconciling;
    private boolean closed;

    private LoopbackDriver(Path socket, Duration timeout) throws IOException {
        this.timeout = timeout;
        this.listener = new LoopbackListener(socket, timeout, counters, this::listen, this::received, this::unlink);
    }

    /**
     * Waits for backends at a socket, which is made; a dead one's that is there is taken away.
     *
     * @param timeout within which a backend has to answer a call
     */
    public static LoopbackDriver open(Path socket, Duration timeout) throws IOException {
        LoopbackDriver driver = new LoopbackDriver(socket, timeout);
        driver.listener.start();
        driver.timer.start();
        return driver;
    }

    @Override
    public String name() {
        return "loopback";
    }

    /** What the backend can that listens, or listened last. */
    @Override
    public Capabilities capabilities() {
        synchronized (lock) {
            return capabilities;
        }
    }

    @Override
    public Set<Long> interfaces() {
        synchronized (lock) {
            return Set.copyOf(shadows.keySet());
        }
    }

    /** Whether a backend listens, and has the flows that it should. */
    public boolean isReady() {
        synchronized (lock) {
            return ready;
        }
    }

    /** Why the backend that listened last does so no more; null while it does, or there was none. */
    public @Nullable String problem() {
        synchronized (lock) {
            return problem;
        }
    }

    public LoopbackCounts counts() {
        return counters.counts();
    }

    @Override
    public CompletableFuture<Model> model(long ifindex) {
        synchronized (lock) {
            Shadow shadow = shadows.get(ifindex);
            if (link == null) return gone();
            return shadow == null ? unknown(ifindex) : CompletableFuture.completedFuture(shadow.model());
        }
    }

    @Override
    public CompletableFuture<List<Flow>> flows(long ifindex, FlowQuery query) {
        NetFlowMessage message = new NetFlowMessage(Command.GET_FLOWS, ifindex, new NetFlowMessage.Query(query));
        return submit(message, false, answer -> LoopbackAnswers.flows(answer, message));
    }

    @Override
    public CompletableFuture<BatchResult> change(FlowChange change) {
        Command command = switch (change.kind()) {
            case SET -> Command.SET_FLOWS;
            case MODIFY -> Command.UPDATE_FLOWS;
            case DELETE -> Command.DEL_FLOWS;
        };
        if (change.flows().size() > capabilities().maxBatch() && isReady()) {
            return CompletableFuture.failedFuture(new DriverException(
                    Fault.BAD_REQUEST,
                    "driver loopback: " + change.flows().size() + " flows, the backend takes "
                            + capabilities().maxBatch() + "; split the batch"));
        }
        ErrorMode telling = switch (change.errors()) {
            case ABORT -> ErrorMode.ABORT_LOG;
            case CONTINUE -> ErrorMode.CONTINUE_LOG;
            case ABORT_LOG, CONTINUE_LOG, ATOMIC -> change.errors();
        };
        NetFlowMessage message =
                NetFlowMessage.change(command, change.ifindex(), change.flows(), telling, change.selection());
        return submit(message, true, answer -> changed(change, LoopbackAnswers.change(answer, message)));
    }

    /** Notes what the backend did, and says it as the caller wants it said. */
    private BatchResult changed(FlowChange change, BatchResult said) {
        synchronized (lock) {
            Shadow shadow = shadows.get(change.ifindex());
            if (shadow == null || !shadow.apply(change, said, said.told())) {
                counters.wrong.increment();
                reconcile();
            }
        }
        return new BatchResult(
                said.applied(),
                said.refused(),
                change.errors() == ErrorMode.CONTINUE ? null : said.first(),
                change.errors().tells() ? said.told() : List.of());
    }

    /** How an answer is understood. */
    private interface Reading<T> extends Function<Answer, T> {}

    private <T> CompletableFuture<T> submit(NetFlowMessage message, boolean change, Reading<T> reading) {
        PendingCall call;
        synchronized (lock) {
            Link to = link;
            if (to == null) return gone();
            if (!shadows.containsKey(message.ifindex()) && ready) return unknown(message.ifindex());
            call = to.prepare(message);
            if (ready) to.send(call);
            else held.add(call);
        }
        return call.answer.handle((answer, failure) -> {
            if (failure != null) throw failed(call, change, failure);
            return read(call, change, reading, answer);
        });
    }

    private <T> T read(PendingCall call, boolean change, Reading<T> reading, Answer answer) {
        try {
            return reading.apply(answer);
        } catch (LoopbackAnswers.WrongAnswer wrong) {
            counters.wrong.increment();
            throw failed(call, change, wrong.failure());
        } catch (LoopbackAnswers.Refused refused) {
            throw failed(call, change, refused.failure());
        }
    }

    /** A change that has no answer, a senseless one, or one that says it failed as a whole, may have been done or not. */
    private CompletionException failed(PendingCall call, boolean change, Throwable failure) {
        if (change && call.sent) {
            synchronized (lock) {
                reconcile();
            }
        }
        return new CompletionException(failure);
    }

    private static <T> CompletableFuture<T> gone() {
        return CompletableFuture.failedFuture(
                new DriverException(Fault.BACKEND_GONE, "driver loopback: no backend listens; start one"));
    }

    private <T> CompletableFuture<T> unknown(long ifindex) {
        return CompletableFuture.failedFuture(new DriverException(
                Fault.UNKNOWN_INTERFACE, "interface " + ifindex + ": is not there; give one of " + shadows.keySet()));
    }

    /** A backend says that it listens; returns whether it does now. */
    private int listen(Link candidate) {
        synchronized (lock) {
            if (closed || link != null) return EBUSY;
            link = candidate;
            problem = null;
            ready = false;
            counters.links.increment();
            if (!watchers.isEmpty()) candidate.tell(new HairpinMessage.Watch(true));
            Listener who = candidate.listener();
            capabilities =
                    new Capabilities(Feature.ofBits(who.features()), (int) Math.min(who.maxBatch(), Integer.MAX_VALUE));
            reconcile();
            return 0;
        }
    }

    /** The connection to a backend is no more. */
    private void unlink(Link gone, String why) {
        synchronized (lock) {
            if (link == gone && problem == null) problem = why;
        }
        gone.close();
        synchronized (lock) {
            if (link != gone) return;
            link = null;
            ready = false;
            held.clear();
        }
    }

    private void received(Link from, HairpinMessage message) {
        switch (message) {
            case Answer answer -> {
                if (!from.answered(answer)) counters.stray.increment();
            }
            case HairpinMessage.Event event -> event(event);
            default -> counters.wrong.increment();
        }
    }

    private void event(HairpinMessage.Event event) {
        Cause cause = Cause.ofNumber(event.cause());
        if (cause == null) {
            counters.wrong.increment();
            return;
        }
        synchronized (lock) {
            Shadow shadow = shadows.get(event.ifindex());
            if (shadow != null && cause.ends()) shadow.ended(event.flow().bare());
        }
        watchers.tell(new FlowEvent.Changed(event.ifindex(), cause, event.flow()));
    }

    /** Lets calls wait until the backend has the flows that it should. Holds the lock. */
    private void reconcile() {
        ready = false;
        if (reconciling || link == null) return;
        reconciling = true;
        Thread.ofVirtual().name("offload-loopback-reconciliation").start(this::reconcileNow);
    }

    private void reconcileNow() {
        Link now;
        synchronized (lock) {
            now = link;
        }
        String why = now == null ? "the backend went away" : disagreement(now);
        synchronized (lock) {
            reconciling = false;
            if (link == null) return;
            if (link != now) {
                reconcile();
                return;
            }
            if (why == null) {
                ready = true;
                while (!held.isEmpty()) link.send(held.poll());
                return;
            }
        }
        if (now != null && why != null) unlink(now, why);
    }

    /** Makes the backend agree; returns why it does not, null where it does. */
    private @Nullable String disagreement(Link now) {
        try {
            while (now.underWay() > 0) Thread.sleep(1);
            boolean restarted = now.listener().instance() != lastInstance;
            Map<Long, Shadow> fresh;
            synchronized (lock) {
                fresh = new TreeMap<>(shadows);
            }
            fresh.keySet().retainAll(now.listener().interfaces());
            counters.repaired.add(new Reconciliation(now, fresh, restarted, this::lost).run());
            synchronized (lock) {
                shadows.clear();
                shadows.putAll(fresh);
                lastInstance = now.listener().instance();
                problem = null;
            }
            return null;
        } catch (ExecutionException | IllegalArgumentException e) {
            counters.wrong.increment();
            Throwable cause = e.getCause() == null ? e : e.getCause();
            return String.valueOf(cause.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "the driver is being closed";
        }
    }

    private void lost(long ifindex, Flow flow) {
        counters.lost.increment();
        watchers.tell(new FlowEvent.Changed(ifindex, Cause.LOST, flow.with(flow.seen())));
    }

    @Override
    public Watch watch(Set<Cause> causes, Consumer<FlowEvent> watcher) {
        Watch watch = watchers.add(causes, watcher);
        synchronized (lock) {
            if (link != null) link.tell(new HairpinMessage.Watch(true));
        }
        return watch;
    }

    @Override
    public void close() {
        Link last;
        synchronized (lock) {
            closed = true;
            last = link;
        }
        listener.close();
        timer.interrupt();
        if (last != null) unlink(last, "the driver was closed");
        watchers.close();
    }

    private void keepTime() {
        try {
            while (true) {
                Thread.sleep(Math.clamp(timeout.toMillis() / 10, 1, 50));
                Link now;
                synchronized (lock) {
                    now = link;
                }
                if (now != null) counters.timedOut.add(now.expire(System.nanoTime()));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // the driver was closed
        }
    }
}
