package dev.weir.bench.cache;

import java.util.Arrays;

/** Packets in their order: of which flow each is, and its octets. Not changed after it was made; whoever reads the arrays leaves them as they are. */
public final class CacheTrace {
    private final String name;
    private final int[] flow;
    private final int[] bytes;
    private final int flows;

    /**
     * Takes the arrays.
     *
     * @param name for people
     * @param flow numbers from 0 on, without gaps
     * @param bytes of each packet
     * @param flows how many flows there are
     */
    public CacheTrace(String name, int[] flow, int[] bytes, int flows) {
        this.name = name;
        this.flow = flow;
        this.bytes = bytes;
        this.flows = flows;
    }

    public String name() {
        return name;
    }

    public int[] flow() {
        return flow;
    }

    public int[] bytes() {
        return bytes;
    }

    public int flows() {
        return flows;
    }

    public int packets() {
        return flow.length;
    }

    public long allBytes() {
        return Arrays.stream(bytes).asLongStream().sum();
    }

    /** By packet, the number of the next one of its flow; {@link Integer#MAX_VALUE} where there is none. */
    public int[] next() {
        int[] next = new int[packets()];
        int[] seen = new int[flows];
        Arrays.fill(seen, Integer.MAX_VALUE);
        for (int i = packets() - 1; i >= 0; i--) {
            next[i] = seen[flow[i]];
            seen[flow[i]] = i;
        }
        return next;
    }
}
