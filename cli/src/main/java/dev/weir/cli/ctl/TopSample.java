package dev.weir.cli.ctl;

import dev.weir.api.v1.Flow;
import dev.weir.api.v1.GetCountersRequest;
import dev.weir.api.v1.GetCountersResponse;
import dev.weir.api.v1.ListFlowsRequest;
import dev.weir.api.v1.ListNodesRequest;
import dev.weir.api.v1.ListPortsRequest;
import dev.weir.api.v1.ListWorkersRequest;
import dev.weir.api.v1.Node;
import dev.weir.api.v1.Port;
import dev.weir.api.v1.Worker;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What {@code top} asks at one time, and beside it the time before: rates are what came in between. Immutable.
 *
 * @param nanos of the monotonic clock
 * @param flows the largest ones of the order that was asked for
 */
record TopSample(
        long nanos,
        Instant time,
        GetCountersResponse counters,
        List<Port> ports,
        List<Worker> workers,
        List<Node> nodes,
        List<Flow> flows) {
    /** What the flows are ordered by. */
    enum Order {
        BYTES,
        PACKETS,
        RATE,
        DURATION
    }

    /** Of flows that have the best averages, these are many enough to hold those that are fastest now. */
    private static final int FLOWS_OF_RATE = 500, FLOWS_OF_OTHERS = 100;

    /** Asks. */
    static TopSample take(Client client, String filter, Order order) {
        ListFlowsRequest flows = ListFlowsRequest.newBuilder()
                .setFilter(filter)
                .setOrderBy(order.name().toLowerCase(Locale.ROOT) + " desc")
                .setPageSize(order == Order.RATE ? FLOWS_OF_RATE : FLOWS_OF_OTHERS)
                .build();
        return new TopSample(
                System.nanoTime(),
                Instant.now(),
                client.dataplane().getCounters(GetCountersRequest.getDefaultInstance()),
                client.dataplane()
                        .listPorts(ListPortsRequest.getDefaultInstance())
                        .getPortsList(),
                client.dataplane()
                        .listWorkers(ListWorkersRequest.getDefaultInstance())
                        .getWorkersList(),
                client.dataplane()
                        .listNodes(ListNodesRequest.getDefaultInstance())
                        .getNodesList(),
                client.flowTable().listFlows(flows).getFlowsList());
    }

    double secondsSince(TopSample before) {
        return Math.max(1e-3, (nanos - before.nanos) / 1e9);
    }

    /** Of a counter a second; one that was cleared meanwhile counts from zero. */
    static double rate(long now, long before, double seconds) {
        return (Long.compareUnsigned(now, before) >= 0 ? now - before : now) / seconds;
    }

    /** A flow, and how many octets of it there were a second since the sample before. */
    record Talker(Flow flow, double bytesPerSecond) {}

    /** The flows with their rates; ordered by them where that was asked. A flow that is new counts from its first packet. */
    List<Talker> talkers(TopSample before, Order order) {
        Map<Long, Flow> known = new HashMap<>();
        before.flows.forEach(flow -> known.put(flow.getFlowId(), flow));
        List<Talker> talkers = new ArrayList<>();
        for (Flow flow : flows) {
            Flow earlier = known.get(flow.getFlowId());
            double seconds = secondsSince(before);
            long bytes = earlier == null ? 0 : bytes(earlier);
            boolean old = earlier == null && ageSeconds(flow) > seconds;
            double rate = old ? rate(bytes(flow), 0, ageSeconds(flow)) : rate(bytes(flow), bytes, seconds);
            talkers.add(new Talker(flow, rate));
        }
        if (order == Order.RATE) {
            talkers.sort(Comparator.comparingDouble(Talker::bytesPerSecond).reversed());
        }
        return talkers;
    }

    static long bytes(Flow flow) {
        return flow.getForward().getBytes() + flow.getReverse().getBytes();
    }

    static long packets(Flow flow) {
        return flow.getForward().getPackets() + flow.getReverse().getPackets();
    }

    /** Since its first packet. */
    double ageSeconds(Flow flow) {
        return (time.toEpochMilli() - FlowRows.nanos(flow.getStartTime()) / 1e6) / 1e3;
    }
}
