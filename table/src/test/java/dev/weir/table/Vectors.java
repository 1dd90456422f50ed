package dev.weir.table;

import dev.weir.packet.LinkType;
import dev.weir.packet.PacketVector;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** A vector that tests fill frame by frame, and the picks of its packets by family. */
final class Vectors {
    static final int FRAME_BYTES = 2048;

    final PacketVector packets;
    final FlowVector flows;
    final int[] picks;

    Vectors(int capacity) {
        this(new PacketVector(capacity), false);
    }

    Vectors(PacketVector packets, boolean live) {
        this(packets, live, false);
    }

    Vectors(PacketVector packets, boolean live, boolean measured) {
        this.packets = packets;
        int capacity = packets.capacity();
        packets.data = Arena.ofAuto().allocate((long) capacity * FRAME_BYTES);
        packets.first = 1;
        flows = new FlowVector(packets, live, measured);
        picks = new int[capacity];
    }

    /** Empties it; the packets to come carry on the numbering. */
    void clear() {
        packets.first += packets.size;
        packets.size = 0;
    }

    void add(long time, byte[] frame) {
        add(time, frame, frame.length, LinkType.ETHERNET, 0);
    }

    void add(long time, byte[] frame, int length, int link, int port) {
        int i = packets.size++;
        packets.offset[i] = (long) i * FRAME_BYTES;
        packets.captured[i] = frame.length;
        packets.length[i] = length;
        packets.time[i] = time;
        packets.link[i] = link;
        packets.port[i] = port;
        MemorySegment.copy(MemorySegment.ofArray(frame), 0, packets.data, packets.offset[i], frame.length);
    }

    /** Picks the packets of a family among {@code from} to {@code to}; returns how many. */
    int pick(int family, int from, int to) {
        int n = 0;
        for (int i = from; i < to; i++) {
            if (flows.family(i) == family) {
                picks[n++] = i;
            }
        }
        return n;
    }

    /** Tracks all packets, runs of one family after the other so that they stay in order. */
    void track(FlowTable table, FlowRecords out) {
        int from = 0;
        while (from < packets.size) {
            int family = flows.family(from);
            int to = from;
            int n = 0;
            while (to < packets.size && flows.family(to) == family && n < FlowTable.VECTOR) {
                picks[n++] = to++;
            }
            if (family != 0) {
                table.track(family, flows, picks, 0, n, out);
            }
            from = to;
        }
    }
}
