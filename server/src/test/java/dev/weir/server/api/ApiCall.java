package dev.weir.server.api;

import com.google.api.AnnotationsProto;
import com.google.api.HttpRule;
import com.google.protobuf.Descriptors;
import com.google.protobuf.Message;
import com.linecorp.armeria.common.HttpMethod;
import dev.weir.api.v1.Access;
import dev.weir.api.v1.DaemonGrpc;
import dev.weir.api.v1.DataplaneGrpc;
import dev.weir.api.v1.FlowTableGrpc;
import dev.weir.api.v1.FlowTablesGrpc;
import dev.weir.api.v1.ProgramsGrpc;
import dev.weir.api.v1.Role;
import io.grpc.MethodDescriptor;
import io.grpc.protobuf.ProtoMethodDescriptorSupplier;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * A call as the definition has it.
 *
 * @param method its full name
 * @param role that it needs
 * @param isEndless whether its answer is a stream that ends with its caller alone
 * @param prototype of its request
 */
record ApiCall(
        String method, Role role, boolean isEndless, Message prototype, Descriptors.MethodDescriptor descriptor) {
    /**
     * By HTTP.
     *
     * @param hasBody whether the request is its body, else it is the query
     */
    record Route(ApiCall call, HttpMethod verb, String path, boolean hasBody) {}

    /** All there are. */
    static final List<ApiCall> ALL = Stream.of(
                    DaemonGrpc.getServiceDescriptor(),
                    DataplaneGrpc.getServiceDescriptor(),
                    FlowTableGrpc.getServiceDescriptor(),
                    FlowTablesGrpc.getServiceDescriptor(),
                    ProgramsGrpc.getServiceDescriptor())
            .flatMap(service -> service.getMethods().stream())
            .map(ApiCall::of)
            .toList();

    /** All their routes. */
    static final List<Route> ROUTES =
            ALL.stream().flatMap(call -> call.routes().stream()).toList();

    private static ApiCall of(MethodDescriptor<?, ?> method) {
        var schema = (ProtoMethodDescriptorSupplier) Objects.requireNonNull(method.getSchemaDescriptor());
        var marshaller = (MethodDescriptor.PrototypeMarshaller<?>) method.getRequestMarshaller();
        Descriptors.MethodDescriptor descriptor = schema.getMethodDescriptor();
        return new ApiCall(
                method.getFullMethodName(),
                descriptor.getOptions().getExtension(Access.requiredRole),
                method.equals(FlowTableGrpc.getWatchFlowsMethod())
                        || method.equals(FlowTablesGrpc.getWatchTableFlowsMethod())
                        || method.equals(ProgramsGrpc.getWatchEntriesMethod()),
                (Message) Objects.requireNonNull(marshaller.getMessagePrototype()),
                descriptor);
    }

    /** The one of that method. */
    static ApiCall of(String method) {
        return ALL.stream()
                .filter(call -> call.method.endsWith("/" + method))
                .findAny()
                .orElseThrow();
    }

    /** Its routes; a stream of requests has none. */
    List<Route> routes() {
        HttpRule rule = descriptor.getOptions().getExtension(AnnotationsProto.http);
        List<Route> routes = new ArrayList<>();
        Stream.concat(Stream.of(rule), rule.getAdditionalBindingsList().stream())
                .forEach(binding -> {
                    boolean hasBody = !binding.getBody().isEmpty();
                    switch (binding.getPatternCase()) {
                        case GET -> routes.add(new Route(this, HttpMethod.GET, binding.getGet(), hasBody));
                        case POST -> routes.add(new Route(this, HttpMethod.POST, binding.getPost(), hasBody));
                        case PATCH -> routes.add(new Route(this, HttpMethod.PATCH, binding.getPatch(), hasBody));
                        case DELETE -> routes.add(new Route(this, HttpMethod.DELETE, binding.getDelete(), hasBody));
                        default -> {}
                    }
                });
        return List.copyOf(routes);
    }

    @Override
    public String toString() {
        return method;
    }
}
