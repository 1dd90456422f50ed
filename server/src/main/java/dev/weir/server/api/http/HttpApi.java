package dev.weir.server.api.http;

import com.google.common.util.concurrent.MoreExecutors;
import com.google.protobuf.Message;
import com.linecorp.armeria.common.AggregatedHttpRequest;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpResponseWriter;
import com.linecorp.armeria.common.RequestContext;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.Route;
import com.linecorp.armeria.server.ServerBuilder;
import com.linecorp.armeria.server.ServiceRequestContext;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.PrototypeMarshaller;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.protobuf.ProtoMethodDescriptorSupplier;
import java.util.Collection;
import java.util.concurrent.Executor;
import java.util.function.BiFunction;

/**
 * The calls that have a route, over HTTP with JSON. They go to the handlers that gRPC calls go to, interceptors and all, so
 * whoever may not make a call may not make it here.
 *
 * <p>Armeria's own transcoding serves no streams, takes no numbers above 2^31, and passes over parameters that it does not know.
 */
public final class HttpApi {
    private HttpApi() {}

    /**
     * Adds all routes.
     *
     * @param failures what callers are told of how a call failed, which is told to it
     * @throws IllegalArgumentException when a route is of a kind that is not served
     */
    public static void addTo(
            ServerBuilder server,
            Collection<ServerServiceDefinition> services,
            BiFunction<RequestContext, Status, Status> failures) {
        for (ServerServiceDefinition service : services) {
            for (ServerMethodDefinition<?, ?> method : service.getMethods()) {
                add(server, method, failures);
            }
        }
    }

    private static <Q, A> void add(
            ServerBuilder server,
            ServerMethodDefinition<Q, A> method,
            BiFunction<RequestContext, Status, Status> failures) {
        MethodDescriptor<Q, A> descriptor = method.getMethodDescriptor();
        if (!(descriptor.getSchemaDescriptor() instanceof ProtoMethodDescriptorSupplier schema)) {
            return;
        }
        for (HttpRoute route : HttpRoute.of(schema.getMethodDescriptor())) {
            Route place =
                    Route.builder().methods(route.method()).exact(route.path()).build();
            server.service(place, new Call<>(route, method, failures));
        }
    }

    /** Serves one route. */
    private record Call<Q, A>(
            HttpRoute route, ServerMethodDefinition<Q, A> method, BiFunction<RequestContext, Status, Status> failures)
            implements HttpService {
        @Override
        public HttpResponse serve(ServiceRequestContext context, HttpRequest request) {
            HttpResponseWriter out = HttpResponse.streaming();
            Executor executor = MoreExecutors.newSequentialExecutor(context.blockingTaskExecutor());
            HttpCall<Q, A> call = new HttpCall<>(
                    method.getMethodDescriptor(), out, executor, status -> failures.apply(context, status));
            var _ = request.aggregate().handle((whole, failure) -> {
                executor.execute(
                        failure == null
                                ? () -> start(call, context, whole)
                                : () -> call.startUnread(method.getServerCallHandler(), failure));
                return null;
            });
            return out;
        }

        @SuppressWarnings("unchecked") // the marshaller's prototype is of its type
        private void start(HttpCall<Q, A> call, ServiceRequestContext context, AggregatedHttpRequest request) {
            Message prototype = (Message)
                    ((PrototypeMarshaller<Q>) method.getMethodDescriptor().getRequestMarshaller())
                            .getMessagePrototype();
            call.start(method.getServerCallHandler(), () -> (Q)
                    (route.hasBody()
                            ? JsonRequests.ofBody(prototype, request.contentUtf8())
                            : JsonRequests.ofQuery(prototype, context.queryParams())));
        }
    }
}
