package dev.weir.server.api.access;

import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;

/**
 * Refuses a request that ends without a message where the method takes one: the caller's fault, which gRPC's library tells as
 * the server's own. Any thread.
 */
final class MessageNeeded implements ServerInterceptor {
    private static final Status MISSING = Status.INVALID_ARGUMENT.withDescription("the request has no message");

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        ServerCall.Listener<Q> listener = next.startCall(call, headers);
        return call.getMethodDescriptor().getType().clientSendsOneMessage()
                ? new Expecting<>(listener, call)
                : listener;
    }

    private static final class Expecting<Q> extends SimpleForwardingServerCallListener<Q> {
        private final ServerCall<Q, ?> call;
        private boolean hasMessage;

        Expecting(ServerCall.Listener<Q> listener, ServerCall<Q, ?> call) {
            super(listener);
            this.call = call;
        }

        @Override
        public void onMessage(Q message) {
            hasMessage = true;
            super.onMessage(message);
        }

        @Override
        public void onHalfClose() {
            if (hasMessage) {
                super.onHalfClose();
            } else {
                call.close(MISSING, new Metadata());
            }
        }
    }
}
