package dev.weir.dataplane.nodes.bridge;

import dev.weir.dataplane.graph.Node;
import dev.weir.dataplane.graph.NodeConfig;
import dev.weir.dataplane.graph.NodeContext;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;

/**
 * A node that bridges Ethernet ports (IEEE 802.1Q, clause 8): it learns behind which port a station is from the source
 * addresses of its frames, VLAN by VLAN, sends frames to where their destination is, and floods those to groups and to
 * stations that it does not know. A frame whose destination is behind the port that it came by is dropped
 * ({@code same-port}), and so are frames to the addresses that bridges keep to themselves, 01-80-C2-00-00-00 to -0F
 * ({@code link-local}, clause 8.6.3). There is no spanning tree: the ports must not form a loop.
 *
 * <p>A frame whose egress an earlier node chose keeps it, and its source is learnt all the same. One that came by a port
 * that is not of the bridge goes on untouched.
 *
 * @param ports at least two, all different
 * @param maxAddresses how many stations are known at the most; frames to others are flooded
 * @param aging how long a station is known that sends nothing, to about a second
 */
public record BridgeConfig(List<String> ports, int maxAddresses, Duration aging) implements NodeConfig {
    /** Stations, and their time, where nothing else is said (the time is IEEE 802.1Q's, table 8-6). */
    public static final int DEFAULT_MAX_ADDRESSES = 16_384;

    public static final Duration DEFAULT_AGING = Duration.ofMinutes(5);

    private static final int ADDRESSES_LIMIT = 1 << 20, PORTS_LIMIT = 1 << 12;
    private static final Duration AGING_LIMIT = Duration.ofDays(12);

    static final int SAME_PORT = 0, LINK_LOCAL = 1;
    static final int LEARNED = 0, MOVED = 1, NOT_LEARNED = 2, FLOODED = 3;

    public BridgeConfig {
        ports = List.copyOf(ports);
        if (ports.size() < 2 || ports.size() > PORTS_LIMIT) {
            throw new IllegalArgumentException(
                    "ports: there are " + ports.size() + "; a bridge has 2 to " + PORTS_LIMIT);
        }
        if (new HashSet<>(ports).size() != ports.size()) {
            throw new IllegalArgumentException("ports: one is named twice in " + ports + "; name each once");
        }
        if (maxAddresses < 1 || maxAddresses > ADDRESSES_LIMIT) {
            throw new IllegalArgumentException(
                    "max-addresses: " + maxAddresses + " is out of range; give 1 to " + ADDRESSES_LIMIT);
        }
        if (aging.compareTo(Duration.ofSeconds(1)) < 0 || aging.compareTo(AGING_LIMIT) > 0) {
            throw new IllegalArgumentException("aging: " + aging.toMillis() + " ms is out of range; give 1 s to "
                    + AGING_LIMIT.toSeconds() + " s");
        }
    }

    /** A bridge of these ports with the usual limits. */
    public static BridgeConfig of(String... ports) {
        return new BridgeConfig(List.of(ports), DEFAULT_MAX_ADDRESSES, DEFAULT_AGING);
    }

    @Override
    public String type() {
        return "bridge";
    }

    @Override
    public List<String> dropReasons() {
        return List.of("same-port", "link-local");
    }

    @Override
    public List<String> counters() {
        return List.of("LEARNED", "MOVED", "NOT_LEARNED", "FLOODED");
    }

    @Override
    public boolean choosesEgress() {
        return true;
    }

    @Override
    public boolean takesUnhandled() {
        return true;
    }

    @Override
    public boolean decidesByFlow() {
        return true;
    }

    @Override
    public Node create(NodeContext context) {
        return new BridgeNode(this, context);
    }
}
