package dev.weir.server.api.access;

import com.linecorp.armeria.server.ServiceRequestContext;
import dev.weir.api.v1.Role;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Lets calls through that the caller may make, before anything of them is read. Any thread. */
final class Guard implements ServerInterceptor {
    private final MethodRoles roles;
    private final CallRates rates;

    Guard(MethodRoles roles, CallRates rates) {
        this.roles = roles;
        this.rates = rates;
    }

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        Caller caller = Caller.of(ServiceRequestContext.current());
        Role needed = roles.of(call.getMethodDescriptor().getFullMethodName());
        Status refusal = refusal(caller, needed);
        if (refusal == null && !rates.take(caller.account())) {
            refusal = Status.RESOURCE_EXHAUSTED.withDescription("too many calls a second");
        }
        if (refusal != null) {
            call.close(refusal, new Metadata());
            return new ServerCall.Listener<>() {};
        }
        return next.startCall(call, headers);
    }

    /** Why the caller may not do what needs that role; null when it may. */
    static @Nullable Status refusal(Caller caller, Role needed) {
        if (caller.may(needed)) {
            return null;
        }
        return caller.isKnown()
                ? Status.PERMISSION_DENIED.withDescription("needs the role " + word(needed))
                : Status.UNAUTHENTICATED.withDescription("needs a token or a client certificate");
    }

    /** As configuration files have it. */
    static String word(Role role) {
        return role.name().toLowerCase(Locale.ROOT);
    }
}
