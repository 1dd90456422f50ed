package dev.weir.server.api.access;

import com.linecorp.armeria.common.SessionProtocol;
import com.linecorp.armeria.common.grpc.GrpcSerializationFormats;
import com.linecorp.armeria.common.util.DomainSocketAddress;
import com.linecorp.armeria.common.util.TlsEngineType;
import com.linecorp.armeria.server.Server;
import com.linecorp.armeria.server.ServerBuilder;
import com.linecorp.armeria.server.ServerPort;
import com.linecorp.armeria.server.ServerTlsConfig;
import com.linecorp.armeria.server.ServiceBindingBuilder;
import com.linecorp.armeria.server.grpc.GrpcService;
import com.linecorp.armeria.server.grpc.HttpJsonTranscodingOptions;
import dev.weir.server.DaemonLog;
import dev.weir.server.api.http.ApiPages;
import dev.weir.server.api.http.HttpApi;
import dev.weir.server.config.ApiSettings;
import dev.weir.server.web.WebPage;
import io.grpc.BindableService;
import io.grpc.Codec;
import io.grpc.DecompressorRegistry;
import io.grpc.ServerInterceptor;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import io.micrometer.core.instrument.config.MeterFilter;
import io.netty.channel.EventLoopGroup;
import io.netty.handler.ssl.ClientAuth;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The API on its listeners, by gRPC and by HTTP with JSON. One control thread starts, changes and closes it; calls are served
 * by threads of its own, which have no capabilities.
 */
public final class ApiServer implements AutoCloseable {
    /** Netty's property for what tells machines apart in the ids of connections, which nobody but this process sees. */
    private static final String MACHINE_ID = "io.netty.machineId";

    /** Armeria's property for how long it leaves the closing of an HTTP/1 connection that is to be closed to the caller. */
    private static final String CLOSE_DELAY = "com.linecorp.armeria.defaultHttp1ConnectionCloseDelayMillis";

    static {
        if (System.getProperty(MACHINE_ID) == null) {
            // else it looks through all interfaces, and warns where none has an address
            System.setProperty(MACHINE_ID, "02:00:00:00:00:00");
        }
        if (System.getProperty(CLOSE_DELAY) == null) {
            // else 3 s, in which a caller who reads to the end waits
            System.setProperty(CLOSE_DELAY, "100");
        }
    }

    /** How long a connection that is being closed still takes what was on its way (HTTP/2). */
    private static final Duration DRAIN = Duration.ofMillis(100);

    private final Server server;
    private final HealthStatusManager health;
    private final @Nullable UnixSocket socket;
    private final Authentication authentication;
    private final @Nullable TlsFiles tls;
    private final Connections connections;
    private ApiSettings settings;

    private ApiServer(
            ApiSettings settings,
            Server server,
            HealthStatusManager health,
            @Nullable UnixSocket socket,
            Authentication authentication,
            @Nullable TlsFiles tls,
            Connections connections) {
        this.settings = settings;
        this.server = server;
        this.health = health;
        this.socket = socket;
        this.authentication = authentication;
        this.tls = tls;
        this.connections = connections;
    }

    /**
     * Does ahead what the first server of a process takes longest for: Armeria generates code that would tell errors as JSON
     * in its own way, asked for or not. Nobody has to call this; a program that has other things to do before it starts the
     * first one calls it in a thread of its own.
     */
    public static void prepare() {
        HttpJsonTranscodingOptions _ = HttpJsonTranscodingOptions.of();
    }

    /**
     * Listens where the settings say.
     *
     * @throws IOException when it cannot listen somewhere or a file cannot be used: which, why, and what to do
     * @throws IllegalArgumentException when a method does not say what role it needs
     */
    public static ApiServer start(ApiSettings settings, ApiContent content, DaemonLog log) throws IOException {
        Authentication authentication = new Authentication(settings);
        TlsFiles tls = settings.tls().isPresent() ? TlsFiles.read(settings.tls().get()) : null;
        UnixSocket socket = settings.socket().isPresent()
                ? UnixSocket.prepare(settings.socket().get())
                : null;
        try {
            HealthStatusManager health = new HealthStatusManager();
            Connections connections = new Connections(settings.limits(), System::nanoTime);
            ServerBuilder builder = Server.builder();
            addServices(builder, settings, content, health, log);
            builder.decorator(new Gate(authentication, connections, settings, content.streams()))
                    .errorHandler(new Failures(log))
                    .childChannelPipelineCustomizer(connections::admit);
            addThreads(builder, settings, connections);
            addLimits(builder, settings.limits());
            addListeners(builder, settings, tls, socket);
            ApiServer started =
                    new ApiServer(settings, builder.build(), health, socket, authentication, tls, connections);
            started.open();
            return started;
        } catch (IOException | RuntimeException e) {
            if (socket != null) {
                socket.remove();
            }
            throw e;
        }
    }

    private static void addServices(
            ServerBuilder builder,
            ApiSettings settings,
            ApiContent content,
            HealthStatusManager health,
            DaemonLog log) {
        List<ServerServiceDefinition> definitions = Stream.concat(
                        content.services().stream(), Stream.of(health.getHealthService()))
                .map(BindableService::bindService)
                .toList();
        BindableService reflection = ProtoReflectionServiceV1.newInstance();
        MethodRoles roles = MethodRoles.of(Stream.concat(definitions.stream(), Stream.of(reflection.bindService()))
                .toList());
        CallRates rates = new CallRates(settings.limits().callsPerSecond(), System::nanoTime);
        // the last one is called first
        List<ServerInterceptor> interceptors =
                new ArrayList<>(List.of(new MessageNeeded(), new Guard(roles, rates), new Audit(roles, log)));
        interceptors.addAll(content.interceptors());
        Failures failures = new Failures(log);
        GrpcService grpc = GrpcService.builder()
                .addServiceDefinitions(definitions)
                .addService(reflection)
                .intercept(interceptors)
                .exceptionHandler(failures)
                .supportedSerializationFormats(GrpcSerializationFormats.PROTO)
                .maxRequestMessageLength(settings.limits().messageBytes())
                .decompressorRegistry(DecompressorRegistry.emptyInstance().with(Codec.Identity.NONE, false))
                .useBlockingTaskExecutor(true)
                .build();
        ServiceBindingBuilder binding = builder.route();
        grpc.routes().forEach(binding::addRoute);
        binding.maxRequestLength(0); // it limits messages itself, and a stream may have many
        binding.build(grpc);
        HttpApi.addTo(
                builder,
                definitions.stream()
                        .map(definition -> ServerInterceptors.intercept(definition, interceptors))
                        .toList(),
                failures::told);
        ApiPages.addTo(builder, definitions);
        WebPage.addTo(builder);
        content.pages().forEach((path, page) -> builder.service(path, new GuardedPage(page, rates)));
    }

    private static void addThreads(ServerBuilder builder, ApiSettings settings, Connections connections) {
        EventLoopGroup loop = ApiThreads.eventLoop();
        var _ = loop.scheduleAtFixedRate(connections::sweep, 1, 1, TimeUnit.SECONDS);
        builder.workerGroup(loop, true)
                .bossGroupFactory(_ -> ApiThreads.acceptor(settings.needsLowPorts()))
                .blockingTaskExecutor(ApiThreads.calls(), true)
                .meterRegistry(noMeters())
                .unloggedExceptionsReportInterval(Duration.ZERO)
                .connectionDrainDuration(DRAIN)
                .gracefulShutdownTimeout(Duration.ZERO, Duration.ZERO);
    }

    /** What Armeria would count is not told to anybody; and counted it warns of two connections with the same certificate. */
    private static MeterRegistry noMeters() {
        MeterRegistry none = new CompositeMeterRegistry();
        none.config().meterFilter(MeterFilter.deny());
        return none;
    }

    /** The times of Armeria are off: {@link Gate} and {@link Connections} know what a call is, and whether one is under way. */
    private static void addLimits(ServerBuilder builder, ApiSettings.Limits limits) {
        builder.requestTimeoutMillis(0)
                .idleTimeoutMillis(0)
                .maxRequestLength(limits.messageBytes())
                .http1MaxInitialLineLength(limits.headerBytes())
                .http1MaxHeaderSize(limits.headerBytes())
                .http2MaxHeaderListSize(limits.headerBytes())
                .http2MaxStreamsPerConnection(limits.streams())
                .disableServerHeader()
                .verboseResponses(false);
    }

    private static void addListeners(
            ServerBuilder builder, ApiSettings settings, @Nullable TlsFiles tls, @Nullable UnixSocket socket) {
        if (socket != null) {
            builder.port(new ServerPort(DomainSocketAddress.of(socket.hidden()), SessionProtocol.HTTP));
        }
        for (ApiSettings.Listener listener : settings.listen()) {
            builder.port(listener.address(), listener.insecure() ? SessionProtocol.HTTP : SessionProtocol.HTTPS);
        }
        if (tls != null) {
            boolean asks =
                    settings.tls().flatMap(ApiSettings.Tls::clientAuthority).isPresent();
            builder.tlsEngineType(TlsEngineType.JDK)
                    .tlsProvider(
                            tls,
                            ServerTlsConfig.builder()
                                    .clientAuth(asks ? ClientAuth.OPTIONAL : ClientAuth.NONE)
                                    .build());
        }
    }

    private void open() throws IOException {
        try {
            server.start().join();
            if (socket != null) {
                socket.publish();
            }
        } catch (CompletionException e) {
            Throwable cause = Optional.ofNullable(e.getCause()).orElse(e);
            close();
            throw new IOException("api: cannot listen: " + cause.getMessage() + "; give other addresses", cause);
        } catch (IOException e) {
            close();
            throw e;
        }
    }

    /**
     * Goes over to other settings while calls go on: tokens, certificates and their roles. Where it listens and what it limits
     * stays.
     *
     * @return what cannot change, a line each with the option's path; empty when {@code next} is in force
     * @throws IOException when a file cannot be used: what was read before goes on
     */
    public List<String> reload(ApiSettings next) throws IOException {
        List<String> refused = new ArrayList<>();
        String remedy = " cannot change while it runs; start anew";
        if (!next.socket().equals(settings.socket())) {
            refused.add("api.socket:" + remedy);
        }
        if (!next.listen().equals(settings.listen())) {
            refused.add("api.listen:" + remedy);
        }
        if (!next.limits().equals(settings.limits())) {
            refused.add("api.limits:" + remedy);
        }
        if (asks(next) != asks(settings)
                || next.tls().isPresent() != settings.tls().isPresent()) {
            refused.add("api.tls: whether there is one, and whether clients show certificates," + remedy);
        }
        if (refused.isEmpty()) {
            Tokens tokens = Authentication.tokens(next);
            if (tls != null && next.tls().isPresent()) {
                tls.readAgain(next.tls().get());
            }
            authentication.replace(next, tokens);
            settings = next;
        }
        return refused;
    }

    private static boolean asks(ApiSettings settings) {
        return settings.tls().flatMap(ApiSettings.Tls::clientAuthority).isPresent();
    }

    /** Where it listens, for a person. */
    public List<String> addresses() {
        List<String> all = new ArrayList<>();
        if (socket != null) {
            all.add("unix:" + socket.path());
        }
        server.activePorts().values().stream()
                .filter(port -> !port.isDomainSocket())
                .forEach(port -> all.add((port.hasTls() ? "https://" : "http://")
                        + port.localAddress().getAddress().getHostAddress() + ":"
                        + port.localAddress().getPort()));
        return all;
    }

    /** The path of the Unix socket, if there is one. */
    public Optional<Path> socket() {
        return Optional.ofNullable(socket).map(UnixSocket::path);
    }

    /** How many connections there are. */
    public int connections() {
        return connections.count();
    }

    /** Tells probes (grpc.health.v1) that nothing is served. */
    public void sayNotServing() {
        health.setStatus(HealthStatusManager.SERVICE_NAME_ALL_SERVICES, ServingStatus.NOT_SERVING);
    }

    /** Ends all calls and listens no more. */
    @Override
    public void close() throws IOException {
        health.enterTerminalState();
        server.closeAsync().join();
        if (socket != null) {
            socket.remove();
        }
    }
}
