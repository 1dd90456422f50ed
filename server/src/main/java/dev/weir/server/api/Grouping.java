package dev.weir.server.api;

import dev.weir.api.v1.FlowGrouping;
import dev.weir.api.v1.GroupFlowsRequest;
import dev.weir.api.v1.GroupFlowsResponse;
import dev.weir.dataplane.graph.Dataplane;
import dev.weir.dataplane.graph.FlowBlock;
import dev.weir.dataplane.graph.FlowCursor;
import dev.weir.table.FlowRecord;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;

/**
 * One pass over the flows for GroupFlows: workers copy flows, some between two vectors, and the threads of calls add them
 * up. So what it takes to add up never holds a packet up. One turn at a time.
 */
final class Grouping {
    private static final int MAX_BY = 4, DEFAULT_LIMIT = 10, MAX_LIMIT = 1000;
    /** Flows a turn. */
    private static final int BLOCK = 8192;

    private final Dataplane plane;
    private final Executor threads;
    private final Filters filter;
    private final FlowGroups groups;
    private final int limit;
    private final FlowBlock block = new FlowBlock(BLOCK);
    private final FlowRecord view = new FlowRecord();

    private Grouping(Dataplane plane, Executor threads, Filters filter, FlowGroups groups, int limit) {
        this.plane = plane;
        this.threads = threads;
        this.filter = filter;
        this.groups = groups;
        this.limit = limit;
    }

    /**
     * Begins.
     *
     * @throws Refusal where the request asks for what there is not
     */
    static CompletionStage<GroupFlowsResponse> of(GroupFlowsRequest request, Dataplane plane, Executor threads) {
        Filters filter = Filters.read(request.getFilter(), "filter");
        var groups = new FlowGroups(by(request.getByList()), order(request.getOrderBy()), FlowSumsTable.MAX_KEYS);
        return new Grouping(plane, threads, filter, groups, limit(request.getLimit())).turn(FlowCursor.START);
    }

    private static List<FlowGrouping> by(List<FlowGrouping> asked) {
        boolean known = asked.stream()
                .noneMatch(by -> by == FlowGrouping.FLOW_GROUPING_UNSPECIFIED || by == FlowGrouping.UNRECOGNIZED);
        if (asked.isEmpty() || asked.size() > MAX_BY || !known) {
            throw Refusal.field(
                    "by",
                    "give one to " + MAX_BY + " of "
                            + String.join(
                                    ", ",
                                    EnumSet.range(FlowGrouping.HOST, FlowGrouping.TENANT_NUMBER).stream()
                                            .map(FlowGrouping::name)
                                            .toList()));
        }
        return List.copyOf(asked);
    }

    private static int order(String asked) {
        return switch (asked.strip().toLowerCase(Locale.ROOT)) {
            case "", "bytes" -> FlowSumsTable.BYTES;
            case "packets" -> FlowSumsTable.PACKETS;
            case "flows" -> FlowSumsTable.FLOWS;
            default -> throw Refusal.field("order_by", "is no order of groups; give bytes, packets or flows");
        };
    }

    private static int limit(int asked) {
        if (asked < 0 || asked > MAX_LIMIT) {
            throw Refusal.field("limit", Integer.toUnsignedString(asked) + " is out of range; give 1 to " + MAX_LIMIT);
        }
        return asked == 0 ? DEFAULT_LIMIT : asked;
    }

    private CompletionStage<GroupFlowsResponse> turn(FlowCursor from) {
        block.clear();
        return plane.read(from, filter.which(), block).thenComposeAsync(this::take, threads);
    }

    private CompletionStage<GroupFlowsResponse> take(FlowCursor to) {
        for (int i = 0; i < block.size(); i++) {
            groups.add(block.get(i, view));
        }
        return to.isEnd() ? CompletableFuture.completedFuture(groups.answer(limit)) : turn(to);
    }
}
