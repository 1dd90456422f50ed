package dev.weir.dataplane.graph;

import dev.weir.packet.PacketVector;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/**
 * Some packets of a vector on their way through the graph: as they came, the nodes that they visited, as they left. A
 * worker's own; allocates nothing but in {@link #came} and {@link #left}.
 */
final class Passages {
    /** How many packets of a vector are followed; flows whose packet is not wait for their next one. */
    private static final int MOST = 8;

    private final int[] packets = new int[MOST];
    private final long[] visited = new long[MOST], decided = new long[MOST];
    private final boolean[] copied = new boolean[MOST];
    private final int[] to = new int[MOST];
    private final byte[][] before = new byte[MOST][FrameHead.MOST], after = new byte[MOST][FrameHead.MOST];
    private final int[] lengthBefore = new int[MOST], lengthAfter = new int[MOST];
    private int size;

    int size() {
        return size;
    }

    /** Follows packet {@code i} from here on, where there is room, and none of its flow and direction is followed yet. */
    void begin(Batch batch, int i) {
        if (size == MOST || isFollowed(batch.flow[i], batch.flags[i] & Batch.REVERSE, batch)) {
            return;
        }
        packets[size] = i;
        visited[size] = 0;
        decided[size] = 0;
        copied[size] = false;
        to[size] = Batch.NO_PORT;
        lengthBefore[size] = keep(batch.packets, i, before[size]);
        size++;
    }

    private boolean isFollowed(int flow, int direction, Batch batch) {
        for (int f = 0; f < size; f++) {
            int other = packets[f];
            if (batch.flow[other] == flow && (batch.flags[other] & Batch.REVERSE) == direction) {
                return true;
            }
        }
        return false;
    }

    private static int keep(PacketVector p, int i, byte[] head) {
        int octets = Math.min(p.captured[i], FrameHead.MOST);
        MemorySegment.copy(p.data, ValueLayout.JAVA_BYTE, p.offset[i], head, 0, octets);
        return p.captured[i];
    }

    /** These packets have been through a node; {@code sent} says whether it sent frames of its own meanwhile. */
    void visited(Batch batch, int node, boolean sent, int[] picks, int n) {
        for (int f = 0; f < size; f++) {
            int i = packets[f];
            if (Arrays.binarySearch(picks, 0, n, i) >= 0) {
                visited[f] |= 1L << node;
                copied[f] |= sent;
                decided[f] |= (batch.flags[i] & Batch.DECIDED) == 0 ? 0 : 1L << node;
                batch.flags[i] &= ~Batch.DECIDED;
            }
        }
    }

    /** These packets are about to leave. */
    void leaving(Batch batch, int[] picks, int n) {
        for (int f = 0; f < size; f++) {
            int i = packets[f];
            if (Arrays.binarySearch(picks, 0, n, i) >= 0) {
                to[f] = batch.egress[i];
                lengthAfter[f] = keep(batch.packets, i, after[f]);
            }
        }
    }

    /** Which packet the {@code f}-th one is. */
    int packet(int f) {
        return packets[f];
    }

    /** The nodes that it visited, as bits. */
    long visited(int f) {
        return visited[f];
    }

    /** Those of them that said that what they did to it they do to all that follow. */
    long decided(int f) {
        return decided[f];
    }

    /** Whether a node that it visited sent frames of its own, and so perhaps copies of it. */
    boolean isCopied(int f) {
        return copied[f];
    }

    /** By which port it left, {@link Batch#NO_PORT} where it did not. */
    int to(int f) {
        return to[f];
    }

    FrameHead came(int f) {
        return head(before[f], lengthBefore[f]);
    }

    /** As it left, or where it did not, as it came. */
    FrameHead left(int f) {
        return to[f] == Batch.NO_PORT ? came(f) : head(after[f], lengthAfter[f]);
    }

    private static FrameHead head(byte[] octets, int length) {
        return new FrameHead(Arrays.copyOf(octets, Math.min(length, FrameHead.MOST)), length);
    }

    void clear() {
        size = 0;
    }
}
