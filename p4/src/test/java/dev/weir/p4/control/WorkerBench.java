package dev.weir.p4.control;

import dev.weir.dataplane.graph.Batch;
import dev.weir.dataplane.graph.Node;
import dev.weir.dataplane.graph.NodeContext;
import dev.weir.dataplane.graph.OffloadReport;
import dev.weir.dataplane.graph.OffloadedFlow;
import dev.weir.p4.node.P4Config;
import dev.weir.packet.LinkType;
import java.lang.foreign.ValueLayout;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Workers with threads of their own that run a program, whose clock the test moves. */
public final class WorkerBench implements AutoCloseable {
    private final List<Worker> workers = new ArrayList<>();
    private final AtomicInteger decidedAnew = new AtomicInteger();
    private final Queue<Long> recalled = new ConcurrentLinkedQueue<>();
    private volatile long now;

    /** @param begin what the clock shows first */
    public WorkerBench(P4Config config, int workers, long begin) {
        now = begin;
        for (int i = 0; i < workers; i++) this.workers.add(new Worker(config, i, workers));
    }

    private final class Worker {
        private final BlockingQueue<Runnable> work = new LinkedBlockingQueue<>();
        private final Batch batch = new Batch();
        private final Node node;
        private final Thread thread;
        private volatile boolean ended;

        Worker(P4Config config, int number, int all) {
            NodeContext context = (NodeContext) Proxy.newProxyInstance(
                    NodeContext.class.getClassLoader(),
                    new Class<?>[] {NodeContext.class},
                    (_, method, given) -> switch (method.getName()) {
                        case "worker" -> number;
                        case "workers" -> all;
                        case "ports" -> 4;
                        case "port", "send" -> 0;
                        case "decidesAnew" -> {
                            decidedAnew.incrementAndGet();
                            yield null;
                        }
                        case "recall" -> {
                            recalled.add(((OffloadedFlow) given[0]).id());
                            yield null;
                        }
                        default -> null;
                    });
            node = config.create(context);
            thread = Thread.ofPlatform().daemon().start(this::run);
        }

        private void run() {
            try {
                while (!ended) {
                    Runnable next = work.poll(1, TimeUnit.MILLISECONDS);
                    if (next != null) next.run();
                    node.turn(now);
                }
                node.close();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        void process(byte[] packet) {
            batch.now = now;
            batch.packets.room(packet.length + 64, 0);
            for (int i = 0; i < packet.length; i++) batch.packets.data.set(ValueLayout.JAVA_BYTE, i, packet[i]);
            batch.packets.uniform(LinkType.ETHERNET, 0);
            batch.packets.offset[0] = 0;
            batch.packets.captured[0] = packet.length;
            batch.packets.length[0] = packet.length;
            batch.packets.time[0] = now;
            batch.packets.size = 1;
            node.process(batch, new int[] {0}, 1);
        }
    }

    /** Has a worker process a packet. */
    public void packet(int worker, int... octets) {
        byte[] packet = new byte[octets.length];
        for (int i = 0; i < octets.length; i++) packet[i] = (byte) octets[i];
        run(worker, () -> workers.get(worker).process(packet));
    }

    private void run(int worker, Runnable work) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        workers.get(worker).work.add(() -> {
            work.run();
            done.complete(null);
        });
        done.orTimeout(10, TimeUnit.SECONDS).join();
    }

    /** Has the flow of the worker's last packet be carried from now on, forward. */
    public void carries(int worker, OffloadedFlow flow) {
        run(worker, () -> workers.get(worker).node.carries(workers.get(worker).batch, 0, flow));
    }

    /** Tells a worker of flows that are carried. */
    public void report(int worker, OffloadReport report) {
        run(worker, () -> workers.get(worker).node.reported(report));
    }

    /** Numbers of the flows that were recalled since the last call. */
    public List<Long> recalled() {
        List<Long> all = new ArrayList<>();
        for (Long each = recalled.poll(); each != null; each = recalled.poll()) all.add(each);
        return all;
    }

    /** How often workers said that flows are to be decided anew. */
    public int decidedAnew() {
        return decidedAnew.get();
    }

    /** Moves the clock, and has all workers notice. */
    public void pass(long nanos) {
        now = now() + nanos;
        for (int i = 0; i < workers.size(); i++) {
            Worker each = workers.get(i);
            if (!each.ended) run(i, () -> each.node.tick(now));
        }
    }

    public long now() {
        return now;
    }

    /** Has a worker end. */
    public void end(int worker) {
        workers.get(worker).ended = true;
        try {
            workers.get(worker).thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        for (int i = 0; i < workers.size(); i++) end(i);
    }
}
