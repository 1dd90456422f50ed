package dev.weir.offload.circle;

import dev.weir.dataplane.graph.OffloadLink;
import dev.weir.dataplane.graph.OffloadReport;
import dev.weir.dataplane.graph.UnavailableException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** What a worker is to be told: one letter at a time, so that it takes all in order. The circle's thread. */
final class Outbox {
    private final OffloadLink link;
    private final int worker;
    private List<OffloadReport> waiting = new ArrayList<>();
    private List<OffloadReport> sent = List.of();
    private CompletableFuture<?> answer = CompletableFuture.completedFuture(null);

    Outbox(OffloadLink link, int worker) {
        this.link = link;
        this.worker = worker;
    }

    void add(OffloadReport report) {
        waiting.add(report);
    }

    /** Whether the worker knows all. */
    boolean isEmpty() {
        return waiting.isEmpty() && answer.isDone() && !isUnread();
    }

    /** Whether the worker had no room for the last letter. */
    private boolean isUnread() {
        return answer.isCompletedExceptionally() && answer.exceptionNow() instanceof UnavailableException;
    }

    /** Whether it has read what it was told last; counts are not worth a queue. */
    boolean takesCounts() {
        return answer.isDone();
    }

    /** Sends what waits, if the letter before was read; the same again, if the worker had no room for it. */
    void flush() {
        if (!answer.isDone()) {
            return;
        }
        if (isUnread()) {
            answer = link.tell(worker, sent);
        } else if (!waiting.isEmpty()) {
            sent = waiting;
            waiting = new ArrayList<>();
            answer = link.tell(worker, sent);
        }
    }
}
