package dev.weir.bench.wire;

import dev.weir.wire.Port;
import dev.weir.wire.PortCounters;
import dev.weir.wire.linux.Affinity;
import dev.weir.wire.linux.Isolation;
import dev.weir.wire.linux.PacketPort;
import dev.weir.wire.linux.PacketPortOptions;
import java.io.IOException;
import java.time.Instant;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Generator and sink of a testbed: a thread each, in the namespace of its interface. One thread calls it.
 */
final class WireTraffic implements AutoCloseable {
    private static final int SEND_FRAMES = 1024, SINK_FRAMES = 1 << 15, CLOCK_READINGS = 64;
    private static final long NANOS_A_SECOND = 1_000_000_000;

    private final ExecutorService generatorThread = thread("wire-generator"), sinkThread = thread("wire-sink");
    private final Port generatorPort, sinkPort;
    private final WireSender sender;
    private final WireSink sink;
    private final @Nullable Isolation isolation;
    private int trials;

    WireTraffic(WireTestbed bed) throws IOException {
        this(bed, false);
    }

    /** @param isolated whether all other programs are kept off the subject's processors until it is closed, where others are left */
    WireTraffic(WireTestbed bed, boolean isolated) throws IOException {
        isolation = isolated ? bed.cores.isolate() : null;
        try {
            PacketPortOptions options = PacketPortOptions.defaults();
            generatorPort = get(generatorThread.submit(() -> {
                WireNamespace.enter(bed.generator);
                Affinity.pin(bed.cores.generator());
                return PacketPort.open(
                        WireTestbed.GENERATOR_PORT,
                        options.withFrames(SEND_FRAMES).withBypassQdisc(true));
            }));
            sinkPort = get(sinkThread.submit(() -> {
                WireNamespace.enter(bed.sink);
                Affinity.pin(bed.cores.sink());
                return PacketPort.open(
                        WireTestbed.SINK_PORT, options.withFrames(SINK_FRAMES).withKernelStamps(true));
            }));
        } catch (IOException e) {
            generatorThread.shutdown();
            sinkThread.shutdown();
            if (isolation != null) isolation.close();
            throw e;
        }
        sender = new WireSender(generatorPort.queues().getFirst());
        sink = new WireSink(sinkPort.queues().getFirst());
    }

    private static ExecutorService thread(String name) {
        return Executors.newSingleThreadExecutor(
                Thread.ofPlatform().name(name).daemon().factory());
    }

    /**
     * Sends for that long and waits for what arrives.
     *
     * @param rate frames a second; infinite for as many as go
     */
    WireTrial run(WireFrames frames, double rate, double seconds) throws IOException {
        return run(frames, rate, WireSender.Idling.SPINS, seconds);
    }

    /** The same with a generator that idles so. */
    WireTrial run(WireFrames frames, double rate, WireSender.Idling idling, double seconds) throws IOException {
        int trial = ++trials & 0xFFFF;
        var latency = new LatencyHistogram();
        PortCounters counters = sinkPort.queues().getFirst().counters();
        long droppedBefore = dropped(counters);
        sink.prepare(frames.flows);
        Future<?> receiving = sinkThread.submit(() -> sink.receive(trial, latency));
        WireSender.Sent sent;
        try {
            long nanos = (long) (seconds * NANOS_A_SECOND);
            sent = get(generatorThread.submit(() -> sender.send(frames, trial, rate, idling, nanos, epochOffset())));
            sink.expect(sent.frames());
        } catch (IOException e) {
            sink.expect(0);
            throw e;
        } finally {
            get(receiving);
        }
        return new WireTrial(
                sent.frames(),
                (double) sent.nanos() / NANOS_A_SECOND,
                sink.received(),
                sink.reordered(),
                dropped(counters) - droppedBefore,
                latency);
    }

    /** Has the sink's thread ask the kernel. */
    private long dropped(PortCounters counters) throws IOException {
        sinkPort.maintain();
        generatorPort.maintain();
        get(sinkThread.submit(sink::idle));
        return counters.get(PortCounters.RX_DROPPED);
    }

    /** Of the readings the one that took least time. */
    private static long epochOffset() {
        long shortest = Long.MAX_VALUE, offset = 0;
        for (int i = 0; i < CLOCK_READINGS; i++) {
            long before = System.nanoTime();
            Instant epoch = Instant.now();
            long after = System.nanoTime();
            if (after - before < shortest) {
                shortest = after - before;
                offset = epoch.getEpochSecond() * NANOS_A_SECOND + epoch.getNano() - (before + after) / 2;
            }
        }
        return offset;
    }

    private static <T> T get(Future<T> future) throws IOException {
        try {
            return future.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IOException cause) throw cause;
            throw new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while traffic ran", e);
        }
    }

    @Override
    public void close() throws IOException {
        sinkThread.shutdown();
        generatorThread.shutdown();
        try {
            boolean _ = sinkThread.awaitTermination(5, TimeUnit.SECONDS)
                    && generatorThread.awaitTermination(5, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        generatorPort.close();
        sinkPort.close();
        if (isolation != null) isolation.close();
    }
}
