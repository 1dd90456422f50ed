package dev.weir.server.api;

import dev.weir.api.v1.ListFlowsRequest;
import dev.weir.api.v1.ListFlowsResponse;
import dev.weir.dataplane.graph.Dataplane;
import dev.weir.dataplane.graph.FlowBlock;
import dev.weir.dataplane.graph.FlowCursor;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;

/** Pages of flows. Memory by page, not by flows. Any thread. */
final class FlowLists {
    private static final int DEFAULT_PAGE = 100, MAX_PAGE = 10_000;

    private final Dataplane plane;
    private final Executor threads;
    private final PageTokens tokens = new PageTokens();

    FlowLists(Dataplane plane, Executor threads) {
        this.plane = plane;
        this.threads = threads;
    }

    CompletionStage<ListFlowsResponse> list(ListFlowsRequest request) {
        Filters filter = Filters.read(request.getFilter(), "filter");
        int size = size(request.getPageSize());
        if (request.getOrderBy().isBlank()) {
            return unsorted(filter, size, request.getPageToken());
        }
        SortOrder order = SortOrder.read(request.getOrderBy(), "order_by");
        return sorted(filter, order, size, request.getPageToken());
    }

    private static int size(int asked) {
        if (asked < 0 || asked > MAX_PAGE) {
            throw Refusal.field(
                    "page_size",
                    Integer.toUnsignedString(asked) + " is out of range; give 1 to " + MAX_PAGE + ", or use ScanFlows");
        }
        return asked == 0 ? DEFAULT_PAGE : asked;
    }

    /** The name of a list, which its page tokens belong to. */
    private static String list(Filters filter, String order) {
        return filter.text() + '\n' + order;
    }

    private CompletionStage<ListFlowsResponse> unsorted(Filters filter, int size, String token) {
        String list = list(filter, "");
        FlowCursor from = token.isEmpty()
                ? FlowCursor.START
                : tokens.read(token, list, "page_token") instanceof PageToken.Unsorted(FlowCursor cursor)
                        ? cursor
                        : FlowCursor.END;
        var page = new FlowBlock(size);
        return fill(page, filter, from)
                .thenApplyAsync(
                        end -> ListFlowsResponse.newBuilder()
                                .addAllFlows(Messages.flows(page))
                                .setNextPageToken(end.isEnd() ? "" : tokens.write(new PageToken.Unsorted(end), list))
                                .build(),
                        threads);
    }

    private CompletableFuture<FlowCursor> fill(FlowBlock page, Filters filter, FlowCursor from) {
        return plane.read(from, filter.which(), page)
                .thenComposeAsync(
                        to -> to.isEnd() || page.room() == 0
                                ? CompletableFuture.completedFuture(to)
                                : fill(page, filter, to),
                        threads);
    }

    private CompletionStage<ListFlowsResponse> sorted(Filters filter, SortOrder order, int size, String token) {
        String list = list(filter, order.toString());
        PageToken.Sorted after =
                token.isEmpty() ? PageToken.Sorted.START : (PageToken.Sorted) tokens.read(token, list, "page_token");
        return plane.walk(() -> new TopFlows(filter.which(), order, after, size))
                .thenApplyAsync(
                        all -> {
                            TopFlows first = all.getFirst();
                            all.stream().skip(1).forEach(first::merge);
                            String next = first.hasMore() ? tokens.write(first.last(), list) : "";
                            return ListFlowsResponse.newBuilder()
                                    .addAllFlows(Messages.flows(first.drain()))
                                    .setNextPageToken(next)
                                    .build();
                        },
                        threads);
    }
}
