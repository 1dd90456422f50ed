package dev.weir.offload.driver;

import dev.weir.offload.Samples;
import dev.weir.offload.model.Flow;
import dev.weir.offload.model.Model;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/** A device of {@link Samples} by a clock of its own, with two interfaces. */
public abstract class SamplesDevice implements FlowDriverContract.Device {
    public static final long IFINDEX = 7, OTHER = 8;

    protected final AtomicLong clock;

    /** @param start what the clock says first */
    protected SamplesDevice(long start) {
        clock = new AtomicLong(start);
    }

    public static Map<Long, Model> models() {
        return Map.of(IFINDEX, Samples.model(2000), OTHER, Samples.model(2000));
    }

    /** Ends flows whose time is over. */
    protected abstract void expire();

    @Override
    public final long ifindex() {
        return IFINDEX;
    }

    @Override
    public final long otherIfindex() {
        return OTHER;
    }

    @Override
    public final Flow flow(long uid) {
        return Samples.bridged(uid);
    }

    @Override
    public final Flow wrong(long uid) {
        return Flow.of(Samples.BRIDGE, uid, 0, List.of(Samples.SRC_IP), List.of());
    }

    @Override
    public final void pass(Duration time) {
        clock.addAndGet(time.toNanos());
        expire();
    }

    @Override
    public void close() {}
}
