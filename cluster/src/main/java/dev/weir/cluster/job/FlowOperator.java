package dev.weir.cluster.job;

import dev.weir.cluster.job.TopicOptions.SensorTimes;
import dev.weir.export.message.DigestHead;
import dev.weir.table.FlowEvent;
import dev.weir.table.FlowImages;
import dev.weir.table.FlowRecord;
import dev.weir.table.FlowRecords;
import dev.weir.table.FlowTable;
import dev.weir.table.FlowVector;
import dev.weir.table.FragmentTable;
import dev.weir.table.PacketDigests;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Map;
import java.util.Objects;
import org.apache.flink.api.common.accumulators.LongCounter;
import org.apache.flink.runtime.state.KeyGroupRange;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.apache.flink.runtime.state.KeyGroupStatePartitionStreamProvider;
import org.apache.flink.runtime.state.KeyedStateCheckpointOutputStream;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.BoundedOneInput;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the flows of a lane: batches of packets in, records of ended flows out. The flows are those of a
 * {@link FlowTable}, the very one of {@code weir track}; this class brings it packets in the order of event time, moves its
 * clock with the watermarks, and puts what it knows into checkpoints by key group ({@link LaneState}).
 *
 * <p>Watermarks are nanoseconds since 1970. A packet that comes when the watermark has passed its time is late: it counts
 * at the clock's time, as a late packet of a capture does, or is left out; either way it is counted. When the input ends,
 * flows whose deadline lies before the end of all streams have ended by themselves; the others are flushed.
 *
 * <p>The engine calls from one thread. Off-heap memory of the table is given back by {@link #close}.
 */
final class FlowOperator extends AbstractStreamOperator<byte[]>
        implements OneInputStreamOperator<byte[], byte[]>, BoundedOneInput {
    /** Names of the job's counters begin so. */
    static final String COUNTER = "weir.";
    /** Counts messages of sensors that never came. */
    static final String MESSAGES = "messages", LOST = "messages-lost";
    /** Counts packets that came when their time was over. */
    static final String AFTER_WATERMARK = "after-watermark";
    /** Count messages of sensors beyond those that a lane takes note of, and their packets. */
    static final String TOO_MANY = "messages-refused:sensors", TOO_MANY_PACKETS = "packets-refused:sensors";

    private static final long serialVersionUID = 1L;
    private static final int RECORDS = 4 * FlowTable.VECTOR * FlowTable.RECORDS_PER_PACKET;

    private final FlowOptions options;
    private final @Nullable SensorTimes times;

    private transient @Nullable Lane lane;
    private transient @Nullable LaneState restored;

    FlowOperator(FlowOptions options) {
        this(options, null);
    }

    /** @param times where packets come from sensors, whose clocks then say how late it is; null where watermarks do */
    FlowOperator(FlowOptions options, @Nullable SensorTimes times) {
        this.options = options;
        this.times = times;
    }

    /** What lives as long as the operator runs. */
    private static final class Lane implements AutoCloseable {
        final Arena arena = Arena.ofShared();
        final FlowTable table;
        final FragmentTable fragments;
        final PacketDigests digests;
        final FlowImages images;
        final FlowRecords records;
        final FlowVector vector = PacketDigests.vector();
        final PendingPackets pending = new PendingPackets();
        final int[] picks = new int[FlowTable.VECTOR];
        final KeyGroupRange groups;
        LaneCounters counters = new LaneCounters();
        long clock = Long.MIN_VALUE;
        long endClock = Long.MIN_VALUE;

        @Nullable
        SensorClocks sensors;

        Lane(FlowOptions options, int lanes, KeyGroupRange groups, int atLeast) {
            this.groups = groups;
            var config = options.table(lanes);
            table = new FlowTable(config.withMaxFlows(Math.max(config.maxFlows(), atLeast)));
            fragments = new FragmentTable(table);
            digests = new PacketDigests(table, options.tenants());
            images = new FlowImages(table, fragments, digests);
            records = new FlowRecords(RECORDS, FlowEvent.ENDED, arena);
        }

        @Override
        public void close() {
            table.close();
            arena.close();
        }
    }

    @Override
    protected boolean isUsingCustomRawKeyedState() {
        return true;
    }

    @Override
    public void initializeState(StateInitializationContext context) throws Exception {
        super.initializeState(context);
        var state = new LaneState();
        for (KeyGroupStatePartitionStreamProvider group : context.getRawKeyedStateInputs()) {
            state.read(group.getStream(), options.seed());
        }
        restored = state;
    }

    @Override
    public void open() throws Exception {
        super.open();
        LaneState state = restored == null ? new LaneState() : restored;
        restored = null;
        var task = getRuntimeContext().getTaskInfo();
        int lanes = task.getNumberOfParallelSubtasks();
        KeyGroupRange groups = KeyGroupRangeAssignment.computeKeyGroupRangeForOperatorIndex(
                Lanes.GROUPS, lanes, task.getIndexOfThisSubtask());
        Lane opened = new Lane(options, lanes, groups, state.flows());
        lane = opened;
        opened.counters = state.counters;
        opened.endClock = state.endClock;
        if (state.clock != Long.MIN_VALUE) {
            opened.clock = state.clock;
            opened.table.advance(state.clock);
        }
        state.restore(opened.images);
        state.waiting.forEach(opened.pending::add);
        if (times != null) {
            long now = getProcessingTimeService().getCurrentProcessingTime();
            var sensors = new SensorClocks(times, now);
            for (byte[] each : state.sensors) {
                if (each.length > 0) {
                    sensors.read(new DataInputStream(new ByteArrayInputStream(each)), now);
                }
            }
            opened.sensors = sensors;
        }
        getMetricGroup().gauge("flows", opened.table::size);
        getMetricGroup().gauge("waitingOctets", opened.pending::octets);
    }

    private Lane lane() {
        if (lane == null) {
            throw new IllegalStateException("not open");
        }
        return lane;
    }

    @Override
    public void processElement(StreamRecord<byte[]> element) throws Exception {
        Lane l = lane();
        byte[] batch = element.getValue();
        if (Batch.kind(batch) == Batch.PACKETS) {
            checkPlace(l, batch);
            l.pending.add(batch);
            return;
        }
        if (Batch.kind(batch) == Batch.SENSOR) {
            take(l, batch);
            return;
        }
        l.endClock = Math.max(l.endClock, Batch.clock(batch));
        l.counters.add(Batch.counters(batch));
    }

    /** A message of a sensor: its packets for this lane, and how far the sensor is. */
    private void take(Lane l, byte[] batch) throws IOException {
        SensorBatch message = SensorBatch.read(batch);
        SensorClocks sensors = Objects.requireNonNull(l.sensors);
        long now = getProcessingTimeService().getCurrentProcessingTime();
        SensorClocks.Outcome outcome = sensors.take(message.head(), now);
        if (message.told()) {
            l.counters.add(counted(message.head(), outcome, sensors));
            if (outcome == SensorClocks.Outcome.NEXT || outcome == SensorClocks.Outcome.AFTER_LOSS) {
                l.counters.addFromOutside(message.head().counters());
            }
        }
        if (outcome == SensorClocks.Outcome.REFUSED) {
            // each lane for itself: they need not have heard of the same sensors first
            l.counters.add(TOO_MANY_PACKETS, packets(batch, message.at()));
        }
        if (outcome == SensorClocks.Outcome.REFUSED || outcome == SensorClocks.Outcome.DOUBLE) {
            return;
        }
        l.endClock = Math.max(l.endClock, message.head().clock());
        if (message.at() < batch.length) {
            byte[] packets = new byte[Batch.HEAD + batch.length - message.at()];
            System.arraycopy(batch, message.at(), packets, Batch.HEAD, batch.length - message.at());
            Batch.head(packets, Batch.PACKETS, Batch.lane(batch), Batch.stream(batch));
            checkPlace(l, packets);
            l.pending.add(packets);
        }
        advance(l, sensors.until());
    }

    private static long packets(byte[] batch, int from) {
        long packets = 0;
        for (int at = from, size; (size = PacketDigests.size(batch, at)) != 0; at += size) {
            packets++;
        }
        return packets;
    }

    private static Map<String, Long> counted(DigestHead message, SensorClocks.Outcome outcome, SensorClocks sensors) {
        return switch (outcome) {
            case REFUSED -> Map.of(TOO_MANY, 1L);
            case DOUBLE -> Map.of("messages-doubled", 1L);
            case NEXT -> Map.of(MESSAGES, 1L);
            case AFTER_LOSS ->
                Map.of(
                        MESSAGES,
                        1L,
                        LOST,
                        sensors.lostMessages(),
                        "packets-lost",
                        sensors.lostPackets(),
                        LOST + ":" + message.sensor(),
                        sensors.lostMessages());
        };
    }

    /** Sources spread packets over as many lanes as the job was made for; whoever runs it with another number would mix them up. */
    private static void checkPlace(Lane l, byte[] batch) {
        int group = PacketDigests.size(batch, Batch.HEAD) == 0
                ? l.groups.getStartKeyGroup()
                : l.digests.place(batch, Batch.HEAD, Lanes.GROUPS);
        if (!l.groups.contains(group)) {
            throw new IllegalStateException("a packet came to a lane that does not keep its flow: group=" + group
                    + ", lane's=" + l.groups + "; the job runs with another parallelism than it was made for");
        }
    }

    /**
     * Sensors have clocks of their own; then a watermark says nothing: the last one comes when a reader is through while those that have nothing for
     * now count as idle.
     */
    @Override
    public void processWatermark(Watermark mark) throws Exception {
        long until = mark.getTimestamp();
        if (times == null) {
            if (until == Long.MAX_VALUE) {
                end();
            } else {
                advance(lane(), until);
            }
        }
        super.processWatermark(mark);
    }

    @Override
    public void endInput() {
        if (times != null) {
            end();
        }
    }

    private void end() {
        Lane l = lane();
        track(l, Long.MAX_VALUE);
        end(l);
        send(l);
    }

    /** Nothing that is not late is from then or before. */
    private void advance(Lane l, long until) {
        if (until == Long.MIN_VALUE) {
            return;
        }
        track(l, until);
        if (until > l.clock) {
            l.clock = until;
            l.table.advance(until);
            while (!l.table.expire(l.records)) {
                send(l);
            }
        }
        send(l);
    }

    /** Tracks what waits and is not after {@code until}. */
    private void track(Lane l, long until) {
        var packets = l.vector.packets;
        while (true) {
            packets.size = 0;
            int taken = l.pending.take(until, FlowTable.VECTOR, (batch, at) -> {
                if (PacketDigests.time(batch, at) <= l.clock) {
                    l.counters.add(AFTER_WATERMARK, 1);
                    if (options.dropLate()) {
                        return;
                    }
                }
                l.digests.read(batch, at, l.vector, l.fragments);
            });
            track(l, 4);
            track(l, 6);
            if (taken < FlowTable.VECTOR) {
                return;
            }
        }
    }

    private void track(Lane l, int family) {
        int n = 0;
        for (int i = 0; i < l.vector.packets.size; i++) {
            if (l.vector.family(i) == family) {
                l.picks[n++] = i;
            }
        }
        if (n > 0) {
            if (l.records.room() < n * FlowTable.RECORDS_PER_PACKET) {
                send(l);
            }
            l.table.track(family, l.vector, l.picks, 0, n, l.records);
        }
    }

    /** The input has ended: the clock is that of the stream that went furthest. */
    private void end(Lane l) {
        if (l.endClock != Long.MIN_VALUE) {
            l.table.advance(l.endClock);
        }
        while (!l.table.settle(l.records)) {
            send(l);
        }
        while (!l.table.flush(l.records)) {
            send(l);
        }
    }

    /** Passes the records on that there are. */
    private void send(Lane l) {
        int n = l.records.size();
        if (n > 0) {
            byte[] octets = new byte[n * FlowRecord.SIZE];
            MemorySegment.copy(l.records.segment(), ValueLayout.JAVA_BYTE, 0, octets, 0, octets.length);
            l.records.clear();
            output.collect(new StreamRecord<>(octets));
        }
    }

    @Override
    public void snapshotState(StateSnapshotContext context) throws Exception {
        super.snapshotState(context);
        Lane l = lane();
        KeyedStateCheckpointOutputStream out = context.getRawKeyedOperatorStateOutput();
        LaneState.write(
                l.groups,
                options.seed(),
                l.clock,
                l.endClock,
                l.counters.with(l.table),
                l.images,
                l.pending,
                l.digests,
                sensors(l),
                group -> {
                    out.startNewKeyGroup(group);
                    return out;
                });
    }

    private static byte[] sensors(Lane l) throws IOException {
        var octets = new ByteArrayOutputStream();
        if (l.sensors != null) {
            l.sensors.write(new DataOutputStream(octets));
        }
        return octets.toByteArray();
    }

    @Override
    public void finish() throws Exception {
        super.finish();
        Lane l = lane();
        l.counters.with(l.table).forEach((name, count) -> {
            var counter = new LongCounter(count);
            getRuntimeContext().addAccumulator(COUNTER + name, counter);
        });
    }

    @Override
    public void close() throws Exception {
        if (lane != null) {
            lane.close();
            lane = null;
        }
        super.close();
    }
}
