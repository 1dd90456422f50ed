package dev.weir.offload.circle;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.dataplane.RecordSink;
import dev.weir.dataplane.graph.Dataplane;
import dev.weir.dataplane.graph.DataplaneOptions;
import dev.weir.dataplane.graph.GraphConfig;
import dev.weir.dataplane.graph.NodeConfig;
import dev.weir.dataplane.graph.OffloadLink;
import dev.weir.dataplane.graph.OffloadPolicy;
import dev.weir.table.FlowEvent;
import dev.weir.table.FlowRecord;
import dev.weir.wire.PortException;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A data plane of two ports in memory, with or without a carrier in front of the first one: what the carrier takes never
 * comes to the data plane. Times are those of the frames.
 */
final class CircleRig implements AutoCloseable {
    private static final long PATIENCE_NANOS = 10_000_000_000L;
    private static final int PAUSE_MILLIS = 2;

    final QueuePort in = new QueuePort("in"), out = new QueuePort("out");
    final Dataplane plane;
    private final List<FlowRecord> records = Collections.synchronizedList(new ArrayList<>());
    private final List<FlowRecord> updates = Collections.synchronizedList(new ArrayList<>());
    private final List<String> told = Collections.synchronizedList(new ArrayList<>());
    private final @Nullable MemoryCarrier carrier;
    private final @Nullable Circle circle;
    private final long epoch;
    private long put;

    private CircleRig(GraphConfig config, @Nullable MemoryCarrier carrier, OffloadPolicy policy) throws PortException {
        this.carrier = carrier;
        RecordSink sink = new RecordSink() {
            @Override
            public void accept(FlowRecord record) {
                (record.kind() == FlowEvent.ENDED ? records : updates).add(copy(record));
            }

            @Override
            public void close() {}
        };
        plane = Dataplane.start(
                config,
                List.of(in, out),
                DataplaneOptions.defaults().withSink(sink, FlowEvent.ENDED | FlowEvent.UPDATED));
        if (carrier == null) {
            circle = null;
            epoch = 0;
        } else {
            OffloadLink link = plane.offload(policy);
            epoch = link.time(0);
            CircleOptions options = new CircleOptions(List.of("in", "out"), 1000, Duration.ofMillis(5));
            circle = Circle.start(link, carrier, options, new Told());
        }
    }

    private final class Told implements Circle.Listener {
        @Override
        public void started() {}

        @Override
        public void changed(String what) {}

        @Override
        public void failed(String what) {
            told.add(what);
        }
    }

    /** A chain of these nodes, the last of which chooses the port {@code out}. */
    static GraphConfig graph(NodeConfig... nodes) {
        GraphConfig.Builder graph = GraphConfig.builder();
        for (int i = 0; i < nodes.length; i++) {
            graph.node("n" + i, nodes[i]);
        }
        return graph.ports("in", "out").build();
    }

    /** Nothing carries. */
    static CircleRig software(GraphConfig config) throws PortException {
        return new CircleRig(config, null, OffloadPolicy.NONE);
    }

    static CircleRig carried(GraphConfig config, MemoryCarrier carrier, OffloadPolicy policy) throws PortException {
        return new CircleRig(config, carrier, policy);
    }

    static FlowRecord copy(FlowRecord view) {
        MemorySegment copy = MemorySegment.ofArray(new long[FlowRecord.SIZE / Long.BYTES]);
        MemorySegment.copy(view.segment(), view.offset(), copy, 0, FlowRecord.SIZE);
        return new FlowRecord().wrap(copy, 0);
    }

    /** A frame comes. */
    void put(long time, byte[] frame) {
        if (carrier == null || !carrier.takes(frame, time - epoch)) {
            in.put(time, frame);
            put++;
        }
    }

    /** Frames come that nothing carries, in one vector. */
    void putTogether(long time, List<byte[]> frames) {
        in.putTogether(time, frames);
        put += frames.size();
    }

    /** Waits until the data plane has handled all that it was given. */
    void settle() {
        await(() -> plane.counters().join().workers().getFirst().packets() == put);
    }

    /** How many frames came to the data plane. */
    long cameUp() {
        return put;
    }

    /** What the circle said that does not work. */
    List<String> told() {
        return told;
    }

    CircleStatus status() {
        return requireNonNull(circle).status();
    }

    static void await(BooleanSupplier condition) {
        long end = System.nanoTime() + PATIENCE_NANOS;
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("patience").isLessThan(end);
            try {
                Thread.sleep(PAUSE_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    /** The final records so far. */
    List<FlowRecord> records() {
        return List.copyOf(records);
    }

    /** The flows of which watchers were told that they were changed, as they were then. */
    List<FlowRecord> updates() {
        return List.copyOf(updates);
    }

    /** Ends all flows. */
    void finish() {
        if (circle != null) {
            circle.close();
        }
        plane.close();
    }

    @Override
    public void close() {
        finish();
    }
}
