package dev.weir.offload.circle;

import dev.weir.offload.xdp.FlowCarrier;
import dev.weir.offload.xdp.PassedUp;
import dev.weir.offload.xdp.XdpCounters;
import dev.weir.offload.xdp.XdpFlow;
import dev.weir.offload.xdp.XdpPut;
import dev.weir.table.FlowKey;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;

/** A carrier around another, whose puts take as long, and whose reading fails as long, as somebody wants. */
final class FaultyCarrier implements FlowCarrier {
    private final FlowCarrier carrier;
    private final Semaphore gate = new Semaphore(1);
    private volatile boolean failsToRead;
    private final AtomicLong reads = new AtomicLong();

    FaultyCarrier(FlowCarrier carrier) {
        this.carrier = carrier;
    }

    /** From now on puts wait. */
    void shut() {
        gate.acquireUninterruptibly();
    }

    /** They go on. */
    void reopen() {
        gate.release();
    }

    /** Whether a put waits. */
    boolean isWaitedFor() {
        return gate.hasQueuedThreads();
    }

    void failToRead(boolean fails) {
        failsToRead = fails;
    }

    /** How often it was read. */
    long reads() {
        return reads.get();
    }

    @Override
    public List<XdpPut> put(List<XdpFlow> some) {
        gate.acquireUninterruptibly();
        gate.release();
        return carrier.put(some);
    }

    @Override
    public Map<FlowKey, XdpCounters> remove(Collection<FlowKey> some) {
        return carrier.remove(some);
    }

    @Override
    public void forEach(BiConsumer<FlowKey, XdpCounters> each) {
        if (failsToRead) {
            throw new IllegalStateException("could not read the counters: errno 5 of the kernel's map");
        }
        carrier.forEach(each);
        reads.incrementAndGet();
    }

    @Override
    public Map<PassedUp, Long> passedUp() {
        return carrier.passedUp();
    }

    @Override
    public List<String> maintain() {
        return carrier.maintain();
    }

    @Override
    public Map<String, String> places() {
        return carrier.places();
    }

    @Override
    public void close() {
        carrier.close();
    }
}
