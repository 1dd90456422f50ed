package dev.weir.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.dataplane.graph.GraphConfig;
import dev.weir.dataplane.graph.Scheduling;
import dev.weir.dataplane.nodes.drop.DropConfig;
import dev.weir.dataplane.nodes.meter.MeterConfig;
import dev.weir.dataplane.nodes.meter.MeterUnit;
import dev.weir.dataplane.nodes.reassemble.ReassembleConfig;
import dev.weir.packet.TunnelMode;
import dev.weir.server.config.ConfigurationFile.Invalid;
import dev.weir.server.config.ConfigurationFile.Valid;
import dev.weir.table.FlowTableConfig;
import dev.weir.table.Lifetime;
import dev.weir.table.TenantMode;
import dev.weir.wire.linux.Segments;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Files to configurations, or to all their faults. */
class ConfigurationFileTest {
    @Test
    void everyOption_arrives() {
        Configuration c = valid("""
                workers: 2
                pin: [3, 5]
                isolate: true
                scheduling: real-time
                log-level: warning
                flow-table:
                  max-flows: 5000
                  idle-timeout: 90s
                  tcp-timeouts: {syn: 5, fin-ack: 250ms}
                  tcp-close: false
                  active-timeout: 5m
                  tunnels: inner
                  fragments: {held: 64, bytes: 1M, time: 3s}
                ports:
                  left: {interface: eth0, segments: refuse, ring: 512, bypass-qdisc: true, chain: web, next: gone}
                  right: {read: in.pcap, write: out.pcap, flow-table: false}
                tenants:
                  red: {vlan: 10, chain: web, idle-timeout: 30}
                  blue: {vlan: "20.300"}
                nodes:
                  seen: {type: count}
                  slow: {type: meter, rate: 2.5 Mbit/s, burst: 64k, arcs: {exceeded: gone}}
                  gone: {type: drop, reason: not-for-us}
                chains:
                  web: {forward: [seen, gone], reverse: [], unhandled: [gone]}
                  default: {forward: [seen]}
                records: {output: flows.jsonl, events: true}
                """);
        assertThat(c.graph().workers()).isEqualTo(2);
        assertThat(c.pin()).containsExactly(3, 5);
        assertThat(c.isolate()).isTrue();
        assertThat(c.scheduling()).isEqualTo(Scheduling.REAL_TIME);
        assertThat(c.logLevel()).isEqualTo(Configuration.LogLevel.WARNING);
        FlowTableConfig table = c.graph().table();
        assertThat(table.maxFlows()).isEqualTo(5000);
        assertThat(table.lifetime()).isEqualTo(90_000);
        assertThat(table.tcpLifetimes().syn()).isEqualTo(5_000);
        assertThat(table.tcpLifetimes().finAck()).isEqualTo(250);
        assertThat(table.tcpLifetimes().established()).isEqualTo(299_000);
        assertThat(table.tcpClose()).isFalse();
        assertThat(table.activeTimeout()).isEqualTo(300_000);
        assertThat(c.graph().tunnels()).isEqualTo(TunnelMode.INNER);
        assertThat(c.graph().fragments()).isEqualTo(new ReassembleConfig(64, 1 << 20, Duration.ofSeconds(3)));
        assertThat(c.ports())
                .containsExactly(
                        Map.entry("left", new PortSettings.Packet("eth0", 512, Segments.REFUSE, true, false)),
                        Map.entry("right", new PortSettings.Files(Optional.of("in.pcap"), Optional.of("out.pcap"))));
        assertThat(c.graph().ports())
                .containsExactly(
                        new GraphConfig.PortEntry("left", null, "web", "gone", true),
                        new GraphConfig.PortEntry("right", null, null, null, false));
        assertThat(c.graph().tenantMode()).isEqualTo(TenantMode.VLAN);
        assertThat(c.graph().tenants()).extracting(GraphConfig.Tenant::number).containsExactly(10, 300 << 12 | 20);
        assertThat(c.graph().nodes().get(2).config()).isEqualTo(new DropConfig("not-for-us"));
        assertThat(c.graph().nodes().get(1))
                .isEqualTo(new GraphConfig.NodeEntry(
                        "slow",
                        new MeterConfig(MeterUnit.BITS, 2_500_000, 65_536, false, true),
                        Map.of("exceeded", "gone")));
        assertThat(c.graph().chains().get("web"))
                .isEqualTo(new GraphConfig.Chain(List.of("seen", "gone"), List.of(), List.of("gone")));
        assertThat(c.graph().chains().get("default"))
                .isEqualTo(new GraphConfig.Chain(List.of("seen"), List.of("seen"), List.of("seen")));
        assertThat(c.records()).contains(new Configuration.Records("flows.jsonl", Configuration.Format.JSONL, true));
    }

    @Test
    void whatIsLeftOut_hasItsDefault() {
        Configuration c = valid("ports: {a: {interface: eth0}}");
        assertThat(c.graph().workers()).isOne();
        assertThat(c.graph().table()).isEqualTo(FlowTableConfig.defaults());
        assertThat(c.graph().tenantMode()).isEqualTo(TenantMode.NONE);
        assertThat(c.ports()).containsValue(new PortSettings.Packet("eth0", 8192, Segments.CARRY, false, false));
        assertThat(c.records()).isEmpty();
        assertThat(c.logLevel()).isEqualTo(Configuration.LogLevel.INFO);
    }

    @Test
    void lifetimeNever_isWritten() {
        assertThat(valid("flow-table: {idle-timeout: never}\nports: {a: {interface: e}}")
                        .graph()
                        .table()
                        .lifetime())
                .isEqualTo(Lifetime.NEVER);
    }

    @Test
    void allFaults_areToldAtOnce_inTheOrderOfTheFile() {
        assertThat(faults("""
                        worker: 2
                        ports:
                          left: {interface: eth0, next: firewal}
                          right: {interfaces: eth1}
                        flow-table:
                          max-flows: lots
                          idle-timeout: 5 parsecs
                        nodes:
                          firewall: {type: dorp}
                          seen: {type: count, arcs: {odd: drop}}
                        """))
                .containsExactly(
                        "1:1: worker: there is no such option; did you mean 'workers'?",
                        "3:33: ports.left.next: there is no node 'firewal'; did you mean 'firewall'?",
                        "4:11: ports.right.interfaces: there is no such option; did you mean 'interface'?",
                        "6:14: flow-table.max-flows: 'lots' is no whole number; give 1 to 268435454",
                        "7:17: flow-table.idle-timeout: '5 parsecs' is no time: give seconds, or 250ms, 90s, 5m, 1h, or never",
                        "9:20: nodes.firewall.type: 'dorp' is none of the words for this; did you mean 'drop'?");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        no ports          | workers: 1                                                  | 1:1: has no 'ports'; add name: a section
        empty ports       | ports:                                                      | 1:7: ports: there is none; name at least one
        text for a map    | ports: eth0                                                 | 1:8: ports: is 'eth0', not a mapping; write each port as 'name: value'
        list for a map    | ports: [eth0]                                               | 1:8: ports: is a list, not a mapping
        map for a word    | {ports: {a: {interface: {b: c}}}}                           | 1:25: ports.a.interface: is a mapping, not a text
        nothing for a word| {ports: {a: {interface: }}}                                 | 1:24: ports.a.interface: is nothing, not a text; write a text
        yes for true      | {ports: {a: {interface: b, flow-table: yes}}}               | 1:40: ports.a.flow-table: 'yes' is no switch; write true or false
        port of nothing   | {ports: {a: {ring: 64}}}                                    | 1:13: ports.a: has no 'interface', 'tap', 'read' or 'write'
        port of two       | {ports: {a: {interface: b, read: c}}}                       | 1:13: ports.a: is made of several things; make a port of each
        option of another | {ports: {a: {read: c, ring: 64}}}                           | 1:29: ports.a.ring: does not go with file
        odd ring          | {ports: {a: {interface: c, ring: 100}}}                     | 1:34: ports.a.ring: 100 is no power of two; give 64, or twice that
        unknown arc       | {ports: {a: {interface: b}}, nodes: {n: {type: drop, arcs: {x: drop}}}} | 1:64: nodes.n.arcs.x: a drop has no such arc; it has none
        bad pair          | {ports: {a: {interface: b}}, nodes: {n: {type: cross-connect, pairs: [[a, a]]}}} | 1:71: nodes.n.pairs[0]: pair: port 'a' is wired to itself
        lone port         | {ports: {a: {interface: b}}, nodes: {n: {type: cross-connect, pairs: [[a]]}}} | 1:71: nodes.n.pairs[0]: has 1 entries; give 2 to 2
        bad rate          | {ports: {a: {interface: b}}, nodes: {n: {type: meter, rate: 5}}} | 1:61: nodes.n.rate: '5' is no rate; write it as 10 Mbit/s
        bad name          | {ports: {a b: {interface: b}}}                              | 1:10: ports: 'a b' cannot be a name
        reserved name     | {ports: {a: {interface: b}}, nodes: {drop: {type: drop}}}   | 1:38: nodes: 'drop' means something else already
        unknown tenant    | {ports: {a: {interface: b, tenant: red}}}                   | 1:36: ports.a.tenant: there is no tenant 'red'; declare it under tenants
        unknown chain     | {ports: {a: {interface: b, chain: w}}, chains: {web: {}}}   | 1:35: ports.a.chain: there is no chain 'w'; declare it under chains (there are: web)
        misspelt node     | {ports: {a: {interface: b, next: fv}}, nodes: {fw: {type: drop}}} | 1:34: ports.a.next: there is no node 'fv'; did you mean 'fw'?
        node without type | {ports: {a: {interface: b}}, nodes: {n: {reason: x}}}       | 1:41: nodes.n: has no 'type'; add one of cross-connect, bridge, firewall, nat, balance, mirror, meter
        bad reason        | {ports: {a: {interface: b}}, nodes: {n: {type: drop, reason: No}}} | 1:41: nodes.n: reason: 'No' is no name
        arc to nowhere    | {ports: {a: {interface: b}}, nodes: {n: {type: drop, arcs: {x: m}}}} | 1:64: nodes.n.arcs.x: there is no node 'm'
        chain backwards   | {ports: {a: {interface: b}}, nodes: {n: {type: drop}, m: {type: drop}}, chains: {default: {forward: [m, n]}}} | 1:105: chains.default.forward[1]: chains visit nodes in the order
        fragments too long| {ports: {a: {interface: b}}, flow-table: {fragments: {time: 2m}}} | 1:54: flow-table.fragments: time: 120000 ms is out of range; give up to a minute
        pins too few      | {ports: {a: {interface: b}}, workers: 2, pin: [1]}          | 1:47: pin: names 1 processors for 2 workers; name one a worker
        isolate nothing   | {ports: {a: {interface: b}}, isolate: true}                 | 1:39: isolate: needs to know which processors are the workers'; give 'pin'
        pin out of range  | {ports: {a: {interface: b}}, pin: [-1]}                     | 1:36: pin[0]: -1 is out of range; give 0 to 4095
        tenants mixed     | {ports: {a: {interface: b}}, tenants: {r: {vlan: 1}, s: {vni: 2}}} | 1:39: tenants: 's' is told apart in another way than by vlan
        tenant of nothing | {ports: {a: {interface: b}}, tenants: {r: {}}}              | 1:43: tenants.r: has none of 'vlan', 'vni' and 'number'
        tenants alike     | {ports: {a: {interface: b}}, tenants: {r: {vlan: 1}, s: {vlan: 1}}} | 1:57: tenants.s
        VLAN id too large | {ports: {a: {interface: b}}, tenants: {r: {vlan: 4095}}}    | 1:50: tenants.r.vlan: 4095 is out of range; give 0 to 4094
        records nowhere   | {ports: {a: {interface: b}}, records: {format: csv}}        | 1:39: records: has no 'output'; add a file name
        """)
    void fault_hasItsPlacePathAndRemedy(String title, String file, String fault) {
        assertThat(faults(file)).first().asString().startsWith(fault);
    }

    @Test
    void line_namesTheFile() {
        assertThat(new Fault(new Place(3, 7), "ports.a", "x; y").line("weir.yaml"))
                .isEqualTo("weir.yaml:3:7: ports.a: x; y");
    }

    @Test
    void changes_nameEachOptionThatIsDifferent() {
        Configuration before = valid("""
                ports: {a: {interface: eth0, next: fw}, b: {interface: eth1}}
                nodes: {fw: {type: drop, reason: no}}
                flow-table: {idle-timeout: 60}
                """);
        Configuration after = valid("""
                ports: {a: {interface: eth0}, c: {interface: eth2}}
                nodes: {fw: {type: drop, reason: never}}
                flow-table: {idle-timeout: 60s}
                records: {output: f.csv}
                """);
        assertThat(before.changes(after))
                .containsExactlyInAnyOrder(
                        "ports.a.next: was fw, is the first of the chain (default)",
                        "ports.b: is gone",
                        "ports.c: is new",
                        "nodes.fw.reason: was no, is never",
                        "records: was none are kept (default), is given");
        assertThat(before.changes(before)).isEmpty();
    }

    static Configuration valid(String text) {
        return switch (ConfigurationFile.read(text.getBytes(StandardCharsets.UTF_8))) {
            case Valid valid -> valid.configuration();
            case Invalid invalid -> throw new AssertionError(invalid.faults().toString());
        };
    }

    static List<String> faults(String text) {
        return switch (ConfigurationFile.read(text.getBytes(StandardCharsets.UTF_8))) {
            case Valid valid -> throw new AssertionError("no fault found: " + valid);
            case Invalid invalid ->
                invalid.faults().stream().map(f -> f.line("f").substring(2)).toList();
        };
    }
}
