package dev.weir.wire.linux;

import dev.weir.packet.LinkType;
import dev.weir.packet.PacketVector;
import dev.weir.wire.PortCounters;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * Takes packets out of a socket's receive ring and gives their chunks back to its fill ring. A packet in one chunk stays
 * where it is; one in several is put together in the assembly of the {@link XdpLayout}. A worker's; allocates nothing.
 */
final class XdpReceiver {
    /** In the options of a descriptor: the packet goes on in the next one. */
    static final int CONTINUED = 1;

    private final XdpSocket socket;
    private final XdpLayout layout;
    private final XdpRing ring;
    private final MemorySegment memory;
    private final PortCounters counters;
    private final int portIndex;
    private final UnfinishedChecksums unfinished = new UnfinishedChecksums();
    /** Chunks that were received and not given back. */
    private final long[] held;

    private int heldCount;

    XdpReceiver(XdpSocket socket, PortCounters counters, int portIndex) {
        this.socket = socket;
        this.layout = socket.layout;
        this.ring = socket.receive;
        this.memory = socket.memory;
        this.counters = counters;
        this.portIndex = portIndex;
        this.held = new long[layout.entries()];
    }

    /** @param clockOffset from {@link System#nanoTime} to nanoseconds since 1970 */
    int receive(PacketVector vector, long clockOffset) {
        int available = ring.available();
        if (available == 0) return 0;
        vector.data = memory;
        int packets =
                layout.parts() ? assembled(vector, available) : inPlace(vector, Math.min(available, vector.capacity()));
        if (packets == 0) {
            release();
            return 0;
        }
        Arrays.fill(vector.time, 0, packets, System.nanoTime() + clockOffset);
        if (vector.offload.length > 0) Arrays.fill(vector.offload, 0, packets, 0);
        vector.uniform(LinkType.ETHERNET, portIndex);
        vector.size = packets;
        count(vector, packets);
        return packets;
    }

    private int inPlace(PacketVector vector, int packets) {
        for (int i = 0; i < packets; i++) {
            long address = ring.packetAddress(i);
            int length = ring.packetLength(i);
            held[i] = layout.chunkOf(address);
            vector.offset[i] = address;
            vector.captured[i] = length;
            vector.length[i] = length;
        }
        heldCount = packets;
        ring.giveBack(packets);
        return packets;
    }

    private int assembled(PacketVector vector, int available) {
        int packets = 0;
        int done = 0;
        int room = 0;
        while (packets < vector.capacity()) {
            int parts = partsAt(done, available);
            if (parts == 0) break;
            int length = lengthAt(done, parts);
            boolean segmented = length > layout.maxFrame();
            boolean inPlace = parts == 1;
            if (!segmented && !inPlace && length > layout.assemblyOctets() - room) break;
            if (segmented) {
                counters.add(PortCounters.SEGMENTED, 1);
                counters.add(PortCounters.RX_DROPPED, 1);
            } else {
                long at = inPlace ? ring.packetAddress(done) : layout.assemblyAt() + room;
                if (!inPlace) room += assemble(done, parts, at);
                vector.offset[packets] = at;
                vector.captured[packets] = length;
                vector.length[packets++] = length;
            }
            for (int i = 0; i < parts; i++) held[heldCount++] = layout.chunkOf(ring.packetAddress(done + i));
            done += parts;
        }
        ring.giveBack(done);
        return packets;
    }

    /** How many descriptors the packet at {@code first} takes; 0 when there is none, or not its end. */
    private int partsAt(int first, int available) {
        for (int i = first; i < available; i++) {
            if ((ring.packetOptions(i) & CONTINUED) == 0) return i - first + 1;
        }
        return 0;
    }

    private int lengthAt(int first, int parts) {
        int length = 0;
        for (int i = 0; i < parts; i++) length += ring.packetLength(first + i);
        return length;
    }

    private int assemble(int first, int parts, long to) {
        int done = 0;
        for (int i = 0; i < parts; i++) {
            int length = ring.packetLength(first + i);
            MemorySegment.copy(memory, ring.packetAddress(first + i), memory, to + done, length);
            done += length;
        }
        return done;
    }

    private void count(PacketVector vector, int packets) {
        long octets = 0;
        int finished = 0;
        for (int i = 0; i < packets; i++) {
            int length = vector.captured[i];
            octets += length;
            if (unfinished.finish(memory, vector.offset[i], length)) finished++;
        }
        counters.add(PortCounters.RX_PACKETS, packets);
        counters.add(PortCounters.RX_BYTES, octets);
        if (finished > 0) counters.add(PortCounters.CHECKSUMS, finished);
    }

    /** Gives back all that is held. */
    void release() {
        if (heldCount == 0) return;
        XdpRing fill = socket.fill;
        for (int i = 0; i < heldCount; i++) fill.put(held[i]);
        heldCount = 0;
        fill.publish();
        if (fill.needsWakeup()) socket.wakeReceiver();
    }
}
