package dev.weir.dataplane;

import dev.weir.packet.TunnelMode;
import dev.weir.table.FlowEvent;
import dev.weir.table.FlowTableConfig;
import dev.weir.table.TenantMode;
import dev.weir.wire.PacketSource;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Turns a stream of packets into flow records with any number of workers; the records and their order are the same for
 * every number of them, as long as none is recycled. Use: {@code Tracker.builder().sink(mySink).build().run(source)},
 * once.
 *
 * <p>{@link #run} starts the workers and passes the records to the sink on the thread that called it. The data path
 * allocates nothing per packet.
 */
public final class Tracker {
    private final Builder options;
    private volatile @Nullable Stream stream;
    private volatile boolean stopped;

    private Tracker(Builder options) {
        this.options = options;
    }

    public static Builder builder() {
        return new Builder();
    }

    /** Options of a run; every one has a default. */
    public static final class Builder {
        FlowTableConfig table = FlowTableConfig.defaults();
        int workers = 1;
        TunnelMode tunnels = TunnelMode.OUTER;
        TenantMode tenant = TenantMode.NONE;
        int kinds = FlowEvent.ENDED;

        @Nullable
        RecordSink sink;

        private Builder() {}

        /** How the flow table is made; all shards together hold its {@code maxFlows} of each family. */
        public Builder table(FlowTableConfig config) {
            this.table = config;
            return this;
        }

        /** How many threads track; 1 by default, at most 256. */
        public Builder workers(int count) {
            if (count < 1 || count > 256) {
                throw new IllegalArgumentException("workers out of range: workers=" + count + ", limit=256");
            }
            this.workers = count;
            return this;
        }

        public Builder tunnels(TunnelMode mode) {
            this.tunnels = mode;
            return this;
        }

        public Builder tenant(TenantMode mode) {
            this.tenant = mode;
            return this;
        }

        /** Which {@link FlowEvent} kinds reach the sink; by default only how flows ended. */
        public Builder events(int eventKinds) {
            this.kinds = eventKinds;
            return this;
        }

        /** Where records go; without one they are only counted. */
        public Builder sink(RecordSink records) {
            this.sink = records;
            return this;
        }

        public Tracker build() {
            return new Tracker(this);
        }
    }

    /**
     * Reads the source to its end, ends all flows, and passes the last records on. Does not close the source or the
     * sink.
     *
     * @throws dev.weir.wire.CaptureException when the source is damaged; the flows up to the damage have reached the
     *     sink
     * @throws IOException when the sink fails; tracking stops
     */
    public TrackSummary run(PacketSource source) throws IOException {
        try (var run = new TrackerRun(options, source)) {
            stream = run.stream();
            if (stopped) {
                run.stream().stop();
            }
            return run.finish();
        }
    }

    /**
     * Ends the run after the packets read so far; their flows are flushed to the sink. Any thread, any time, also
     * before the run.
     */
    public void stop() {
        stopped = true;
        Stream running = stream;
        if (running != null) {
            running.stop();
        }
    }

    /** How many packets were read so far; any thread. */
    public long packets() {
        Stream running = stream;
        return running == null ? 0 : running.packets();
    }
}
