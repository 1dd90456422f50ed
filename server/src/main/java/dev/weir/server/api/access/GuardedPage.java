package dev.weir.server.api.access;

import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.ServiceRequestContext;
import dev.weir.api.v1.Role;
import dev.weir.server.api.http.JsonErrors;
import io.grpc.Status;

/** A page for those who may read. */
record GuardedPage(HttpService page, CallRates rates) implements HttpService {
    @Override
    public HttpResponse serve(ServiceRequestContext context, HttpRequest request) throws Exception {
        Caller caller = Caller.of(context);
        Status refusal = Guard.refusal(caller, Role.READ);
        if (refusal == null && !rates.take(caller.account())) {
            refusal = Status.RESOURCE_EXHAUSTED.withDescription("too many calls a second");
        }
        return refusal == null
                ? page.serve(context, request)
                : HttpResponse.of(
                        JsonErrors.httpStatus(refusal.getCode()), MediaType.JSON_UTF_8, JsonErrors.body(refusal));
    }
}
