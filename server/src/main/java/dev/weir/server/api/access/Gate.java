package dev.weir.server.api.access;

import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.util.DomainSocketAddress;
import com.linecorp.armeria.server.DecoratingHttpServiceFunction;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.RequestTimeoutException;
import com.linecorp.armeria.server.ServiceRequestContext;
import dev.weir.server.api.http.JsonErrors;
import dev.weir.server.config.ApiSettings;
import io.grpc.Status;
import io.netty.channel.Channel;
import java.net.InetSocketAddress;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What every request passes first, when its headers are complete and nothing else is: who makes it is noted, and it has so
 * much time to be complete. On an event loop.
 */
final class Gate implements DecoratingHttpServiceFunction {
    private static final String METRICS = "/metrics";

    private final Authentication authentication;
    private final Connections connections;
    private final ApiSettings settings;
    private final Set<String> streams;

    /** @param streams the paths whose requests have no end of their own */
    Gate(Authentication authentication, Connections connections, ApiSettings settings, Set<String> streams) {
        this.authentication = authentication;
        this.connections = connections;
        this.settings = settings;
        this.streams = Set.copyOf(streams);
    }

    @Override
    public HttpResponse serve(HttpService delegate, ServiceRequestContext context, HttpRequest request)
            throws Exception {
        Channel channel = context.log().partial().channel();
        connections.begin(channel);
        var _ = context.log().whenComplete().thenRun(() -> connections.end(channel));
        authentication.caller(context, request).attachTo(context);
        if (!serves(context)) {
            return refuse(HttpStatus.NOT_FOUND, Status.NOT_FOUND.withDescription("there is nothing of that name here"));
        }
        if (request.method() != HttpMethod.GET && !mayChange(request)) {
            // a page of another site in somebody's browser, which may not speak in that person's name
            return refuse(
                    HttpStatus.FORBIDDEN, Status.PERMISSION_DENIED.withDescription("not from a page of another site"));
        }
        if (!streams.contains(context.path())) {
            limitTime(context, request, channel);
        }
        return delegate.serve(context, request);
    }

    /**
     * Whether what changes something comes from no page, or from the daemon's own: one that came from where the request goes to (RFC 6454 section 4), and
     * without TLS under a name of this machine, for any other may be one that was made to point here (DNS rebinding).
     */
    private static boolean mayChange(HttpRequest request) {
        String origin = request.headers().get(HttpHeaderNames.ORIGIN);
        if (origin == null) {
            return true;
        }
        String authority = String.valueOf(request.authority());
        return switch (String.valueOf(request.scheme())) {
            case "https" -> origin.equals("https://" + authority);
            case "http" -> origin.equals("http://" + authority) && Authentication.isOfThisMachine(authority);
            default -> false;
        };
    }

    /** Whether the listener that the request came by has more than the metrics, or it is those that are wanted. */
    private boolean serves(ServiceRequestContext context) {
        InetSocketAddress local = context.localAddress();
        return local instanceof DomainSocketAddress
                || context.path().equals(METRICS)
                || settings.listener(local)
                        .filter(ApiSettings.Listener::metricsOnly)
                        .isEmpty();
    }

    private static HttpResponse refuse(HttpStatus http, Status status) {
        return HttpResponse.of(http, MediaType.JSON_UTF_8, JsonErrors.body(status));
    }

    /** Aborts the request when it takes too long, and with HTTP/1, where the rest would be taken for another one, its connection. */
    private void limitTime(ServiceRequestContext context, HttpRequest request, @Nullable Channel channel) {
        var timer = context.eventLoop()
                .schedule(
                        () -> {
                            if (request.isComplete()) {
                                return;
                            }
                            request.abort(RequestTimeoutException.get());
                            if (!context.sessionProtocol().isMultiplex() && channel != null) {
                                var _ = context.log().whenComplete().thenRun(() -> {
                                    var _ = channel.close();
                                });
                            }
                        },
                        settings.limits().requestTimeout().toMillis(),
                        TimeUnit.MILLISECONDS);
        var _ = request.whenComplete().handle((_, _) -> timer.cancel(false));
    }
}
