package dev.weir.wire.linux;

import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import dev.weir.packet.Checksums;
import dev.weir.packet.Ethernet;
import dev.weir.packet.Offload;
import dev.weir.packet.Vlan;
import dev.weir.wire.PortCounters;
import dev.weir.wire.SendFault;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * Copies frames into free chunks of a socket and puts them into its transmit ring; the completion ring gives the chunks
 * back. There are as many chunks as the rings have entries, so none of them is ever full while a chunk is free. A
 * worker's; allocates nothing.
 */
final class XdpTransmitter {
    private static final ValueLayout.OfShort SHORT = JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    private final XdpSocket socket;
    private final XdpRing ring;
    private final MemorySegment memory;
    private final PortCounters counters;
    private final int chunk;
    private final int maxUntagged;
    /** A stack, so that the chunk used last, which is in the cache, is used next. */
    private final long[] free;

    private int freeCount;
    private boolean unpublished;
    private boolean stuck;

    XdpTransmitter(XdpSocket socket, PortCounters counters) {
        XdpLayout layout = socket.layout;
        this.socket = socket;
        this.ring = socket.transmit;
        this.memory = socket.memory;
        this.counters = counters;
        this.chunk = layout.chunk();
        this.maxUntagged = layout.maxFrame() - XdpLayout.TAG_OCTETS;
        this.free = new long[layout.entries()];
        for (int i = 0; i < free.length; i++) free[freeCount++] = layout.transmitAt(i);
    }

    /** @return a {@link SendFault} */
    int send(MemorySegment data, long offset, int length, long offload) {
        if (length < Ethernet.SIZE) return SendFault.REFUSED;
        if (length > maxUntagged && length > maxUntagged + tagOctets(data, offset)) return SendFault.TOO_LONG;
        int parts = length <= chunk ? 1 : (length + chunk - 1) / chunk;
        if (freeCount < parts && !reclaim(parts)) return SendFault.RING_FULL;
        long first = free[freeCount - 1];
        if (parts == 1) {
            freeCount--;
            MemorySegment.copy(data, offset, memory, first, length);
            ring.put(first, length, 0);
        } else {
            scatter(data, offset, length);
        }
        unpublished = true;
        if (Offload.needsChecksum(offload)) finishChecksum(data, offset, length, first, offload);
        counters.add(PortCounters.TX_PACKETS, 1);
        counters.add(PortCounters.TX_BYTES, length);
        return SendFault.NONE;
    }

    private static int tagOctets(MemorySegment data, long offset) {
        if (!Vlan.isTag(Ethernet.type(data, offset))) return 0;
        return Vlan.isTag(Vlan.type(data, offset + Ethernet.SIZE)) ? 2 * Vlan.SIZE : Vlan.SIZE;
    }

    private void scatter(MemorySegment data, long offset, int length) {
        for (int done = 0; done < length; ) {
            int octets = Math.min(chunk, length - done);
            long to = free[--freeCount];
            MemorySegment.copy(data, offset + done, memory, to, octets);
            done += octets;
            ring.put(to, octets, done < length ? XdpReceiver.CONTINUED : 0);
        }
    }

    /** Computes over the original, which lies in one piece, and stores in the copy, whose first chunk has the headers. */
    private void finishChecksum(MemorySegment data, long offset, int length, long first, long offload) {
        int start = Offload.checksumStart(offload);
        int field = start + Offload.checksumOffset(offload);
        if (field > Math.min(length, chunk) - Short.BYTES) return;
        int checksum = Checksums.internet(data, offset + start, length - start);
        memory.set(SHORT, first + field, (short) Checksums.udpField(checksum));
        counters.add(PortCounters.CHECKSUMS, 1);
    }

    /** Gets back what was sent; sends what was not when that is too little. */
    private boolean reclaim(int needed) {
        complete();
        if (freeCount >= needed) return true;
        flush();
        return freeCount >= needed;
    }

    private void complete() {
        XdpRing completion = socket.completion;
        int n = completion.available();
        if (n == 0) return;
        for (int i = 0; i < n; i++) free[freeCount++] = completion.address(i);
        completion.giveBack(n);
    }

    /** Has the kernel send what is in the ring. @return whether the interface could take it: false when it is down or gone */
    boolean flush() {
        if (unpublished) {
            ring.publish();
            unpublished = false;
        }
        boolean up = true;
        int pending = ring.pending();
        while (pending > 0 && up && (!socket.zeroCopy || ring.needsWakeup())) {
            int result = socket.kick();
            up = result != -Errno.ENETDOWN && result != -Errno.ENXIO && result != -Errno.ENODEV;
            if (result == -Errno.EBUSY) counters.add(PortCounters.TX_FAULTS + SendFault.REFUSED, 1);
            int left = ring.pending();
            if (result >= 0 || left == pending) break;
            pending = left;
        }
        stuck = pending > 0 && ring.pending() > 0;
        complete();
        return up;
    }

    /** Tries again what the kernel did not take at the last {@link #flush}, which nobody may call for a while. */
    void flushStuck() {
        if (stuck) flush();
    }
}
