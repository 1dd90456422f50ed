package dev.weir.cluster.job;

import java.util.Map;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;
import org.jspecify.annotations.Nullable;

/**
 * Lets each message of a sensor pass once, and at the end counts those that never came: keyed by sensor, since a sensor's numbers are spread over all
 * partitions. Messages of other kinds than ended flows are counted and end here. Knows the latest {@link #MOST_RUNS} runs of a sensor, and each of these
 * functions {@link SensorClocks#MOST_SENSORS} sensors: messages of others are counted and left out.
 */
final class SightingFilter extends KeyedProcessFunction<String, byte[], byte[]> implements CheckpointedFunction {
    /** Of a sensor; messages of a run that was forgotten begin it anew. */
    static final int MOST_RUNS = 64;
    /** Counts sensors that were heard of. */
    static final String SENSORS = "sensors";

    private static final long serialVersionUID = 1L;

    private transient @Nullable MapState<String, long[]> runs;
    /** By run: the how manieth of its sensor it is. */
    private transient @Nullable MapState<String, Long> order;
    /** By run: up to where holes were given up; whether a number up to there was seen is not known. */
    private transient @Nullable MapState<String, Long> floors;

    private transient @Nullable KeptCounters counters;

    @Override
    public void initializeState(FunctionInitializationContext context) throws Exception {
        counters = new KeptCounters(context.getOperatorStateStore());
    }

    @Override
    public void open(OpenContext context) {
        runs = getRuntimeContext()
                .getMapState(new MapStateDescriptor<>(
                        "runs", Types.STRING, PrimitiveArrayTypeInfo.LONG_PRIMITIVE_ARRAY_TYPE_INFO));
        order = getRuntimeContext().getMapState(new MapStateDescriptor<>("order", Types.STRING, Types.LONG));
        floors = getRuntimeContext().getMapState(new MapStateDescriptor<>("floors", Types.STRING, Types.LONG));
        if (counters != null) {
            counters.open(getRuntimeContext());
        }
    }

    private void count(String name, long count) {
        if (counters != null) {
            counters.add(getRuntimeContext(), name, count);
        }
    }

    @Override
    public void processElement(byte[] octets, Context context, Collector<byte[]> out) throws Exception {
        MapState<String, long[]> seen = runs;
        MapState<String, Long> upTo = floors;
        if (seen == null || upTo == null) {
            throw new IllegalStateException("not open");
        }
        if (context.getCurrentKey().isEmpty()) {
            count(DigestReading.REFUSED, 1);
            return;
        }
        Sighting sighting = Sighting.read(octets);
        long[] known = seen.get(sighting.run());
        if (known == null && !begin(context.getCurrentKey(), sighting.run(), seen, upTo)) {
            count(FlowOperator.TOO_MANY, 1);
            return;
        }
        long[] before = known == null ? new long[0] : known;
        Long floor = upTo.get(sighting.run());
        if (floor != null && sighting.sequence() <= floor) {
            found(context.getCurrentKey());
            pass(sighting, octets, out);
            return;
        }
        if (Sequences.has(before, sighting.sequence())) {
            count("messages-doubled", 1);
            return;
        }
        long[] after = Sequences.with(before, sighting.sequence());
        if (Sequences.isFull(after)) {
            lost(context.getCurrentKey(), Sequences.lowestHole(after));
            upTo.put(sighting.run(), Sequences.endOfLowestHole(after));
            after = Sequences.withoutLowestHole(after);
        }
        seen.put(sighting.run(), after);
        context.timerService().registerEventTimeTimer(Long.MAX_VALUE);
        pass(sighting, octets, out);
    }

    /** A run that is not known; false where its sensor is one too many. */
    private boolean begin(String sensor, String run, MapState<String, long[]> seen, MapState<String, Long> upTo)
            throws Exception {
        MapState<String, Long> numbers = order;
        KeptCounters counted = counters;
        if (numbers == null || counted == null) {
            throw new IllegalStateException("not open");
        }
        if (seen.isEmpty()) {
            if (counted.value(SENSORS) >= SensorClocks.MOST_SENSORS) {
                return false;
            }
            count(SENSORS, 1);
        }
        String oldest = run;
        long first = Long.MAX_VALUE, last = 0;
        int known = 0;
        for (String each : seen.keys()) {
            Long number = numbers.get(each);
            long at = number == null ? 0 : number; // of a state that had no numbers
            last = Math.max(last, at);
            known++;
            if (at < first) {
                first = at;
                oldest = each;
            }
        }
        if (known >= MOST_RUNS) {
            lost(sensor, Sequences.missing(seen.get(oldest)));
            seen.remove(oldest);
            upTo.remove(oldest);
            numbers.remove(oldest);
        }
        numbers.put(run, last + 1);
        return true;
    }

    private void pass(Sighting sighting, byte[] octets, Collector<byte[]> out) {
        count("messages", 1);
        if (sighting.isEnded()) {
            count("records", 1);
            out.collect(octets);
        }
    }

    /** One of those that were given up came after all. */
    private void found(String sensor) {
        count("messages-behind", 1);
        count(FlowOperator.LOST, -1);
        count(FlowOperator.LOST + ":" + sensor, -1);
    }

    private void lost(String sensor, long count) {
        if (count > 0) {
            count(FlowOperator.LOST, count);
            count(FlowOperator.LOST + ":" + sensor, count);
        }
    }

    /** The input is over: what has not come will not. */
    @Override
    public void onTimer(long time, OnTimerContext context, Collector<byte[]> out) throws Exception {
        MapState<String, long[]> seen = runs;
        if (seen != null) {
            for (Map.Entry<String, long[]> each : seen.entries()) {
                lost(context.getCurrentKey(), Sequences.missing(each.getValue()));
            }
        }
    }

    @Override
    public void snapshotState(FunctionSnapshotContext context) throws Exception {
        if (counters != null) {
            counters.snapshot();
        }
    }
}
