package dev.weir.server.api;

import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Whether the answers of a call are only ever written in protobuf's binary form. Then no objects need be made of what is
 * octets already ({@link Messages#encoded}). What else becomes of answers, JSON for one, needs the objects.
 */
final class Wire implements ServerInterceptor {
    private static final Context.Key<Boolean> BINARY = Context.keyWithDefault("weir-binary", false);
    private static final Metadata.Key<String> CONTENT_TYPE =
            Metadata.Key.of("content-type", Metadata.ASCII_STRING_MARSHALLER);
    private static final Set<String> BINARY_TYPES = Set.of("application/grpc", "application/grpc+proto");

    /** Whether it is so for the call that this thread is in. */
    static boolean isBinary() {
        return BINARY.get();
    }

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        boolean binary = isBinary(headers.get(CONTENT_TYPE));
        return Contexts.interceptCall(Context.current().withValue(BINARY, binary), call, headers, next);
    }

    private static boolean isBinary(@Nullable String contentType) {
        return contentType != null && BINARY_TYPES.contains(contentType);
    }
}
