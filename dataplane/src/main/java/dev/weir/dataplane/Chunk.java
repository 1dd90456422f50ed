package dev.weir.dataplane;

import dev.weir.packet.PacketVector;
import dev.weir.table.FlowVector;
import java.util.Arrays;

/**
 * A stretch of the stream on its way through the workers: packets, their keys, and who owns which. One worker reads and
 * extracts it, then publishes it; from then on all workers only read it.
 */
final class Chunk {
    /** Fits a core's second-level cache with what parsing touches of the packets. */
    static final int PACKETS = 2048;

    final PacketVector packets = new PacketVector(PACKETS);
    final FlowVector flows;
    /** Indices of the packets, sorted by owner and family, in stream order within. */
    final int[] picks = new int[PACKETS];
    /** The stream's clock at the end of the chunk. */
    long endTime;

    private final int workers;
    /** Of each packet, which (owner, family) it belongs to. */
    private final int[] groups = new int[PACKETS];
    /** Where in {@link #picks} the packets of (owner, family) end; those of no family come last. */
    private final int[] ends;

    /** Number of the chunk that is here for all to read. */
    private volatile long published = -1;

    /** {@code measured} says whether tables have features. */
    Chunk(int workers, boolean measured) {
        this.workers = workers;
        flows = new FlowVector(packets, false, measured);
        ends = new int[2 * workers + 1];
    }

    /** Sorts the packets by owner and family. */
    void partition() {
        Arrays.fill(ends, 0);
        for (int i = 0; i < packets.size; i++) {
            int group = group(i);
            groups[i] = group;
            ends[group]++;
        }
        int end = 0;
        for (int group = 0; group < ends.length; group++) {
            int count = ends[group];
            ends[group] = end;
            end += count;
        }
        pick(packets.size);
    }

    /** From where the groups begin to where they end. */
    private void pick(int size) {
        for (int i = 0; i < size; i++) {
            picks[ends[groups[i]]++] = i;
        }
    }

    private int group(int i) {
        int family = flows.family(i);
        if (family == 0) {
            return 2 * workers;
        }
        int owner = workers == 1 ? 0 : flows.shard(i, workers);
        return 2 * owner + (family >>> 1 & 1);
    }

    int begin(int worker, int family) {
        int group = 2 * worker + (family >>> 1 & 1);
        return group == 0 ? 0 : ends[group - 1];
    }

    int end(int worker, int family) {
        return ends[2 * worker + (family >>> 1 & 1)];
    }

    void publish(long number) {
        published = number;
    }

    boolean isPublished(long number) {
        return published >= number;
    }
}
