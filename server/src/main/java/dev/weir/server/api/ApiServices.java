package dev.weir.server.api;

import dev.weir.dataplane.graph.Dataplane;
import dev.weir.offload.circle.CircleStatus;
import dev.weir.server.DaemonLog;
import dev.weir.server.events.EventLog;
import dev.weir.server.flowtables.FlowTableDrivers;
import dev.weir.server.programs.Programs;
import dev.weir.server.state.StateKeeper;
import io.grpc.BindableService;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The services of {@code weir.v1}, for any server that speaks gRPC: every call, done with a data plane. Who may call what,
 * how much and how often is the server's to say before. Calls may come from any thread; none of them waits for a worker in
 * the thread that it comes from.
 *
 * <p>The data plane and the log of its events are the caller's, and are closed after this.
 */
public final class ApiServices implements AutoCloseable {
    private final Calls calls;
    private final History history;
    private final Watchers watchers;
    private final ProgramLoads loads;
    private final EntryWatchers entryWatchers;
    private final TableWatchers tableWatchers;
    private final List<BindableService> services;

    private ApiServices(
            Dataplane plane,
            Programs programs,
            FlowTableDrivers flowTables,
            EventLog events,
            Supplier<Optional<CircleStatus>> offload,
            @Nullable StateKeeper state,
            DaemonLog log,
            String version) {
        calls = new Calls(log);
        history = new History(plane);
        watchers = new Watchers(plane, events, calls);
        TemplateCalls templates = new TemplateCalls();
        loads = new ProgramLoads(programs, templates);
        entryWatchers = new EntryWatchers(programs, calls, events.run());
        tableWatchers = new TableWatchers(flowTables, calls, events.run());
        var wire = new Wire();
        services = Stream.<BindableService>of(
                        new FlowTableService(plane, calls, watchers),
                        new DataplaneService(plane, calls, history, offload, state),
                        new ProgramsService(programs, calls, loads, entryWatchers, templates),
                        new FlowTablesService(flowTables, calls, tableWatchers),
                        new DaemonService(plane, calls, version, events.run()))
                .<BindableService>map(service -> new Intercepted(ServerInterceptors.intercept(service, wire)))
                .toList();
    }

    private record Intercepted(ServerServiceDefinition bound) implements BindableService {
        @Override
        public ServerServiceDefinition bindService() {
            return bound;
        }
    }

    /**
     * Makes them.
     *
     * @param programs those of {@code plane}
     * @param flowTables the caller's, closed after this
     * @param events gets the events of {@code plane}: its sink is this log, or passes them on to it
     * @param offload what carries flows below; empty where nothing does
     * @param state by which flows survive the process; null where they do not
     * @param log is told of internal errors; callers are not
     * @param version of Weir, for those who ask
     */
    public static ApiServices start(
            Dataplane plane,
            Programs programs,
            FlowTableDrivers flowTables,
            EventLog events,
            Supplier<Optional<CircleStatus>> offload,
            @Nullable StateKeeper state,
            DaemonLog log,
            String version) {
        var services = new ApiServices(plane, programs, flowTables, events, offload, state, log, version);
        services.history.start();
        return services;
    }

    /** All services. */
    public List<BindableService> all() {
        return services;
    }

    /** How many streams of events there are now. */
    public int watchers() {
        return watchers.count() + entryWatchers.count() + tableWatchers.count();
    }

    /** Tells watchers the last events, for half a second at the most, and ends their calls. A second call does nothing. */
    @Override
    public void close() {
        history.close();
        watchers.close();
        entryWatchers.close();
        tableWatchers.close();
        loads.close();
        calls.close();
    }
}
