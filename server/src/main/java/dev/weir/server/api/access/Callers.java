package dev.weir.server.api.access;

import com.linecorp.armeria.server.ServiceRequestContext;
import dev.weir.api.v1.GetCallerResponse;

/** Tells callers who they are here. Stateless. */
public final class Callers {
    private Callers() {}

    /** Whoever makes the call that this thread is in. */
    public static GetCallerResponse current() {
        ServiceRequestContext context = ServiceRequestContext.currentOrNull();
        if (context == null) {
            return GetCallerResponse.getDefaultInstance();
        }
        Caller caller = Caller.of(context);
        return GetCallerResponse.newBuilder()
                .setName(caller.name())
                .setRole(caller.role())
                .build();
    }
}
