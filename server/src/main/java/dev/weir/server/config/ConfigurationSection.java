package dev.weir.server.config;

import static java.util.Map.entry;

import dev.weir.dataplane.graph.GraphConfig;
import dev.weir.dataplane.graph.Scheduling;
import dev.weir.export.ExportPlace;
import dev.weir.server.config.Configuration.Format;
import dev.weir.server.config.Configuration.LogFormat;
import dev.weir.server.config.Configuration.LogLevel;
import dev.weir.server.config.Configuration.Records;
import dev.weir.table.TenantMode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The whole file. */
final class ConfigurationSection {
    /** A chain as it is written; what is left out follows from the nodes. */
    private record Visits(List<String> forward, Optional<List<String>> reverse, Optional<List<String>> unhandled) {}

    private static final String P4_TYPE = "p4";
    private static final int MAX_PORTS = 256,
            MAX_TENANTS = 10_000,
            MAX_CHAINS = 1_000,
            MAX_CORE = 4095,
            MAX_DRIVERS = 64,
            MAX_COLLECTORS = 16;

    private static final Field<Integer> WORKERS =
            Field.of("workers", Kinds.integer(1, GraphConfig.MAX_WORKERS), 1, "1", "How many threads forward packets.");

    private static final Field<List<Integer>> PIN = Field.of(
            "pin",
            Lists.of(Kinds.integer(0, MAX_CORE)),
            List.of(),
            "where the kernel likes",
            "The processors that the workers run on, one a worker. A worker that has one does not sleep between"
                    + " packets that come close together: less latency, more of the processor.");

    private static final Field<Boolean> ISOLATE = Field.of(
            "isolate",
            Kinds.SWITCH,
            false,
            "false",
            "Whether all else on the machine is kept off the processors of `pin` while it runs, threads of this process and of the kernel included, as far as they may run"
                    + " elsewhere: rare long waits of packets become rarer and shorter. They may run there again when it ends; after `kill -9` it takes `taskset -ap` for each of them. Takes CAP_SYS_NICE, and a processor that"
                    + " is left for them. Interrupts stay where they are: see `/proc/irq`.");

    private static final Field<Scheduling> SCHEDULING = Field.of(
            "scheduling",
            Kinds.choice(Scheduling.class),
            Scheduling.REAL_TIME,
            "real-time",
            "How workers share processors with other threads. `fair`: who comes to a busy processor waits its turn. `real-time`: workers run as soon as"
                    + " packets come, before all others, while they keep up; one that has its processor nearly all the time leaves the real-time"
                    + " class for moments, and none enters it before the JVM has compiled what the start needs. Packets wait much less where others run, and come in smaller vectors. Without CAP_SYS_NICE it is `fair`.");

    private static final Field<LogLevel> LOG_LEVEL = Field.of(
            "log-level",
            Kinds.choice(LogLevel.class),
            LogLevel.INFO,
            "info",
            "What is told on standard error while it runs; each includes those before it.");

    private static final Field<LogFormat> LOG_FORMAT = Field.of(
            "log-format",
            Kinds.choice(LogFormat.class),
            LogFormat.TEXT,
            "text",
            "Lines for people, or a JSON object a line, with `time`, `level` and `message`.");

    private static final Field<FlowTableSection.Table> FLOW_TABLE =
            Field.section("flow-table", FlowTableSection.SECTION);

    private static final Field<Map<String, PortSection.Declared>> PORTS = Field.required(
            "ports",
            new Declarations<>(Names.PORT, Set.of(), MAX_PORTS, PortSection.SECTION),
            "Where packets come from and go to: `name: {...}` each, see [Ports](#ports).");

    private static final Field<TenantMode> TENANTS_BY = Field.optional(
            "tenants-by",
            Kinds.choice(Kinds.words(
                    entry("none", TenantMode.NONE),
                    entry("vlan", TenantMode.VLAN),
                    entry("vni", TenantMode.VNI),
                    entry("port", TenantMode.INTERFACE))),
            "what the tenants say, else `none`",
            "What separates address spaces. Equal addresses of two tenants are two flows.");

    private static final Field<Map<String, TenantSection.Declared>> TENANTS = Field.of(
            "tenants",
            new Declarations<>(Names.TENANT, Set.of(), MAX_TENANTS, TenantSection.SECTION),
            Map.of(),
            "none",
            "Address spaces with a name: `name: {...}` each, see [Tenants](#tenants).");

    private static final Field<Map<String, NodeType.Declared>> NODES = Field.of(
            "nodes",
            new Declarations<>(
                    Names.NODE,
                    Set.of(GraphConfig.OUTPUT, GraphConfig.DROP, GraphConfig.FLOW_TABLE),
                    GraphConfig.MAX_NODES,
                    NodeType.OneOf.of(NodeTypes.ALL)),
            Map.of(),
            "none",
            "What is done with packets: `name: {type: ...}` each, see [Nodes](#nodes). Packets only go forward in this"
                    + " order.");

    private static final Kind<List<String>> VISITED = Lists.of(Kinds.nameOf(Names.NODE));

    private static final Field<List<String>> FORWARD = Field.of(
            "forward",
            VISITED,
            List.of(),
            "none",
            "The nodes for packets from a flow's initiator, in the order of `nodes`.");

    private static final Field<List<String>> REVERSE =
            Field.optional("reverse", VISITED, "as `forward`", "The nodes for packets from its responder.");

    private static final Field<List<String>> UNHANDLED = Field.optional(
            "unhandled",
            VISITED,
            "those of `forward` that take such packets",
            "The nodes for packets that are no flow's, such as ARP.");

    private static final Section<Visits> CHAIN = new Section<>(
            "chain",
            "Which nodes packets visit.",
            List.of(FORWARD, REVERSE, UNHANDLED),
            values -> new Visits(values.get(FORWARD), values.find(REVERSE), values.find(UNHANDLED)));

    private static final Field<Map<String, Visits>> CHAINS = Field.of(
            "chains",
            new Declarations<>(Names.CHAIN, Set.of(), MAX_CHAINS, CHAIN),
            Map.of(),
            "one, `default`, of all nodes",
            "Which nodes flows visit: `name: {...}` each, see [Chains](#chains). One called `default` serves whoever"
                    + " names none.");

    private static final Field<String> OUTPUT =
            Field.required("output", Kinds.FILE, "The file; replaced at the start.");

    private static final Field<Format> FORMAT = Field.optional(
            "format",
            Kinds.choice(Format.class),
            "what the file's suffix says, else `csv`",
            "How records are written.");

    private static final Field<Boolean> EVENTS =
            Field.of("events", Kinds.SWITCH, false, "false", "Whether created flows have a line too, when they begin.");

    private static final Field<Records> RECORDS = Field.optional(
            "records",
            new Section<>(
                    "records",
                    "Where records of ended flows go.",
                    List.of(OUTPUT, FORMAT, EVENTS),
                    ConfigurationSection::records),
            "none are kept",
            "Where records of ended flows go, see [Records](#records).");

    private static final Field<Map<String, ExportPlace>> EXPORT = Field.of(
            "export",
            new Named<>("collector", Set.of(), MAX_COLLECTORS, ExportSection.SECTION),
            Map.of(),
            "none",
            "Collectors of IPFIX or NetFlow, and topics of Kafka, that get records of ended flows: `name: {...}` each, see [Export](#export).");

    private static final Field<ApiSection.Declared> API = Field.optional(
            "api",
            ApiSection.SECTION,
            "a Unix socket; none where all ports are capture files",
            "How others ask and change what runs, see [The API](#the-api).");

    private static final Field<ApiSettings.Listener> METRICS = Field.optional(
            "metrics",
            MetricsSection.SECTION,
            "the API's listeners alone have them",
            "What is counted, for Prometheus, see [metrics.md](metrics.md).");

    private static final Field<P4RuntimeSection.Declared> P4RUNTIME = Field.optional(
            "p4runtime",
            P4RuntimeSection.SECTION,
            "there is none",
            "How controllers reach the programs of nodes of type `p4`, see [p4runtime.md](p4runtime.md).");

    private static final Field<Map<String, FlowTableDriverSettings>> FLOW_TABLE_DRIVERS = Field.of(
            "flow-table-drivers",
            new Named<>("driver", Set.of(), MAX_DRIVERS, FlowTableDriverSection.SECTION),
            Map.of(),
            "none",
            "What carries flows that `weir flow-table` sets: `name: {...}` each, see"
                    + " [Flow table drivers](#flow-table-drivers).");

    private static final Field<OffloadSection.Declared> OFFLOAD = Field.optional(
            "offload",
            OffloadSection.SECTION,
            "packets of offloaded flows come here like others",
            "What carries the packets of offloaded flows in the kernel, see [offload.md](offload.md).");

    private static final Field<StateSettings> STATE = Field.optional(
            "state",
            StateSection.SECTION,
            "flows end with the process",
            "Where flows and what programs know survive the process, see [state.md](state.md).");

    private static final Field<StandbySettings> STANDBY = Field.optional(
            "standby",
            StandbySection.SECTION,
            "there is no second machine",
            "The other machine of a pair of which one forwards and the other follows, see [standby.md](standby.md).");

    static final Section<Configuration> SECTION = new Section<>(
            "configuration",
            "What `weir run` runs.",
            List.of(
                    WORKERS,
                    PIN,
                    ISOLATE,
                    SCHEDULING,
                    LOG_LEVEL,
                    LOG_FORMAT,
                    FLOW_TABLE,
                    PORTS,
                    TENANTS_BY,
                    TENANTS,
                    NODES,
                    CHAINS,
                    RECORDS,
                    EXPORT,
                    API,
                    P4RUNTIME,
                    FLOW_TABLE_DRIVERS,
                    OFFLOAD,
                    STATE,
                    STANDBY,
                    METRICS),
            ConfigurationSection::configuration);

    private ConfigurationSection() {}

    private static Records records(Values values) {
        String file = values.get(OUTPUT);
        String name = file.toLowerCase(Locale.ROOT);
        Format bySuffix = name.endsWith(".jsonl") || name.endsWith(".json") ? Format.JSONL : Format.CSV;
        bySuffix = name.endsWith(".ipfix") ? Format.IPFIX : bySuffix;
        Format format = values.find(FORMAT).orElse(bySuffix);
        if (format == Format.IPFIX && values.get(EVENTS)) {
            values.fault(EVENTS, "IPFIX has records of ended flows alone; remove it, or choose csv or jsonl");
        }
        return new Records(file, format, values.get(EVENTS));
    }

    private static @Nullable Configuration configuration(Values values) {
        List<Integer> pin = values.get(PIN);
        int workers = values.get(WORKERS);
        if (!pin.isEmpty() && pin.size() != workers) {
            values.fault(PIN, "names " + pin.size() + " processors for " + workers + " workers; name one a worker");
        }
        if (values.get(ISOLATE) && pin.isEmpty()) {
            values.fault(ISOLATE, "needs to know which processors are the workers'; give 'pin'");
        }
        Map<String, PortSettings> ports = new LinkedHashMap<>();
        values.get(PORTS).forEach((name, port) -> ports.put(name, port.settings()));
        GraphConfig graph = graph(values, workers);
        Optional<OffloadSettings> offload = OffloadSection.settings(values, OFFLOAD, ports, graph);
        Optional<ApiSettings> api = api(values, ports);
        if (values.find(STANDBY).isPresent() && api.isEmpty()) {
            values.fault(STANDBY, "needs the API, by which the other machine reaches this one; give 'api'");
        }
        return new Configuration(
                graph,
                java.util.Collections.unmodifiableMap(ports),
                pin,
                values.get(ISOLATE),
                values.get(SCHEDULING),
                values.find(RECORDS),
                values.get(EXPORT),
                api,
                P4RuntimeSection.settings(values.find(P4RUNTIME), programs(values)),
                FlowTableDriverSection.settings(values, FLOW_TABLE_DRIVERS, ports, offload),
                offload,
                values.find(STATE),
                values.find(STANDBY),
                values.get(LOG_LEVEL),
                values.get(LOG_FORMAT),
                values.reading().settings());
    }

    private static List<String> programs(Values values) {
        return values.get(NODES).entrySet().stream()
                .filter(node -> node.getValue().config().type().equals(P4_TYPE))
                .map(Map.Entry::getKey)
                .toList();
    }

    /** A run over capture files ends by itself, too soon to be asked anything; so there it must be wished for. */
    private static Optional<ApiSettings> api(Values values, Map<String, PortSettings> ports) {
        boolean live = ports.values().stream().anyMatch(port -> !(port instanceof PortSettings.Files));
        Optional<ApiSettings> standard = live ? Optional.of(ApiSettings.standard()) : Optional.empty();
        Optional<ApiSettings> api =
                values.find(API).map(ApiSection.Declared::settings).orElse(standard);
        ApiSettings.Listener metrics = values.find(METRICS).orElse(null);
        if (metrics == null) {
            return api;
        }
        if (!metrics.insecure() && api.flatMap(ApiSettings::tls).isEmpty()) {
            values.fault(
                    METRICS,
                    "there is nothing to encrypt with; give 'api.tls', or a loopback address 'insecure: true'");
        }
        return Optional.of(api.orElseGet(ApiSettings::nowhere).with(metrics));
    }

    private static GraphConfig graph(Values values, int workers) {
        GraphConfig.Builder graph = GraphConfig.builder();
        Map<String, NodeType.Declared> nodes = values.get(NODES);
        nodes.forEach((name, node) -> graph.node(name, node.config(), node.arcs()));
        values.get(CHAINS).forEach((name, visits) -> graph.chain(name, chain(visits, nodes)));
        values.get(PORTS).forEach((name, port) -> {
            GraphConfig.PortEntry entry = port.entry();
            graph.port(new GraphConfig.PortEntry(name, entry.tenant(), entry.chain(), entry.next(), entry.flowTable()));
        });
        Map<String, TenantSection.Declared> tenants = values.get(TENANTS);
        TenantMode mode = tenantMode(values, tenants);
        List<GraphConfig.Tenant> named = tenants.entrySet().stream()
                .map(e -> named(e.getKey(), e.getValue().tenant()))
                .toList();
        return graph.tenants(mode, named)
                .table(values.get(FLOW_TABLE).table())
                .tunnels(values.get(FLOW_TABLE).tunnels())
                .fragments(values.get(FLOW_TABLE).fragments())
                .workers(workers)
                .build();
    }

    private static GraphConfig.Tenant named(String name, GraphConfig.Tenant tenant) {
        return new GraphConfig.Tenant(name, tenant.number(), tenant.chain(), tenant.lifetime());
    }

    private static TenantMode tenantMode(Values values, Map<String, TenantSection.Declared> tenants) {
        TenantMode mode = values.find(TENANTS_BY)
                .orElse(
                        tenants.isEmpty()
                                ? TenantMode.NONE
                                : tenants.values().iterator().next().mode());
        tenants.forEach((name, tenant) -> {
            if (tenant.mode() != mode) {
                values.fault(
                        TENANTS,
                        "'" + name + "' is told apart in another way than " + said(mode)
                                + "; tell all tenants apart the same way");
            }
        });
        return mode;
    }

    private static String said(TenantMode mode) {
        return mode == TenantMode.NONE
                ? "by nothing, as tenants-by says"
                : "by " + mode.name().toLowerCase(Locale.ROOT);
    }

    private static GraphConfig.Chain chain(Visits visits, Map<String, NodeType.Declared> nodes) {
        List<String> takers = visits.forward().stream()
                .filter(name -> nodes.containsKey(name)
                        && java.util.Objects.requireNonNull(nodes.get(name))
                                .config()
                                .takesUnhandled())
                .toList();
        return new GraphConfig.Chain(
                visits.forward(),
                visits.reverse().orElse(visits.forward()),
                visits.unhandled().orElse(takers));
    }
}
