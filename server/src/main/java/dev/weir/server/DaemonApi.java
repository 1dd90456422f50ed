package dev.weir.server;

import dev.weir.dataplane.graph.Dataplane;
import dev.weir.export.ExportStatus;
import dev.weir.offload.circle.CircleStatus;
import dev.weir.server.api.ApiServices;
import dev.weir.server.api.access.ApiContent;
import dev.weir.server.api.access.ApiServer;
import dev.weir.server.config.ApiSettings;
import dev.weir.server.events.EventLog;
import dev.weir.server.flowtables.FlowTableDrivers;
import dev.weir.server.metrics.Metrics;
import dev.weir.server.programs.Programs;
import dev.weir.server.standby.Pair;
import dev.weir.server.standby.StandbyService;
import dev.weir.server.state.StateKeeper;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The API of a daemon: its calls, its metrics, and the listeners they are reached by. One control thread. */
final class DaemonApi implements AutoCloseable {
    private static final String UNKNOWN_VERSION = "unknown";

    private final ApiServices services;
    private final ApiServer server;

    private DaemonApi(ApiServices services, ApiServer server) {
        this.services = services;
        this.server = server;
    }

    /**
     * Starts it.
     *
     * @param programs those of {@code plane}
     * @param flowTables the caller's, closed after this
     * @param events gets the events of {@code plane}
     * @param offload what carries its flows below; empty where nothing does
     * @param export what was sent to collectors, by their names
     * @param state by which flows survive the process; null where they do not
     * @param pair the machines of which this is one; null where there is one alone
     * @throws IOException when it cannot listen somewhere or a file cannot be used: which, why, and what to do
     */
    static DaemonApi start(
            ApiSettings settings,
            Dataplane plane,
            Programs programs,
            FlowTableDrivers flowTables,
            EventLog events,
            Supplier<Optional<CircleStatus>> offload,
            Supplier<Map<String, ExportStatus>> export,
            @Nullable StateKeeper state,
            @Nullable Pair pair,
            DaemonLog log)
            throws IOException {
        ApiServices services = ApiServices.start(plane, programs, flowTables, events, offload, state, log, version());
        try {
            Metrics metrics = new Metrics(
                    plane::counters,
                    programs,
                    offload,
                    export,
                    () -> Optional.ofNullable(state).map(StateKeeper::status),
                    () -> Optional.ofNullable(pair).map(Pair::status),
                    services::watchers);
            ApiServer server = ApiServer.start(
                    settings,
                    new ApiContent(
                            Stream.concat(services.all().stream(), Stream.of(new StandbyService(pair)))
                                    .toList(),
                            List.of(metrics.interceptor()),
                            Map.of("/metrics", metrics.page())),
                    log);
            metrics.connections(server::connections);
            return new DaemonApi(services, server);
        } catch (IOException | RuntimeException | Error e) {
            services.close();
            throw e;
        }
    }

    private static String version() {
        String version = DaemonApi.class.getPackage().getImplementationVersion();
        return version == null ? UNKNOWN_VERSION : version;
    }

    /** Where it listens, in a line. */
    String addresses() {
        return String.join(", ", server.addresses());
    }

    /** Goes over to other settings, or says what cannot change, a line each. */
    List<String> reload(ApiSettings next) {
        try {
            return server.reload(next);
        } catch (IOException e) {
            return List.of(String.valueOf(e.getMessage()));
        }
    }

    /** Watchers are told the last events, then nobody is answered any more. */
    @Override
    public void close() throws IOException {
        services.close();
        server.close();
    }
}
