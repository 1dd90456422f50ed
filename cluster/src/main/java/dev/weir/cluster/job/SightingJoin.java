package dev.weir.cluster.job;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.streaming.api.TimerService;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;
import org.jspecify.annotations.Nullable;

/**
 * Holds the sightings of a key until nothing can come any more that touches them, then lets the flows out that {@link FlowJoin} makes of them. Keyed by
 * the flow's key; event time is when a flow ended, in nanoseconds. A key with more than {@link #MOST} sightings at a time is let out early, and counted.
 */
final class SightingJoin extends KeyedProcessFunction<String, byte[], byte[]> implements CheckpointedFunction {
    static final int MOST = 512;
    /** Counts records that came when their time was over, and those that were let out before. */
    static final String LATE = "late", EARLY = "let-out-early";

    private static final long serialVersionUID = 1L;

    private final FlowJoin join;
    private final boolean dropLate;

    private transient @Nullable ListState<byte[]> waiting;
    private transient @Nullable KeptCounters counters;

    SightingJoin(FlowJoin join, boolean dropLate) {
        this.join = join;
        this.dropLate = dropLate;
    }

    @Override
    public void initializeState(FunctionInitializationContext context) throws Exception {
        counters = new KeptCounters(context.getOperatorStateStore());
    }

    @Override
    public void open(OpenContext context) {
        waiting = getRuntimeContext()
                .getListState(
                        new ListStateDescriptor<>("sightings", PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO));
        if (counters != null) {
            counters.open(getRuntimeContext());
        }
    }

    private void count(String name, long count) {
        if (counters != null) {
            counters.add(getRuntimeContext(), name, count);
        }
    }

    private ListState<byte[]> waiting() {
        if (waiting == null) {
            throw new IllegalStateException("not open");
        }
        return waiting;
    }

    @Override
    public void processElement(byte[] octets, Context context, Collector<byte[]> out) throws Exception {
        long time = Sighting.time(octets);
        TimerService timers = context.timerService();
        if (time <= timers.currentWatermark()) {
            count(LATE, 1);
            if (dropLate) {
                return;
            }
        }
        waiting().add(octets);
        timers.registerEventTimeTimer(deadline(time));
        List<Sighting> all = all();
        if (all.size() > MOST) {
            count(EARLY, all.size());
            waiting().clear();
            for (List<Sighting> each : join.clusters(all)) {
                letOut(each, out);
            }
        }
    }

    private long deadline(long time) {
        return time + join.waitNanos();
    }

    private List<Sighting> all() throws Exception {
        var all = new ArrayList<Sighting>();
        for (byte[] each : waiting().get()) {
            all.add(Sighting.read(each));
        }
        return all;
    }

    @Override
    public void onTimer(long time, OnTimerContext context, Collector<byte[]> out) throws Exception {
        long until = context.timerService().currentWatermark();
        var left = new ArrayList<byte[]>();
        boolean any = false;
        for (List<Sighting> cluster : join.clusters(all())) {
            long latest =
                    cluster.stream().mapToLong(each -> each.flow().at()).max().orElseThrow();
            if (deadline(latest) <= until) {
                letOut(cluster, out);
                any = true;
            } else {
                cluster.forEach(each -> left.add(each.octets()));
            }
        }
        if (any) {
            waiting().update(left);
        }
    }

    private void letOut(List<Sighting> cluster, Collector<byte[]> out) throws IOException {
        for (JoinedFlow each : join.flows(cluster)) {
            count("flows", 1);
            if (each.sensors() > 1) {
                count("flows-joined", 1);
            }
            out.collect(each.octets());
        }
    }

    @Override
    public void snapshotState(FunctionSnapshotContext context) throws Exception {
        if (counters != null) {
            counters.snapshot();
        }
    }
}
