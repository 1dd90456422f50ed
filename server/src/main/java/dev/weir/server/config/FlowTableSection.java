package dev.weir.server.config;

import dev.weir.dataplane.nodes.reassemble.ReassembleConfig;
import dev.weir.packet.TunnelMode;
import dev.weir.table.FlowTableConfig;
import dev.weir.table.TcpLifetimes;
import dev.weir.table.TcpState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The options under {@code flow-table}. */
final class FlowTableSection {
    /** The table, whose headers make its keys, and how fragments wait. */
    record Table(FlowTableConfig table, TunnelMode tunnels, ReassembleConfig fragments) {}

    private static final FlowTableConfig DEFAULTS = FlowTableConfig.defaults();

    static final Field<Integer> MAX_FLOWS = Field.of(
            "max-flows",
            Kinds.integer(1, FlowTableConfig.MAX_FLOWS),
            DEFAULTS.maxFlows(),
            "1000000",
            "How many flows of each address family are held at a time; when it is full the flow nearest its end is recycled.");

    static final Field<Integer> IDLE_TIMEOUT = Field.of(
            "idle-timeout",
            Kinds.LIFETIME,
            DEFAULTS.lifetime(),
            "60s",
            "A flow without a packet for so long has ended; of TCP the states say, see `tcp-timeouts`.");

    static final Field<Boolean> TCP_CLOSE = Field.of(
            "tcp-close",
            Kinds.SWITCH,
            DEFAULTS.tcpClose(),
            "true",
            "Whether TCP state sets timeouts and a plain SYN on reused ports begins a new flow; if not, `idle-timeout` is everybody's.");

    static final Field<Integer> ACTIVE_TIMEOUT = Field.of(
            "active-timeout",
            Kinds.LIFETIME,
            DEFAULTS.activeTimeout(),
            "never",
            "Longer flows are reported in pieces.");

    static final Field<TunnelMode> TUNNELS = Field.of(
            "tunnels",
            Kinds.choice(TunnelMode.class),
            TunnelMode.OUTER,
            "outer",
            "Whose headers make the key of a tunnelled packet.");

    private static final List<Field<Integer>> TCP_STATES = tcpStates();

    static final Field<TcpLifetimes> TCP_TIMEOUTS = Field.section(
            "tcp-timeouts",
            new Section<>(
                    "tcp-timeouts",
                    "How long a TCP flow may be idle in each state.",
                    List.copyOf(TCP_STATES),
                    FlowTableSection::tcpLifetimes));

    private static final Field<Integer> HELD = Field.of(
            "held",
            Kinds.integer(1, ReassembleConfig.FRAGMENTS_LIMIT),
            ReassembleConfig.DEFAULT.fragments(),
            "1024",
            "How many a worker holds at the most.");

    private static final Field<Long> BYTES = Field.of(
            "bytes",
            Kinds.size(ReassembleConfig.LEAST_BYTES, ReassembleConfig.BYTES_LIMIT),
            (long) ReassembleConfig.DEFAULT.bytes(),
            "2M",
            "How many octets of them.");

    private static final Field<Duration> TIME = Field.of(
            "time",
            Kinds.DURATION,
            ReassembleConfig.DEFAULT.time(),
            "1s",
            "How long one waits before it is dropped, up to a minute.");

    private static final Field<ReassembleConfig> FRAGMENTS = Field.section(
            "fragments",
            new Section<>(
                    "fragments",
                    "How fragments wait that come before the first one of their datagram, which alone has the ports.",
                    List.of(HELD, BYTES, TIME),
                    values -> new ReassembleConfig(
                            values.get(HELD), values.get(BYTES).intValue(), values.get(TIME))));

    static final Section<Table> SECTION = new Section<>(
            "flow-table",
            "The table that keeps the flows.",
            List.of(MAX_FLOWS, IDLE_TIMEOUT, TCP_TIMEOUTS, TCP_CLOSE, ACTIVE_TIMEOUT, TUNNELS, FRAGMENTS),
            FlowTableSection::table);

    private FlowTableSection() {}

    private static List<Field<Integer>> tcpStates() {
        List<Field<Integer>> fields = new ArrayList<>();
        for (int state = 0; state < TcpState.COUNT; state++) {
            String name = TcpState.name(state);
            int lifetime = TcpLifetimes.DEFAULT.of(state);
            fields.add(Field.of(
                    name.toLowerCase(Locale.ROOT),
                    Kinds.LIFETIME,
                    lifetime,
                    lifetime / 1000 + "s",
                    "In state " + name + "."));
        }
        return List.copyOf(fields);
    }

    private static TcpLifetimes tcpLifetimes(Values values) {
        TcpLifetimes lifetimes = TcpLifetimes.DEFAULT;
        for (int state = 0; state < TcpState.COUNT; state++) {
            lifetimes = lifetimes.with(state, values.get(TCP_STATES.get(state)));
        }
        return lifetimes;
    }

    private static Table table(Values values) {
        FlowTableConfig table = DEFAULTS.withMaxFlows(values.get(MAX_FLOWS))
                .withLifetime(values.get(IDLE_TIMEOUT))
                .withTcpLifetimes(values.get(TCP_TIMEOUTS))
                .withTcpClose(values.get(TCP_CLOSE))
                .withActiveTimeout(values.get(ACTIVE_TIMEOUT));
        return new Table(table, values.get(TUNNELS), values.get(FRAGMENTS));
    }
}
