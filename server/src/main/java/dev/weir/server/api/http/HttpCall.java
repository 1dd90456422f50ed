package dev.weir.server.api.http;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageOrBuilder;
import com.google.protobuf.util.JsonFormat;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpResponseWriter;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.ResponseHeaders;
import io.grpc.Attributes;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.Status;
import io.grpc.StatusException;
import java.util.concurrent.Executor;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * One call over HTTP, to the same handler that serves gRPC: one request; one answer as JSON, or as many as there are, a line
 * each. The handler is told when the caller has taken the line before, so a slow reader holds up its own call and no memory.
 * Everything that the handler hears comes from one executor, one thing at a time; what it says may come from any thread.
 */
final class HttpCall<Q, A> extends ServerCall<Q, A> {
    static final MediaType LINES = MediaType.parse("application/x-ndjson");

    private static final JsonFormat.Printer PRINTER = JsonFormat.printer().omittingInsignificantWhitespace();

    private final MethodDescriptor<Q, A> method;
    private final HttpResponseWriter out;
    private final Executor executor;
    private final UnaryOperator<Status> failures;
    private final boolean streams;

    private Listener<Q> listener = new Listener<>() {};
    private @Nullable Source<Q> request;
    /** Why the request could not be read, if that was so. */
    private @Nullable Throwable unread;

    private int wanted;
    private boolean started;
    private @Nullable A answer;
    private boolean wroteHeaders;

    private volatile boolean ready = true, cancelled, closed;

    HttpCall(MethodDescriptor<Q, A> method, HttpResponseWriter out, Executor executor, UnaryOperator<Status> failures) {
        this.method = method;
        this.out = out;
        this.executor = executor;
        this.failures = failures;
        this.streams = method.getType() == MethodType.SERVER_STREAMING;
    }

    /** Where the request comes from; it is read when the handler wants it, so not for a caller who may not make the call. */
    @FunctionalInterface
    interface Source<Q> {
        Q read() throws StatusException;
    }

    /** Begins; in the executor. */
    void start(ServerCallHandler<Q, A> handler, Source<Q> source) {
        request = source;
        var _ = out.whenComplete().exceptionally(e -> {
            executor.execute(this::cancel);
            return null;
        });
        try {
            listener = handler.startCall(this, new Metadata());
            started = true;
            listener.onReady();
            deliver();
        } catch (RuntimeException e) {
            abandon(e);
        }
    }

    /** Begins a call whose request could not be read, so that the handler hears of it all the same; in the executor. */
    void startUnread(ServerCallHandler<Q, A> handler, Throwable why) {
        unread = why;
        start(handler, () -> {
            throw unreadable(why).asException();
        });
    }

    /** Ends a call that the handler has not ended, nor will. */
    private void abandon(Exception why) {
        Metadata trailers = Status.trailersFromThrowable(why);
        if (finish(Status.fromThrowable(why), trailers == null ? new Metadata() : trailers)) {
            listener.onCancel();
        }
    }

    private static Status unreadable(Throwable why) {
        return Status.UNKNOWN.withCause(why);
    }

    private void cancel() {
        cancelled = true;
        if (finish(unread == null ? Status.CANCELLED : unreadable(unread), new Metadata())) {
            listener.onCancel();
        }
    }

    @Override
    public void request(int messages) {
        executor.execute(() -> {
            wanted += messages;
            deliver();
        });
    }

    private void deliver() {
        Source<Q> source = request;
        if (!started || wanted == 0 || source == null || closed) {
            return;
        }
        request = null;
        try {
            listener.onMessage(source.read());
            listener.onHalfClose();
        } catch (StatusException | RuntimeException e) {
            abandon(e);
        }
    }

    @Override
    public void sendHeaders(Metadata headers) {}

    @Override
    public synchronized void sendMessage(A message) {
        if (closed) {
            return;
        }
        if (!streams) {
            answer = message;
            return;
        }
        ready = false;
        writeHeaders(HttpStatus.OK, LINES);
        write(json(message));
        var _ = out.whenConsumed()
                .thenRun(() -> executor.execute(() -> {
                    ready = true;
                    if (!closed) {
                        listener.onReady();
                    }
                }));
    }

    @Override
    public boolean isReady() {
        return ready && !closed;
    }

    @Override
    public void close(Status status, Metadata trailers) {
        if (finish(status, trailers)) {
            executor.execute(() -> listener.onComplete());
        }
    }

    /** Says how it ended; false when that has been said. */
    private synchronized boolean finish(Status status, Metadata trailers) {
        if (closed) {
            return false;
        }
        closed = true;
        A last = answer;
        if (unread != null && unread.equals(status.getCause())) {
            var _ = failures.apply(status);
            out.close(unread); // HTTP has statuses of its own for what is too long or too slow
            return true;
        }
        if (!status.isOk()) {
            writeError(failures.apply(status), trailers);
        } else if (!streams && last == null) {
            writeError(failures.apply(Status.INTERNAL.withDescription("no answer")), trailers);
        } else {
            writeHeaders(HttpStatus.OK, streams ? LINES : MediaType.JSON_UTF_8);
            if (last != null) {
                write(json(last));
            }
        }
        out.close();
        return true;
    }

    /** A stream that has begun can only say at its end that it was cut. */
    private void writeError(Status status, Metadata trailers) {
        String error = JsonErrors.json(status, trailers);
        if (wroteHeaders) {
            write("{\"error\":" + error + "}");
        } else {
            writeHeaders(JsonErrors.httpStatus(status.getCode()), MediaType.JSON_UTF_8);
            write(error);
        }
    }

    private void writeHeaders(HttpStatus status, MediaType type) {
        if (!wroteHeaders) {
            wroteHeaders = true;
            var _ = out.tryWrite(
                    ResponseHeaders.builder(status).contentType(type).build());
        }
    }

    private void write(String line) {
        var _ = out.tryWrite(HttpData.ofUtf8(line + "\n"));
    }

    private static String json(Object message) {
        try {
            return PRINTER.print((MessageOrBuilder) message);
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException("an answer with a detail of an unknown type", e);
        }
    }

    @Override
    public boolean isCancelled() {
        return cancelled;
    }

    @Override
    public MethodDescriptor<Q, A> getMethodDescriptor() {
        return method;
    }

    @Override
    public Attributes getAttributes() {
        return Attributes.EMPTY;
    }
}
