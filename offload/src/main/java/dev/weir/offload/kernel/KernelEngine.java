package dev.weir.offload.kernel;

import dev.weir.offload.check.Fault;
import dev.weir.offload.check.FlowFault;
import dev.weir.offload.memory.FlowEngine;
import dev.weir.offload.model.Flow;
import dev.weir.offload.xdp.XdpCounters;
import dev.weir.offload.xdp.XdpDriver;
import dev.weir.offload.xdp.XdpPut;
import dev.weir.table.FlowKey;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The kernel's program as what does with packets what flows say. One thread at a time. */
final class KernelEngine implements FlowEngine {
    private final XdpDriver kernel;
    private final FlowTranslation translation;

    KernelEngine(XdpDriver kernel, FlowTranslation translation) {
        this.kernel = kernel;
        this.translation = translation;
    }

    @Override
    public boolean ordersEqualMatches() {
        return false;
    }

    @Override
    public void put(long ifindex, Flow flow) throws FlowFault {
        try {
            XdpPut outcome =
                    kernel.put(List.of(translation.flow(ifindex, flow))).getFirst();
            if (outcome == XdpPut.FULL) {
                throw FlowTranslation.fault(
                        Fault.TABLE_FULL, flow, "the kernel's maps have no room for it, or its tunnel; delete some");
            }
        } catch (IllegalStateException e) {
            throw FlowTranslation.fault(Fault.BACKEND_FAILED, flow, e.getMessage() + "; see the kernel's log");
        }
    }

    @Override
    public List<Counts> remove(long ifindex, List<Flow> flows) {
        List<FlowKey> keys =
                flows.stream().map(flow -> translation.key(ifindex, flow)).toList();
        Map<FlowKey, XdpCounters> counted = kernel.remove(keys);
        return keys.stream().map(key -> counts(counted.get(key))).toList();
    }

    @Override
    public @Nullable Counts counts(long ifindex, Flow flow) {
        XdpCounters counted = kernel.counters(translation.key(ifindex, flow));
        return counted == null ? null : counts(counted);
    }

    /** Octets are those of IP packets, as flow records have them. */
    private static Counts counts(@Nullable XdpCounters counted) {
        return counted == null
                ? new Counts(0, 0, Long.MIN_VALUE)
                : new Counts(counted.packets(), counted.ipOctets(), counted.lastSeenNanos());
    }
}
