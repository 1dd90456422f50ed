package dev.weir.server.p4runtime;

import dev.weir.api.p4.v1.ReadResponse;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** One Read: sends a page when its reader can take one, and holds no more than that one. Turns are taken one at a time. */
final class ReadCall {
    private final ServerCallStreamObserver<ReadResponse> reader;
    private final Executor threads;
    private final Deque<ReadSource> sources = new ArrayDeque<>();
    /** A turn is being taken, or there is no more. */
    private final AtomicBoolean taken = new AtomicBoolean(true);

    ReadCall(ServerCallStreamObserver<ReadResponse> reader, Executor threads) {
        this.reader = reader;
        this.threads = threads;
        reader.setOnReadyHandler(this::wake);
        reader.setOnCancelHandler(() -> taken.set(true));
    }

    void start(List<ReadSource> wanted) {
        sources.addAll(wanted);
        turn();
    }

    /** The reader can take more. Any thread. */
    private void wake() {
        if (!reader.isCancelled() && reader.isReady() && taken.compareAndSet(false, true)) threads.execute(this::turn);
    }

    private void turn() {
        ReadSource source = sources.peek();
        if (source == null) {
            reader.onCompleted();
            return;
        }
        var _ = source.next().whenCompleteAsync(this::tell, threads);
    }

    private void tell(ReadSource.@Nullable Page page, @Nullable Throwable why) {
        if (reader.isCancelled()) return;
        if (page == null) {
            reader.onError(status(why).asRuntimeException());
            return;
        }
        if (page.last()) sources.remove();
        if (!page.entities().isEmpty()) {
            reader.onNext(
                    ReadResponse.newBuilder().addAllEntities(page.entities()).build());
        }
        if (reader.isReady() || page.entities().isEmpty()) {
            turn();
        } else {
            taken.set(false);
            wake();
        }
    }

    /** What a call that failed so is told. */
    static Status status(@Nullable Throwable why) {
        Throwable cause = why instanceof CompletionException && why.getCause() != null ? why.getCause() : why;
        return switch (cause) {
            case EntityFault fault -> fault.status();
            case IllegalStateException e -> Status.UNAVAILABLE.withDescription(e.getMessage());
            case IllegalArgumentException e -> Status.INVALID_ARGUMENT.withDescription(e.getMessage());
            case null, default -> Status.INTERNAL.withDescription("internal error: " + cause);
        };
    }
}
