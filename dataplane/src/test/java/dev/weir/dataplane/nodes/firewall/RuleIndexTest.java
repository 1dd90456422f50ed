package dev.weir.dataplane.nodes.firewall;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.dataplane.nodes.FlowMatch;
import dev.weir.dataplane.nodes.IpPrefix;
import dev.weir.dataplane.nodes.PortRange;
import dev.weir.table.FlowTuple;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The index finds what a walk over the rules finds. */
class RuleIndexTest {
    private static final String[] ADDRESSES = {
        "0.0.0.0/0", "10.0.0.0/8", "10.1.0.0/16", "10.1.2.0/24", "10.1.2.3", "255.255.255.255", "192.168.0.0/17"
    };
    private static final String[] ADDRESSES6 = {
        "::/0", "2001:db8::/32", "2001:db8:1::/48", "2001:db8::8000:0:0:0/65", "2001:db8::1", "ff00::/8"
    };
    private static final int[] PROTOCOLS = {0, 1, 6, 17, 58, 132, 255};
    private static final int[] TYPES = {0, 3, 8, 135, 136, 255}, CODES = {0, 4, 255};

    @Test
    void find_noRules_findsNone() {
        assertThat(new RuleIndex(List.of(), _ -> 0).find(new FlowTuple(), 0, -1, -1))
                .isEqualTo(RuleIndex.NONE);
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 0x5EED})
    void find_anyPacket_agreesWithAWalk(long seed) {
        var random = new SplittableRandom(seed);
        for (int round = 0; round < 12; round++) {
            var rules = new ArrayList<Rule>();
            for (int n = random.nextInt(200); n > 0; n--) {
                rules.add(rule("r" + n, random));
            }
            var index = new RuleIndex(rules, Integer::parseInt);
            for (int step = 0; step < 2_000; step++) {
                FlowTuple t = tuple(random);
                int port = random.nextInt(3), flags = random.nextInt(-1, 256), message = message(random);
                assertThat(index.find(t, port, flags, message))
                        .as("seed=%d round=%d step=%d %s", seed, round, step, t)
                        .isEqualTo(walk(rules, t, port, flags, message));
            }
        }
    }

    private static int walk(List<Rule> rules, FlowTuple t, int port, int flags, int message) {
        for (int r = 0; r < rules.size(); r++) {
            if (fits(rules.get(r), t, port, flags, message)) {
                return r;
            }
        }
        return RuleIndex.NONE;
    }

    private static boolean fits(Rule r, FlowTuple t, int port, int flags, int message) {
        FlowMatch m = r.match();
        return m.tenant().orElse(t.tenant) == t.tenant
                && (m.by() == null || Integer.parseInt(m.by()) == port)
                && r.family().orElse(t.family) == t.family
                && has(m.source(), t.family, t.sourceHigh, t.sourceLow)
                && has(m.destination(), t.family, t.destinationHigh, t.destinationLow)
                && m.protocol().orElse(t.protocol) == t.protocol
                && (r.sourcePorts() == null || r.sourcePorts().contains(t.sourcePort))
                && (m.ports() == null || m.ports().contains(t.destinationPort))
                && (r.tcpFlags().isEmpty()
                        || (flags >= 0
                                && (flags & r.tcpFlags().getAsInt() >>> 8)
                                        == (r.tcpFlags().getAsInt() & 0xFF)))
                && (r.messages().isEmpty() || r.messages().stream().anyMatch(each -> fits(each, message)));
    }

    private static boolean fits(IcmpMatch match, int message) {
        return match.type() == message >> 8 && match.code().orElse(message & 0xFF) == (message & 0xFF);
    }

    /** One of few, so that rules fit; none, and the first and the last there can be. */
    private static int message(SplittableRandom random) {
        int type = TYPES[random.nextInt(TYPES.length)];
        return random.nextInt(4) == 0 ? -1 : type << 8 | CODES[random.nextInt(CODES.length)];
    }

    private static IcmpMatch match(SplittableRandom random) {
        int type = TYPES[random.nextInt(TYPES.length)], code = CODES[random.nextInt(CODES.length)];
        return random.nextBoolean() ? IcmpMatch.ofType(type) : new IcmpMatch(type, OptionalInt.of(code));
    }

    private static boolean has(@Nullable IpPrefix prefix, int family, long high, long low) {
        return prefix == null || (prefix.family() == family && prefix.contains(high, low));
    }

    private static Rule rule(String name, SplittableRandom random) {
        Rule rule = Rule.named(name, Verdict.ACCEPT);
        String[] addresses = random.nextBoolean() ? ADDRESSES : ADDRESSES6;
        if (random.nextBoolean()) {
            rule = rule.from(IpPrefix.of(addresses[random.nextInt(addresses.length)]));
        }
        if (random.nextBoolean()) {
            rule = rule.to(IpPrefix.of(addresses[random.nextInt(addresses.length)]));
        }
        if (random.nextInt(4) == 0) {
            rule = rule.ofTenant(random.nextInt(3));
        }
        if (random.nextInt(4) == 0) {
            rule = rule.by(Integer.toString(random.nextInt(3)));
        }
        if (random.nextInt(4) == 0 && rule.match().family() == 0) {
            rule = rule.ofFamily(random.nextBoolean() ? 4 : 6);
        }
        int kind = random.nextInt(5);
        if (kind == 0) {
            return rule.ofProtocol(PROTOCOLS[random.nextInt(PROTOCOLS.length)]);
        }
        if (kind == 1) {
            return rule.ofProtocol(17).toPorts(ports(random)).fromPorts(ports(random));
        }
        if (kind == 2) {
            Rule icmp = rule.ofProtocol(random.nextBoolean() ? 1 : 58);
            return random.nextBoolean()
                    ? icmp.ofMessages(match(random))
                    : icmp.ofMessages(match(random), match(random), match(random));
        }
        return kind == 3 ? rule.ofProtocol(6).toPorts(ports(random)).withFlags(0x17, 0x02) : rule;
    }

    private static PortRange ports(SplittableRandom random) {
        int first = random.nextInt(8);
        return random.nextInt(4) == 0 ? new PortRange(first, 0xFFFF) : new PortRange(first, first + random.nextInt(4));
    }

    private static FlowTuple tuple(SplittableRandom random) {
        var t = new FlowTuple();
        t.family = random.nextBoolean() ? 4 : 6;
        String[] addresses = t.family == 4 ? ADDRESSES : ADDRESSES6;
        IpPrefix source = IpPrefix.of(addresses[random.nextInt(addresses.length)]);
        IpPrefix destination = IpPrefix.of(addresses[random.nextInt(addresses.length)]);
        boolean last = random.nextBoolean();
        t.sourceHigh = last ? source.lastHigh() : source.high();
        t.sourceLow = last ? source.lastLow() : source.low();
        t.destinationHigh = destination.high();
        t.destinationLow = destination.low();
        t.protocol = PROTOCOLS[random.nextInt(PROTOCOLS.length)];
        t.sourcePort = random.nextInt(10);
        t.destinationPort = random.nextInt(10);
        t.tenant = random.nextInt(3);
        return t;
    }
}
