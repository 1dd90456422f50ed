package dev.weir.server.api.access;

import com.linecorp.armeria.server.HttpService;
import io.grpc.BindableService;
import io.grpc.ServerInterceptor;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What the API serves; immutable.
 *
 * @param services of which every method says what role it needs
 * @param interceptors see every call before it is judged, refused ones too
 * @param pages what else can be read, by path, with the role read
 */
public record ApiContent(
        List<BindableService> services, List<ServerInterceptor> interceptors, Map<String, HttpService> pages) {
    public ApiContent {
        services = List.copyOf(services);
        interceptors = List.copyOf(interceptors);
        pages = Map.copyOf(pages);
    }

    /** Services alone. */
    public static ApiContent of(List<BindableService> services) {
        return new ApiContent(services, List.of(), Map.of());
    }

    /** The paths of calls whose requests are streams, and of reflection, whose are too. */
    Set<String> streams() {
        Set<String> paths = services.stream()
                .flatMap(service -> service.bindService().getMethods().stream())
                .map(method -> method.getMethodDescriptor())
                .filter(method -> !method.getType().clientSendsOneMessage())
                .map(method -> "/" + method.getFullMethodName())
                .collect(Collectors.toSet());
        paths.add("/grpc.reflection.v1.ServerReflection/ServerReflectionInfo");
        return paths;
    }
}
