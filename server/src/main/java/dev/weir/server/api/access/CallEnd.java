package dev.weir.server.api.access;

import com.linecorp.armeria.common.RequestContext;
import io.grpc.Status;
import io.netty.util.AttributeKey;
import org.jspecify.annotations.Nullable;

/**
 * What callers were told of calls that no handler has ended. Who looks on as an interceptor hears of those that they were
 * cancelled, whether the caller has gone or its request was none. Any thread.
 */
public final class CallEnd {
    private static final AttributeKey<Status> KEY = AttributeKey.valueOf(CallEnd.class, "STATUS");

    private CallEnd() {}

    /** The first counts. */
    static void told(RequestContext context, Status status) {
        if (!context.hasAttr(KEY)) {
            context.setAttr(KEY, status);
        }
    }

    /** How a call ended of which an interceptor hears that it was cancelled; {@code context} is the call's, if it has one. */
    public static Status of(@Nullable RequestContext context) {
        Status told = context == null ? null : context.attr(KEY);
        return told == null ? Status.CANCELLED : told;
    }
}
