package dev.weir.server.api.access;

import com.google.protobuf.MessageOrBuilder;
import com.google.protobuf.TextFormat;
import com.linecorp.armeria.server.ServiceRequestContext;
import dev.weir.api.v1.Role;
import dev.weir.api.v1.UpdateFlowsResponse;
import dev.weir.server.DaemonLog;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A line in the log for every call that needs more than reading, done or refused: who, from where, what, on what, and how it
 * ended. Stands before {@link Guard}, so that it sees refusals too; of those of nobody known a few a second are told. Any thread.
 */
final class Audit implements ServerInterceptor {
    private static final int MAX_SUBJECT = 400, REFUSALS_PER_SECOND = 10;

    private final MethodRoles roles;
    private final DaemonLog log;
    private final CallRates refusals = new CallRates(REFUSALS_PER_SECOND, System::nanoTime);

    Audit(MethodRoles roles, DaemonLog log) {
        this.roles = roles;
        this.log = log;
    }

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        String method = call.getMethodDescriptor().getFullMethodName();
        if (roles.of(method).getNumber() < Role.OPERATE_VALUE) {
            return next.startCall(call, headers);
        }
        ServiceRequestContext context = ServiceRequestContext.current();
        Line line = new Line(Caller.of(context), method);
        ServerCall.Listener<Q> listener = next.startCall(new Watched<>(call, line), headers);
        return new SimpleForwardingServerCallListener<>(listener) {
            @Override
            public void onMessage(Q message) {
                line.requested((MessageOrBuilder) message);
                super.onMessage(message);
            }

            @Override
            public void onCancel() {
                line.tell(CallEnd.of(context));
                super.onCancel();
            }
        };
    }

    /** Tells the line when the call is over. */
    private static final class Watched<Q, A> extends SimpleForwardingServerCall<Q, A> {
        private final Line line;

        Watched(ServerCall<Q, A> call, Line line) {
            super(call);
            this.line = line;
        }

        @Override
        public void sendMessage(A message) {
            if (message instanceof UpdateFlowsResponse answer) {
                line.updated(answer);
            }
            super.sendMessage(message);
        }

        @Override
        public void close(Status status, Metadata trailers) {
            line.tell(status);
            super.close(status, trailers);
        }
    }

    /** What there is to say of one call. */
    private final class Line {
        private final Caller caller;
        private final String method;
        private final AtomicBoolean told = new AtomicBoolean();
        private @Nullable String subject;
        private long messages, updated, failed;
        private boolean counts;

        Line(Caller caller, String method) {
            this.caller = caller;
            this.method = method;
        }

        /** The first message says on what; of a stream's others there is the number. */
        synchronized void requested(MessageOrBuilder message) {
            messages++;
            if (subject == null) {
                String text = TextFormat.printer()
                        .emittingSingleLine(true)
                        .printToString(message)
                        .strip();
                subject = text.length() > MAX_SUBJECT ? text.substring(0, MAX_SUBJECT) + "..." : text;
            }
        }

        synchronized void updated(UpdateFlowsResponse answer) {
            counts = true;
            updated += answer.getUpdated();
            failed += answer.getFailuresCount();
        }

        void tell(Status status) {
            boolean stranger = !caller.isKnown();
            if (!told.compareAndSet(false, true) || (stranger && !refusals.take(caller.account()))) {
                return;
            }
            log.audit(fields(status));
        }

        private synchronized Map<String, Object> fields(Status status) {
            Map<String, Object> fields = new LinkedHashMap<>();
            fields.put("who", caller.isKnown() ? caller.name() : "-");
            fields.put("from", caller.from());
            fields.put("call", method);
            fields.put("on", subject == null ? "" : subject);
            if (counts) {
                fields.put("requests", messages);
                fields.put("updated", updated);
                fields.put("failed", failed);
            }
            fields.put("result", status.getCode().name());
            return fields;
        }
    }
}
