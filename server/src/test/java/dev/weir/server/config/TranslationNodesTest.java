package dev.weir.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.dataplane.graph.NodeConfig;
import dev.weir.dataplane.nodes.FlowMatch;
import dev.weir.dataplane.nodes.IpPrefix;
import dev.weir.dataplane.nodes.PortRange;
import dev.weir.dataplane.nodes.balance.BalanceConfig;
import dev.weir.dataplane.nodes.balance.Target;
import dev.weir.dataplane.nodes.firewall.FirewallConfig;
import dev.weir.dataplane.nodes.firewall.IcmpMatch;
import dev.weir.dataplane.nodes.firewall.Rule;
import dev.weir.dataplane.nodes.firewall.Verdict;
import dev.weir.dataplane.nodes.nat.DestinationRule;
import dev.weir.dataplane.nodes.nat.NatConfig;
import dev.weir.dataplane.nodes.nat.SourceRule;
import dev.weir.packet.IpProtocol;
import dev.weir.packet.Rewrite;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Firewall, translation and balancing as files say them. */
class TranslationNodesTest {
    private static final String PORTS = "ports: {in: {interface: eth0}, out: {interface: eth1}}\n";

    @Test
    void firewall_everyOption_arrives() {
        assertThat(node("""
                        nodes:
                          n:
                            type: firewall
                            default: reject
                            strict: true
                            recheck: true
                            unhandled: drop
                            rejection: port
                            answers-per-second: 5
                            rules:
                              - {name: web, port: in, tenant: red, source: 10.0.0.0/8, destination: 192.0.2.1, protocol: tcp,
                                 source-port: 1024-65535, destination-port: 80, tcp-flags: [syn, not-ack], verdict: accept}
                              - {name: six, family: ipv6, protocol: 89, verdict: drop}
                              - {name: neighbours, protocol: ipv6-icmp, icmp-types: [redirect, neighbor-solicitation/0, 255], verdict: drop}
                              - {name: too-big, protocol: icmp, icmp-types: [redirect, 3/4], verdict: accept}
                        # tenants are known to nodes before them
                        tenants: {red: {vlan: 7}}
                        """))
                .isEqualTo(FirewallConfig.of(
                                Rule.named("web", Verdict.ACCEPT)
                                        .by("in")
                                        .ofTenant(7)
                                        .from(IpPrefix.of("10.0.0.0/8"))
                                        .to(IpPrefix.of("192.0.2.1"))
                                        .ofProtocol(IpProtocol.TCP)
                                        .fromPorts(new PortRange(1024, 65_535))
                                        .toPorts(new PortRange(80, 80))
                                        .withFlags(0x12, 0x02),
                                Rule.named("six", Verdict.DROP).ofFamily(6).ofProtocol(89),
                                Rule.named("neighbours", Verdict.DROP)
                                        .ofProtocol(IpProtocol.ICMPV6)
                                        .ofMessages(
                                                IcmpMatch.ofType(137),
                                                new IcmpMatch(135, OptionalInt.of(0)),
                                                IcmpMatch.ofType(255)),
                                Rule.named("too-big", Verdict.ACCEPT)
                                        .ofProtocol(IpProtocol.ICMP)
                                        .ofMessages(IcmpMatch.ofType(5), new IcmpMatch(3, OptionalInt.of(4))))
                        .withOtherwise(Verdict.REJECT)
                        .withStrict()
                        .withRecheck()
                        .withUnhandled(Verdict.DROP)
                        .withAnswers(FirewallConfig.Rejection.PORT, 5));
    }

    @Test
    void firewall_whatIsLeftOut_hasItsDefault() {
        assertThat(node("nodes: {n: {type: firewall}}")).isEqualTo(FirewallConfig.of());
    }

    @Test
    void nat_everyWay_arrives() {
        FlowMatch inside = FlowMatch.ALL.by("in").from(IpPrefix.of("10.0.0.0/24"));
        FlowMatch web = FlowMatch.ALL.to(IpPrefix.of("192.0.2.1")).toPorts(IpProtocol.TCP, new PortRange(80, 81));
        assertThat(node("""
                        nodes:
                          n:
                            type: nat
                            source:
                              - {name: one, port: in, source: 10.0.0.0/24, to: 192.0.2.1, ports: 2000-2999}
                              - {name: pool, port: in, source: 10.0.0.0/24, to: [192.0.2.1, 198.51.100.0/28]}
                              - {name: interface, port: in, source: 10.0.0.0/24, to: out}
                              - {name: net, port: in, source: 10.0.0.0/24, to: 192.0.2.0/24, one-to-one: true}
                            destination:
                              - {name: web, destination: 192.0.2.1, protocol: tcp, destination-port: 80-81, to: 10.0.0.5,
                                 to-port: 8080-8081}
                        """))
                .isEqualTo(new NatConfig(
                        List.of(
                                SourceRule.toPool("one", inside, new PortRange(2000, 2999), IpPrefix.of("192.0.2.1")),
                                SourceRule.toPool(
                                        "pool",
                                        inside,
                                        SourceRule.PORTS,
                                        IpPrefix.of("192.0.2.1"),
                                        IpPrefix.of("198.51.100.0/28")),
                                SourceRule.toPort("interface", inside, "out"),
                                SourceRule.toPrefix("net", inside, IpPrefix.of("192.0.2.0/24"))),
                        List.of(new DestinationRule("web", web, IpPrefix.of("10.0.0.5"), new PortRange(8080, 8081)))));
    }

    @Test
    void balance_everyOption_arrives() {
        FlowMatch match = FlowMatch.ALL.to(IpPrefix.of("10.0.0.100")).toPorts(IpProtocol.UDP, new PortRange(53, 53));
        assertThat(node("""
                        nodes:
                          n:
                            type: balance
                            match: {destination: 10.0.0.100/32, protocol: udp, destination-port: 53}
                            method: sticky
                            offload: true
                            targets:
                              one: {address: 10.0.0.1, to-port: 5353, mac: "02:00:00:00:00:01", port: out, weight: 3}
                              two: {port: out, up: false, drain: true}
                        """))
                .isEqualTo(new BalanceConfig(
                        match,
                        List.of(
                                new Target(
                                        "one", 3, true, false, "out", 0x0200_0000_0001L, IpPrefix.of("10.0.0.1"), 5353),
                                new Target("two", 1, false, true, "out", 0, null, Rewrite.KEEP_PORT)),
                        BalanceConfig.Method.STICKY,
                        true));
    }

    @Test
    void balance_address_isShortForItsMatch() {
        String targets = "targets: {one: {address: 10.0.0.1}}}}";
        assertThat(node("nodes: {n: {type: balance, address: 10.0.0.9, " + targets))
                .isEqualTo(node("nodes: {n: {type: balance, match: {destination: 10.0.0.9}, " + targets));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {type: firewall, default: allow} | 2:38: nodes.n.default: 'allow' is none of the words for this; take another (there are: accept, drop, reject)
            {type: firewall, rules: [{name: a}]} | 2:37: nodes.n.rules[0]: has no 'verdict'; add one of accept, drop, reject
            {type: firewall, rules: [{verdict: drop}]} | 2:37: nodes.n.rules[0]: has no 'name'; add a text
            {type: firewall, rules: [{name: a, verdict: drop}, {name: a, verdict: drop}]} | 2:12: nodes.n: rule a: two have this name; counters are listed by it, give each its own
            {type: firewall, rules: [{name: a, verdict: drop, sorce: 10.0.0.1}]} | 2:62: nodes.n.rules[0].sorce: there is no such option; did you mean 'source'?
            {type: firewall, rules: [{name: a, verdict: drop, port: inn}]} | 2:68: nodes.n.rules[0].port: there is no port 'inn'; did you mean 'in'?
            {type: firewall, rules: [{name: a, verdict: drop, tenant: red}]} | 2:70: nodes.n.rules[0].tenant: there is no tenant 'red'; declare it under tenants
            {type: firewall, rules: [{name: a, verdict: drop, source: 10.0.0.1/8}]} | 2:70: nodes.n.rules[0].source: 10.0.0.1/8: bits after the prefix are set; write 10.0.0.0/8
            {type: firewall, rules: [{name: a, verdict: drop, source: 10.0.0.1, destination: "::1"}]} | 2:37: nodes.n.rules[0]: rule a: source 10.0.0.1 and destination ::1 are of two families; make two rules
            {type: firewall, rules: [{name: a, verdict: drop, family: ipv6, source: 10.0.0.1}]} | 2:37: nodes.n.rules[0]: rule a: 10.0.0.1 is not of IPv6; leave the family out, the address says it
            {type: firewall, rules: [{name: a, verdict: drop, protocol: tpc}]} | 2:72: nodes.n.rules[0].protocol: 'tpc' is no protocol that has a name here; did you mean 'tcp'?
            {type: firewall, rules: [{name: a, verdict: drop, protocol: 256}]} | 2:72: nodes.n.rules[0].protocol: 256 is out of range; give 0 to 255
            {type: firewall, rules: [{name: a, verdict: drop, destination-port: 80}]} | 2:37: nodes.n.rules[0]: rule a: ports without a protocol that has some; say tcp, udp, udp-lite, sctp or dccp
            {type: firewall, rules: [{name: a, verdict: drop, protocol: tcp, destination-port: 90-80}]} | 2:95: nodes.n.rules[0].destination-port: ports 90-80: they are from 0 to 65535, the lower one first
            {type: firewall, rules: [{name: a, verdict: drop, protocol: udp, tcp-flags: [syn]}]} | 2:37: nodes.n.rules[0]: rule a: TCP flags of another protocol; say tcp
            {type: firewall, rules: [{name: a, verdict: drop, protocol: tcp, tcp-flags: [syn, not-syn]}]} | 2:88: nodes.n.rules[0].tcp-flags: a flag is named twice; name each once, set or not
            {type: firewall, rules: [{name: a, verdict: drop, icmp-types: [8]}]} | 2:37: nodes.n.rules[0]: rule a: ICMP types of another protocol; say icmp or ipv6-icmp
            {type: firewall, rules: [{name: a, verdict: drop, protocol: udp, icmp-types: [redirect]}]} | 2:37: nodes.n.rules[0]: rule a: ICMP types of another protocol; say icmp or ipv6-icmp
            {type: firewall, rules: [{name: a, verdict: drop, protocol: icmp, icmp-types: [packet-too-big]}]} | 2:37: nodes.n.rules[0]: rule a: 'packet-too-big' is no type of icmp that has a name here; give its number, 0 to 255
            {type: firewall, rules: [{name: a, verdict: drop, protocol: ipv6-icmp, icmp-types: [neighbour-solicitation]}]} | 2:37: nodes.n.rules[0]: rule a: 'neighbour-solicitation' is no type of ipv6-icmp that has a name here; did you mean 'neighbor-solicitation'?
            {type: firewall, rules: [{name: a, verdict: drop, protocol: icmp, icmp-types: [8, 256]}]} | 2:94: nodes.n.rules[0].icmp-types[1]: 256 is out of range; give 0 to 255
            {type: firewall, rules: [{name: a, verdict: drop, protocol: icmp, icmp-types: [3/256]}]} | 2:91: nodes.n.rules[0].icmp-types[0]: 256 is out of range; give 0 to 255
            {type: firewall, rules: [{name: a, verdict: drop, protocol: icmp, icmp-types: [8/]}]} | 2:91: nodes.n.rules[0].icmp-types[0]: '8/' is no ICMP type; write it as echo-request or 8, or with a code as 3/4
            {type: firewall, rules: [{name: a, verdict: drop, protocol: icmp, icmp-types: []}]} | 2:90: nodes.n.rules[0].icmp-types: has 0 entries; give at least 1
            {type: firewall, answers-per-second: -1} | 2:49: nodes.n.answers-per-second: -1 is out of range; give 0 to 2147483647
            {type: nat, source: [{name: a}]} | 2:33: nodes.n.source[0]: has no 'to'; add an address or a prefix, a list of these, or the name of a port
            {type: nat, source: [{name: a, to: outt}]} | 2:47: nodes.n.source[0].to: there is no port 'outt'; did you mean 'out'?
            {type: nat, source: [{name: a, to: 10.0.0.300}]} | 2:47: nodes.n.source[0].to: 10.0.0.300: no address or prefix; write it as 10.0.0.0/8 or 2001:db8::/32
            {type: nat, source: [{name: a, source: "fd00::/8", to: 10.0.0.3}]} | 2:33: nodes.n.source[0]: rule a: 10.0.0.3 is not of IPv6, which it matches; addresses are translated within their family
            {type: nat, source: [{name: a, to: 10.0.0.0/8}]} | 2:33: nodes.n.source[0]: rule a: its pool has more than 65536 addresses; give a part, or a prefix
            {type: nat, source: [{name: a, to: 10.0.0.0/24, one-to-one: true}]} | 2:33: nodes.n.source[0]: rule a: prefix 10.0.0.0/24 for the source of any; one to one, both have the same family and length
            {type: nat, source: [{name: a, to: out, one-to-one: true}]} | 2:47: nodes.n.source[0].to: is not one prefix, which 'one-to-one' needs; give one, or leave 'one-to-one' out
            {type: nat, source: [{name: a, source: 10.1.0.0/24, to: 10.0.0.0/24, one-to-one: true, ports: 1-2}]} | 2:106: nodes.n.source[0].ports: has no meaning with 'one-to-one', which keeps ports; remove it
            {type: nat, source: [{name: a, to: 10.0.0.3}], destination: [{name: a, destination: 10.0.0.1, to: 10.0.0.2}]} | 2:12: nodes.n: rule a: two have this name; counters are listed by it, give each its own
            {type: nat, destination: [{name: a, to: 10.0.0.2}]} | 2:38: nodes.n.destination[0]: rule a: it gives 10.0.0.2 but does not match destinations of IPv4; say which destination it is for
            {type: nat, destination: [{name: a, destination: 10.0.0.1, to: 10.0.0.2, to-port: 80}]} | 2:38: nodes.n.destination[0]: rule a: ports 80 for all; there must be as many as it matches
            {type: balance} | 2:12: nodes.n: has no 'targets'; add name: a section
            {type: balance, targets: {}} | 2:12: nodes.n: balance: no targets; give at least one
            {type: balance, targets: {one: {}}} | 2:43: nodes.n.targets.one: says nowhere to go; give one of 'port', 'mac' and 'address', or several
            {type: balance, targets: {"a b": {port: out}}} | 2:38: nodes.n.targets: 'a b' cannot be a name; take up to 64 letters, digits, '-' and '_'
            {type: balance, targets: {one: {port: out, to-port: 80}}} | 2:64: nodes.n.targets.one.to-port: goes with an address; give 'address', the same as the service's to keep it
            {type: balance, targets: {one: {port: out, weight: 0}}} | 2:63: nodes.n.targets.one.weight: 0 is out of range; give 1 to 1000
            {type: balance, targets: {one: {address: 10.0.0.0/24}}} | 2:53: nodes.n.targets.one.address: '10.0.0.0/24' is a prefix; write one address, without a length
            {type: balance, targets: {one: {address: 10.0.0.1}}} | 2:12: nodes.n: target one: 10.0.0.1 for flows that are not all of IPv4; match a source or destination of that family
            {type: balance, targets: {one: {port: out}}, method: random} | 2:65: nodes.n.method: 'random' is none of the words for this; take another (there are: round-robin, weighted, hash, sticky)
            {type: balance, address: 10.0.0.1, match: {protocol: tcp}, targets: {one: {port: out}}} | 2:37: nodes.n.address: stands beside 'match'; write it there as 'destination'
            """)
    void fault_hasItsPlacePathAndRemedy(String node, String fault) {
        assertThat(ConfigurationFileTest.faults(PORTS + "nodes: {n: " + node + "}"))
                .singleElement()
                .asString()
                .startsWith(fault);
    }

    private static NodeConfig node(String nodes) {
        return ConfigurationFileTest.valid(PORTS + nodes)
                .graph()
                .nodes()
                .getFirst()
                .config();
    }
}
