package dev.weir.dataplane.nodes.meter;

import dev.weir.dataplane.graph.Node;
import dev.weir.dataplane.graph.NodeConfig;
import dev.weir.dataplane.graph.NodeContext;
import java.util.List;

/**
 * A node that holds each flow to a rate: a token bucket of its own (as RFC 2697 has it, with one bucket and without
 * colours), full when the flow begins. What conforms goes on; what exceeds is dropped ({@code over-rate}) or takes the arc
 * {@code exceeded}, and takes no tokens. Offloaded flows are metered too, where their packets come here. ICMP errors count
 * with the flow that they quote.
 *
 * @param unit what {@code rate} and {@code burst} count
 * @param rate bits or packets a second
 * @param burst octets or packets, what may come at once; a packet that is larger never conforms
 * @param eachDirection whether each direction has a bucket of its own; where false they share one
 * @param exceededArc whether what exceeds takes the arc {@code exceeded}; where false it is dropped
 */
public record MeterConfig(MeterUnit unit, long rate, long burst, boolean eachDirection, boolean exceededArc)
        implements NodeConfig {
    /** A terabit a second; a gibibyte at once. */
    private static final long RATE_LIMIT = 1_000_000_000_000L, BURST_LIMIT = 1L << 30;
    /** The largest packet of Ethernet without jumbo frames. */
    private static final long LEAST_OCTETS = 1500;

    static final int OVER_RATE = 0, EXCEEDED_ARC = 0;
    static final int CONFORMED = 0, EXCEEDED = 1;

    public MeterConfig {
        if (rate < 1 || rate > RATE_LIMIT) {
            throw new IllegalArgumentException("rate: " + rate + " is out of range; give 1 to " + RATE_LIMIT
                    + (unit == MeterUnit.BITS ? " bits" : " packets") + " a second");
        }
        long least = unit == MeterUnit.BITS ? LEAST_OCTETS : 1;
        if (burst < least || burst > BURST_LIMIT) {
            throw new IllegalArgumentException("burst: " + burst + " is out of range; give " + least + " to "
                    + BURST_LIMIT + (unit == MeterUnit.BITS ? " octets, at least the largest packet" : " packets"));
        }
    }

    @Override
    public String type() {
        return "meter";
    }

    @Override
    public List<String> arcs() {
        return exceededArc ? List.of("exceeded") : List.of();
    }

    @Override
    public List<String> dropReasons() {
        return List.of("over-rate");
    }

    @Override
    public List<String> counters() {
        return List.of("CONFORMED", "EXCEEDED");
    }

    @Override
    public int annexBytes() {
        return eachDirection ? 3 * Long.BYTES : 2 * Long.BYTES;
    }

    @Override
    public Node create(NodeContext context) {
        return new MeterNode(this, context);
    }
}
