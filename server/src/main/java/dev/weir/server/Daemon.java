package dev.weir.server;

import dev.weir.dataplane.RecordSink;
import dev.weir.dataplane.graph.Dataplane;
import dev.weir.dataplane.graph.DataplaneListener;
import dev.weir.dataplane.graph.DataplaneOptions;
import dev.weir.dataplane.graph.FlowCopies;
import dev.weir.dataplane.graph.FlowSink;
import dev.weir.dataplane.graph.FlowsLegend;
import dev.weir.dataplane.graph.GraphConfig;
import dev.weir.dataplane.graph.ReloadResult;
import dev.weir.dataplane.graph.Scheduling;
import dev.weir.offload.circle.CircleStatus;
import dev.weir.offload.kernel.XdpFlowDriver;
import dev.weir.server.api.access.ApiServer;
import dev.weir.server.config.ApiSettings;
import dev.weir.server.config.Configuration;
import dev.weir.server.config.P4RuntimeSettings;
import dev.weir.server.config.PortSettings;
import dev.weir.server.config.StateSettings;
import dev.weir.server.events.EventLog;
import dev.weir.server.events.EventTee;
import dev.weir.server.flowtables.FlowTableDrivers;
import dev.weir.server.logging.LibraryLog;
import dev.weir.server.p4runtime.NodeHost;
import dev.weir.server.p4runtime.P4RuntimeServer;
import dev.weir.server.programs.Programs;
import dev.weir.server.standby.Pair;
import dev.weir.server.state.StateKeeper;
import dev.weir.table.FlowEvent;
import dev.weir.table.FlowKey;
import dev.weir.table.FlowUpdate;
import dev.weir.wire.Port;
import dev.weir.wire.PortException;
import dev.weir.wire.linux.Capabilities;
import dev.weir.wire.linux.Capability;
import dev.weir.wire.linux.Isolation;
import dev.weir.wire.linux.RealTime;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A data plane with all that its configuration says beside it: ports opened, records written to a file, rights given up
 * that are not needed. One control thread starts, reloads and closes it, and it is this thread's rights that are given up.
 */
public final class Daemon implements AutoCloseable {
    /** What putting workers into the real-time class takes. */
    private static final Set<Capability> REAL_TIME = Set.of(Capability.SYS_NICE);

    private static final String NOT_IN_REAL_TIME =
            "scheduling: the kernel does not let this process into the real-time class, so workers share processors fairly; "
                    + Capabilities.howToGive(REAL_TIME);

    private final DaemonLog log;
    private final PortOpener ports;
    private final @Nullable RecordSink records;
    private final Exports exports;
    private final Dataplane plane;
    private final Programs programs;
    private final EventLog events;
    private FlowTableDrivers flowTables = FlowTableDrivers.none();
    private final @Nullable DaemonOffload offload;
    private final @Nullable StateKeeper state;
    private final @Nullable Pair pair;
    private @Nullable DaemonApi api;
    private @Nullable P4RuntimeServer p4runtime;
    private @Nullable Isolation isolation;
    private Configuration configuration;
    private boolean closed;

    private Daemon(
            Configuration configuration,
            DaemonLog log,
            PortOpener ports,
            @Nullable RecordSink records,
            Exports exports,
            Dataplane plane,
            Programs programs,
            EventLog events,
            @Nullable DaemonOffload offload,
            @Nullable StateKeeper state,
            @Nullable Pair pair) {
        this.configuration = configuration;
        this.log = log;
        this.ports = ports;
        this.records = records;
        this.exports = exports;
        this.plane = plane;
        this.programs = programs;
        this.events = events;
        this.offload = offload;
        this.state = state;
        this.pair = pair;
    }

    /**
     * Starts what the configuration says.
     *
     * @throws PortException when a port cannot be opened: which, why, and what to do
     * @throws IOException when the file of the records cannot be written
     */
    public static Daemon start(Configuration configuration, DaemonLog log) throws IOException {
        return start(configuration, null, log);
    }

    /**
     * The same for a machine of a pair that is to forward from now on, with the flows of the other one where there are some.
     *
     * @param pair the caller's; null where there is one machine alone
     */
    public static Daemon start(Configuration configuration, @Nullable Pair pair, DaemonLog log) throws IOException {
        tell(configuration, log);
        if (configuration.api().isPresent()) {
            Thread.ofPlatform().daemon().name("weir-prepare").start(ApiServer::prepare);
        }
        PortOpener opener = new PortOpener();
        List<Port> ports = opener.open(configuration, _ -> true);
        EventLog events = new EventLog(EventLog.DEFAULT_CAPACITY);
        RecordSink records = null;
        IgnoredPackets ignored = new IgnoredPackets();
        Exports exports = new Exports(events, ignored, log);
        DaemonOffload offload = null;
        StateKeeper state = null;
        Map<String, XdpFlowDriver> kernel = Map.of();
        Dataplane started = null;
        Daemon daemon;
        try {
            Configuration.Records wanted = configuration.records().orElse(null);
            records = wanted == null ? null : RecordFile.open(wanted, ignored);
            Listener listener = new Listener(log);
            DataplaneOptions options = DataplaneOptions.defaults()
                    .withListener(listener)
                    .withProcessors(configuration.pin())
                    .withScheduling(scheduling(configuration, log));
            int kinds = Exports.kinds(configuration.export());
            if (records != null && wanted != null) {
                int fileKinds = wanted.events() ? FlowEvent.CREATED | FlowEvent.ENDED : FlowEvent.ENDED;
                exports = new Exports(new EventTee(records, fileKinds, events, listener), ignored, log);
                kinds |= fileKinds;
            }
            options = options.withSink(exports, kinds);
            offload = DaemonOffload.open(configuration, log);
            kernel = KernelDrivers.open(configuration.flowTableDrivers(), log);
            giveUpRights(configuration);
            exports.set(configuration.export());
            Programs programs = new Programs(configuration.graph());
            state = openState(configuration, programs, log, listener);
            if (pair != null && pair.hasFlows()) {
                pair.resume(programs);
                options = withPair(options, pair, programs);
            } else if (state != null) {
                state.resume();
                options = options.withRestore(state::restore);
            }
            Dataplane plane = Dataplane.start(programs.graph(), ports, options);
            started = plane;
            ignored.of(plane);
            programs.runIn(plane);
            if (offload != null) {
                offload.start(plane);
            }
            if (state != null) {
                state.start(plane);
            }
            if (pair != null) {
                pair.serve(plane, programs);
            }
            daemon = new Daemon(
                    configuration, log, opener, records, exports, plane, programs, events, offload, state, pair);
        } catch (IOException | RuntimeException | Error e) {
            if (started != null) {
                started.close();
            }
            if (state != null) {
                state.close();
            }
            if (offload != null) {
                offload.close();
            }
            KernelDrivers.close(kernel);
            ports.forEach(Port::close);
            exports.close();
            if (records != null) {
                records.close();
            }
            events.close();
            throw e;
        }
        daemon.isolate();
        daemon.startFlowTables(kernel);
        daemon.startApi();
        daemon.startP4Runtime();
        return daemon;
    }

    private static DataplaneOptions withPair(DataplaneOptions options, Pair pair, Programs programs) {
        return options.withRestore(into -> pair.restore(into, programs));
    }

    /** That which is wished for, if it may be. */
    private static Scheduling scheduling(Configuration configuration, DaemonLog log) {
        if (configuration.scheduling() == Scheduling.FAIR || RealTime.isPermitted()) return configuration.scheduling();
        log.info(NOT_IN_REAL_TIME);
        return Scheduling.FAIR;
    }

    private static @Nullable StateKeeper openState(
            Configuration configuration, Programs programs, DaemonLog log, Listener listener) throws IOException {
        StateSettings settings = configuration.state().orElse(null);
        return settings == null
                ? null
                : StateKeeper.open(settings, programs, log, () -> listener.keepOnly(Set.of(), "state"));
    }

    private static void tell(Configuration configuration, DaemonLog log) {
        log.level(configuration.logLevel());
        log.format(configuration.logFormat());
        LibraryLog.to(log);
    }

    /** Where others cannot be kept off, packets flow all the same. */
    private void isolate() {
        if (!configuration.isolate()) return;
        try {
            Isolation started = Isolation.of(configuration.pin());
            isolation = started;
            log.info("isolate: " + count(started.moved(), "thread") + " kept off processors " + configuration.pin());
            if (started.refused() > 0) {
                log.warning("isolate: " + count(started.refused(), "thread") + " of other users may not be moved; "
                        + Capabilities.howToGive(REAL_TIME));
            }
        } catch (IllegalArgumentException | UncheckedIOException e) {
            log.warning("isolate: " + e.getMessage() + "; others run where they like");
        }
    }

    private void startFlowTables(Map<String, XdpFlowDriver> kernel) throws IOException {
        try {
            flowTables = FlowTableDrivers.open(configuration.flowTableDrivers(), kernel);
        } catch (IOException e) {
            try (this) {
                throw e;
            }
        }
    }

    /** Packets flow already; an API that was not asked for is no reason to stop them. */
    private void startApi() throws IOException {
        ApiSettings settings = configuration.api().orElse(null);
        if (settings == null) {
            return;
        }
        try {
            DaemonApi started = DaemonApi.start(
                    settings, plane, programs, flowTables, events, this::offload, exports::status, state, pair, log);
            api = started;
            log.info("api: " + started.addresses());
        } catch (IOException e) {
            if (settings.wanted()) {
                try (this) {
                    throw e;
                }
            }
            log.warning(e.getMessage() + "; there is no API, packets flow");
        }
    }

    private void startP4Runtime() throws IOException {
        P4RuntimeSettings settings = configuration.p4runtime().orElse(null);
        if (settings == null) {
            return;
        }
        try {
            P4RuntimeServer started = P4RuntimeServer.start(settings, new NodeHost(programs), log);
            p4runtime = started;
            log.info("p4runtime: " + String.join(", ", started.addresses()));
        } catch (IOException e) {
            try (this) {
                throw e;
            }
        }
    }

    /**
     * All threads that are started from now on can do what opening a lost interface again, binding the API's ports, and putting workers into the real-time class
     * takes, and no more; most give up that too.
     */
    private static void giveUpRights(Configuration configuration) {
        Capabilities.renounceNewPrivileges();
        EnumSet<Capability> kept = EnumSet.noneOf(Capability.class);
        if (configuration.scheduling() == Scheduling.REAL_TIME || configuration.isolate()) {
            kept.addAll(REAL_TIME);
        }
        kept.addAll(PortOpener.needs(configuration));
        if (configuration.offload().isPresent()) {
            kept.addAll(DaemonOffload.KEPT);
        }
        if (KernelDrivers.isAny(configuration.flowTableDrivers())) {
            kept.addAll(KernelDrivers.KEPT);
        }
        boolean low = configuration.p4runtime().map(P4RuntimeSettings::listeners).stream()
                .anyMatch(ApiSettings::needsLowPorts);
        if (low || configuration.api().filter(ApiSettings::needsLowPorts).isPresent()) {
            kept.add(Capability.NET_BIND_SERVICE);
        }
        Capabilities.keepOnly(kept);
    }

    /** What it runs, in a line: {@code 2 ports (left, right), 1 node (wires), 1 worker}. */
    public String summary() {
        GraphConfig graph = configuration.graph();
        List<String> nodes =
                graph.nodes().stream().map(GraphConfig.NodeEntry::name).toList();
        return count(configuration.ports().size(), "port") + " ("
                + String.join(", ", configuration.ports().keySet())
                + "), " + count(nodes.size(), "node") + (nodes.isEmpty() ? "" : " (" + String.join(", ", nodes) + ")")
                + ", " + count(graph.workers(), "worker");
    }

    private static String count(int number, String what) {
        return number + " " + what + (number == 1 ? "" : "s");
    }

    /**
     * Changes to another configuration while packets flow, or refuses: then the one before goes on.
     *
     * @return what was refused, a line each with the option's path; empty when {@code next} is in force
     */
    public List<String> reload(Configuration next) {
        List<String> refused = new ArrayList<>(Unchangeable.between(configuration, next));
        if (!refused.isEmpty()) {
            return refused;
        }
        refused.addAll(reloadApi(next));
        refused.addAll(reloadP4Runtime(next));
        if (!refused.isEmpty()) {
            return refused;
        }
        List<Port> opened;
        try {
            opened = ports.open(next, name -> !configuration.ports().containsKey(name));
        } catch (PortException e) {
            return List.of(String.valueOf(e.getMessage()));
        }
        switch (programs.reload(next.graph(), opened)) {
            case ReloadResult.Refused refusal -> {
                opened.forEach(Port::close);
                refused.addAll(reloadApi(configuration));
                refusal.faults().forEach(fault -> refused.add(fault.toString()));
            }
            case ReloadResult.Applied _ -> {
                List<String> changes = configuration.changes(next);
                if (!next.export().equals(configuration.export())) {
                    plane.wantEvents("export", Exports.kinds(next.export())).join();
                }
                exports.set(next.export());
                configuration = next;
                tell(next, log);
                changes.forEach(log::info);
                log.info("reloaded: " + (changes.isEmpty() ? "nothing changed" : count(changes.size(), "change")));
            }
        }
        return refused;
    }

    private List<String> reloadApi(Configuration next) {
        ApiSettings settings = next.api().orElse(null);
        DaemonApi running = api;
        if (running == null || settings == null) {
            return next.api().equals(configuration.api())
                    ? List.of()
                    : List.of("api: whether there is one cannot change while packets flow; start anew");
        }
        return running.reload(settings);
    }

    private List<String> reloadP4Runtime(Configuration next) {
        P4RuntimeSettings settings = next.p4runtime().orElse(null);
        P4RuntimeServer running = p4runtime;
        if (running != null && settings != null && settings.devices().equals(devices())) {
            return running.reload(settings.listeners());
        }
        return next.p4runtime().equals(configuration.p4runtime())
                ? List.of()
                : List.of("p4runtime: whether there is one, and its devices, cannot change while packets flow; start"
                        + " anew");
    }

    private Map<Long, String> devices() {
        return configuration.p4runtime().map(P4RuntimeSettings::devices).orElse(Map.of());
    }

    /** Changes a flow, named in either orientation; says whether there is one. Waits for its worker. */
    public boolean update(FlowKey key, FlowUpdate update) {
        return plane.update(key, update).join();
    }

    /** The counters, for a person. Waits for the workers to tell. */
    public String counters() {
        return CounterReport.of(plane.counters().join());
    }

    FlowTableDrivers flowTables() {
        return flowTables;
    }

    /** What carries flows below; empty where nothing does. */
    private Optional<CircleStatus> offload() {
        return offload == null ? Optional.empty() : offload.status();
    }

    /** Whether all ports are capture files, and all packets have gone their way. */
    public boolean isFinished() {
        return plane.isFinished();
    }

    /** Takes no more packets; those under way leave. */
    public void drain() {
        if (offload != null) {
            offload.close();
        }
        plane.drain();
    }

    /** Whether another machine forwards now, so that this one is to end. */
    private boolean yields() {
        return pair != null && pair.duty() == Pair.Duty.END;
    }

    /**
     * Ends all flows, writes the last records, closes the ports. Where another machine forwards now flows do not end, but are dropped: it has them. Fails when the records could not be
     * written.
     */
    @Override
    public void close() throws IOException {
        if (closed) {
            return;
        }
        closed = true;
        if (pair != null) { // who follows does so by the API
            drain();
            pair.finish();
        }
        if (api != null) {
            api.close();
        }
        if (p4runtime != null) {
            p4runtime.close();
        }
        if (offload != null) {
            offload.close();
        }
        flowTables.close();
        if (isolation != null) {
            isolation.close();
        }
        if (yields()) {
            var dropped = new Dropped();
            plane.close(dropped);
            log.warning("standby: " + dropped.flows
                    + " flows are dropped: the other machine has those that it followed, and"
                    + " those that began here since then are lost");
        } else if (state != null) {
            plane.drain();
            state.end(plane);
        }
        programs.close();
        plane.close();
        if (state != null) {
            state.close();
        }
        exports.close();
        events.close();
        if (records != null) {
            records.close();
        }
    }

    /** Counts flows that another machine goes on with. */
    private static final class Dropped implements FlowSink {
        private long flows;

        @Override
        public void begin(FlowsLegend legend, FlowsLegend.Counted counted) {}

        @Override
        public void flows(int worker, FlowCopies copies) {
            flows += copies.size();
        }
    }

    /** Of a reload: what can only change when the process is started anew. */
    private static final class Unchangeable {
        private Unchangeable() {}

        static List<String> between(Configuration now, Configuration next) {
            List<String> all = new ArrayList<>();
            String remedy = " cannot change while packets flow; start anew";
            if (!now.pin().equals(next.pin())) {
                all.add("pin:" + remedy);
            }
            if (now.isolate() != next.isolate()) {
                all.add("isolate:" + remedy);
            }
            if (!now.scheduling().equals(next.scheduling())) {
                all.add("scheduling:" + remedy);
            }
            if (!now.records().equals(next.records())) {
                all.add("records:" + remedy);
            }
            if (!now.flowTableDrivers().equals(next.flowTableDrivers())) {
                all.add("flow-table-drivers:" + remedy);
            }
            if (!now.state().equals(next.state())) {
                all.add("state:" + remedy);
            }
            if (!now.standby().equals(next.standby())) {
                all.add("standby:" + remedy);
            }
            if (!now.offload().equals(next.offload())) {
                all.add("offload:" + remedy);
            }
            now.ports().forEach((name, settings) -> {
                PortSettings other = next.ports().get(name);
                if (other != null && !Objects.equals(settings, other)) {
                    all.add("ports." + name + ": what it is made of" + remedy + ", or give the new one another name");
                }
            });
            if (!PortOpener.needs(now).containsAll(PortOpener.needs(next))) {
                all.add("ports: the rights that new ones need were given up at the start; start anew");
            }
            return all;
        }
    }

    /** Tells the log. */
    private record Listener(DaemonLog log) implements DataplaneListener {
        @Override
        public void portChanged(String port, String what) {
            log.info("ports." + port + ": " + what);
        }

        @Override
        public void recordsFailed(IOException why) {
            log.error("records: cannot be written any more: " + why.getMessage() + "; packets go on");
        }

        /** Workers need no rights: ports are opened, and opened again, by other threads. */
        @Override
        public void workerStarted(int worker) {
            keepOnly(Set.of(), "worker " + worker);
        }

        @Override
        public void answersStarted() {
            keepOnly(Set.of(), "answers");
        }

        @Override
        public void recordsStarted() {
            keepOnly(Set.of(), "records");
        }

        @Override
        public void portsStarted() {
            EnumSet<Capability> kept = EnumSet.copyOf(Capabilities.held());
            kept.removeAll(REAL_TIME);
            keepOnly(kept, "ports");
        }

        @Override
        public void schedulingStarted() {
            keepOnly(REAL_TIME, "scheduling");
        }

        @Override
        public void schedulingRefused() {
            log.info(NOT_IN_REAL_TIME);
        }

        private void keepOnly(Set<Capability> kept, String thread) {
            if (!Capabilities.keepOnly(kept)) {
                log.error(thread + ": could not give its rights up; it goes on with them");
            }
        }

        @Override
        public void workerFailed(int worker, Throwable why) {
            log.error("worker " + worker + ": internal error: " + why + "; it goes on, please report it");
        }
    }
}
