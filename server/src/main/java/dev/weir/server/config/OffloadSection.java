package dev.weir.server.config;

import static java.util.Map.entry;

import dev.weir.dataplane.graph.GraphConfig;
import dev.weir.dataplane.graph.OffloadPolicy;
import dev.weir.packet.IpProtocol;
import dev.weir.table.TenantMode;
import dev.weir.wire.linux.XdpOptions;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The options under {@code offload}: what carries decided flows below the data plane. */
final class OffloadSection {
    /** What is written; where no port is, all that can be are. */
    record Declared(OffloadSettings settings, Place at) {}

    /** What carries flows. */
    private enum Driver {
        XDP
    }

    private static final int MOST_FLOWS = 1 << 23, FLOWS = 1 << 16, SHORTEST_MILLIS = 10;
    private static final String DEFAULT_FLOWS = "65536";

    private static final Field<Driver> DRIVER = Field.of(
            "driver",
            Kinds.choice(Driver.class),
            Driver.XDP,
            "xdp",
            "What carries flows: `xdp` is an eBPF program in the kernel, on the interfaces of the ports.");

    private static final Field<XdpOptions.Mode> MODE = Field.of(
            "mode",
            Kinds.choice(XdpOptions.Mode.class),
            XdpOptions.Mode.AUTO,
            "auto",
            "Where in the kernel: `native` in the interface's driver, `generic` behind it, `auto` in the driver where all"
                    + " interfaces can.");

    private static final Field<List<String>> PORTS = Field.of(
            "ports",
            Lists.of(Kinds.nameOf(Names.PORT)),
            List.of(),
            "all with the driver `af-packet`",
            "The ports whose flows are carried: those that come and leave by these.");

    private static final Field<Integer> MAX = Field.of(
            "flows",
            Kinds.integer(1, MOST_FLOWS),
            FLOWS,
            DEFAULT_FLOWS,
            "How many flows of each address family there is room for; some 600 octets of the kernel's memory each.");

    private static final Field<Integer> PACKETS = Field.required(
            "packets",
            Kinds.integer(0, Integer.MAX_VALUE),
            "A flow that has had more packets than this, of both directions, is offloaded.");

    private static final Field<Boolean> ESTABLISHED = Field.of(
            "established",
            Kinds.SWITCH,
            true,
            "true",
            "Only conversations: TCP that is established, of others packets in both directions.");

    private static final Field<List<Integer>> PROTOCOLS = Field.of(
            "protocols",
            Lists.of(Kinds.choice(Kinds.words(
                    entry("tcp", IpProtocol.TCP),
                    entry("udp", IpProtocol.UDP),
                    entry("icmp", IpProtocol.ICMP),
                    entry("icmpv6", IpProtocol.ICMPV6)))),
            List.of(IpProtocol.TCP, IpProtocol.UDP),
            "[tcp, udp]",
            "Flows of which protocols.");

    private static final Field<OffloadPolicy> POLICY = Field.optional(
            "policy",
            new Section<>(
                    "offload-policy",
                    "Which flows are offloaded without anybody asking for it.",
                    List.of(PACKETS, ESTABLISHED, PROTOCOLS),
                    values -> new OffloadPolicy(
                            values.get(PACKETS), values.get(ESTABLISHED), new HashSet<>(values.get(PROTOCOLS)))),
            "only those that the API, a node or a program marks",
            "Which flows are offloaded by themselves: `{packets: 1000}`.");

    private static final Field<Duration> INTERVAL = Field.of(
            "interval",
            Kinds.DURATION,
            Duration.ofSeconds(1),
            "1s",
            "How often counters come back to the flows. One that is idle ends so much late at the most, at its time.");

    static final Section<Declared> SECTION = new Section<>(
            "offload",
            "What carries the packets of offloaded flows, so that they do not come here.",
            List.of(DRIVER, MODE, PORTS, MAX, POLICY, INTERVAL),
            OffloadSection::declare);

    private OffloadSection() {}

    private static Declared declare(Values values) {
        Duration interval = values.get(INTERVAL);
        if (interval.toMillis() < SHORTEST_MILLIS) {
            values.fault(INTERVAL, "is too short; give 10ms or more");
        }
        OffloadSettings settings = new OffloadSettings(
                values.get(MODE),
                values.get(PORTS),
                values.get(MAX),
                values.find(POLICY).orElse(OffloadPolicy.NONE),
                interval);
        return new Declared(settings, values.at());
    }

    /** With the ports that it has, after all were read. */
    static Optional<OffloadSettings> settings(
            Values file, Field<Declared> field, Map<String, PortSettings> ports, GraphConfig graph) {
        Declared declared = file.find(field).orElse(null);
        if (declared == null) {
            return Optional.empty();
        }
        OffloadSettings written = declared.settings();
        if (graph.tenantMode() == TenantMode.VNI) {
            file.fault(
                    field,
                    "the kernel's program does not look into tunnels, by which tenants are told apart; remove it");
        }
        List<String> can = ports.entrySet().stream()
                .filter(port -> port.getValue() instanceof PortSettings.Packet)
                .map(Map.Entry::getKey)
                .toList();
        List<String> names = written.ports().isEmpty() ? can : written.ports();
        if (names.isEmpty()) {
            file.fault(field, "there is no port with the driver 'af-packet', whose flows could be carried; remove it");
        }
        names.stream()
                .filter(name -> ports.containsKey(name) && !can.contains(name))
                .forEach(name -> file.fault(
                        field, "the port '" + name + "' has another driver; give it 'af-packet', or leave it out"));
        if (Set.copyOf(names).size() != names.size()) {
            file.fault(field, "a port is there twice; name each once");
        }
        return Optional.of(
                new OffloadSettings(written.mode(), names, written.flows(), written.policy(), written.interval()));
    }
}
