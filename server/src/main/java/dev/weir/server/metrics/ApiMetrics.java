package dev.weir.server.metrics;

import com.linecorp.armeria.server.ServiceRequestContext;
import dev.weir.server.api.access.CallEnd;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.IntSupplier;

/** What callers of the API do: counts calls by gRPC and by HTTP alike, refused ones too. Any thread. */
final class ApiMetrics implements ServerInterceptor, MultiCollector {
    private static final double NANOS = 1e9;

    static final List<Family<ApiMetrics>> FAMILIES = List.of(
            Family.counter(
                    "weir_api_calls",
                    "Calls that are over, by method and code.",
                    List.of("method", "code"),
                    (metrics, points) -> metrics.ended.forEach(
                            (call, n) -> points.add((double) n.sum(), call.method(), call.code()))),
            Family.summary(
                    "weir_api_call_seconds",
                    "How long calls took that are no streams, by method.",
                    List.of("method"),
                    (metrics, points) -> metrics.times.forEach(
                            (method, time) -> points.add(time.calls.sum(), time.nanos.sum() / NANOS, method))),
            Family.gauge(
                    "weir_api_calls_active",
                    "Calls under way, streams among them.",
                    List.of(),
                    (metrics, points) -> points.add((double) metrics.active.sum())),
            Family.gauge(
                    "weir_api_watchers",
                    "Streams of events that are open.",
                    List.of(),
                    (metrics, points) -> points.add(metrics.watchers.getAsInt())),
            Family.gauge(
                    "weir_api_connections",
                    "Connections to the API.",
                    List.of(),
                    (metrics, points) -> points.add(metrics.connections.getAsInt())));

    private record Call(String method, String code) {}

    private static final class Time {
        final LongAdder calls = new LongAdder(), nanos = new LongAdder();
    }

    private final Map<Call, LongAdder> ended = new ConcurrentHashMap<>();
    private final Map<String, Time> times = new ConcurrentHashMap<>();
    private final LongAdder active = new LongAdder();
    private final IntSupplier watchers;
    private volatile IntSupplier connections = () -> 0;

    ApiMetrics(IntSupplier watchers) {
        this.watchers = watchers;
    }

    /** Where the number of connections comes from. */
    void connections(IntSupplier source) {
        connections = source;
    }

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        String method = call.getMethodDescriptor().getFullMethodName();
        boolean isStream = !call.getMethodDescriptor().getType().serverSendsOneMessage()
                || !call.getMethodDescriptor().getType().clientSendsOneMessage();
        long begun = System.nanoTime();
        ServiceRequestContext context = ServiceRequestContext.currentOrNull();
        AtomicBoolean over = new AtomicBoolean();
        active.increment();
        ServerCall<Q, A> watched = new SimpleForwardingServerCall<>(call) {
            @Override
            public void close(Status status, Metadata trailers) {
                if (over.compareAndSet(false, true)) {
                    end(method, status, isStream, begun);
                }
                super.close(status, trailers);
            }
        };
        return new SimpleForwardingServerCallListener<>(next.startCall(watched, headers)) {
            @Override
            public void onCancel() {
                if (over.compareAndSet(false, true)) {
                    end(method, CallEnd.of(context), isStream, begun);
                }
                super.onCancel();
            }
        };
    }

    private void end(String method, Status status, boolean isStream, long begun) {
        active.decrement();
        ended.computeIfAbsent(new Call(method, status.getCode().name()), _ -> new LongAdder())
                .increment();
        if (!isStream) {
            Time time = times.computeIfAbsent(method, _ -> new Time());
            time.calls.increment();
            time.nanos.add(System.nanoTime() - begun);
        }
    }

    @Override
    public MetricSnapshots collect() {
        return new MetricSnapshots(FAMILIES.stream()
                .<MetricSnapshot>map(family -> family.snapshot(this))
                .toList());
    }
}
