package dev.weir.wire.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;

/**
 * One of the four rings of an AF_XDP socket, in memory shared with the kernel: a single producer and a single consumer,
 * each of which counts up a 32-bit number that wraps; the place in the ring is that number's lower bits. We produce into
 * the fill and transmit rings and consume from the receive and completion rings. Descriptors are addresses in fill and
 * completion (8 bytes), and address, length, options in receive and transmit (16 bytes).
 *
 * <p>One thread at a time; allocates nothing. What was written becomes the kernel's with {@link #publish}, what was read
 * with {@link #giveBack}. Layout and order of memory: the kernel's {@code Documentation/networking/af_xdp.rst}.
 */
final class XdpRing {
    /** Octets of a descriptor in the fill and completion rings, and in the receive and transmit rings. */
    static final int ADDRESS_SIZE = 8, PACKET_SIZE = 16;
    /** In {@code struct xdp_ring_offset}. */
    static final int PRODUCER = 0, CONSUMER = 8, DESCRIPTORS = 16, FLAGS = 24;

    private static final VarHandle INT = JAVA_INT.varHandle().withInvokeExactBehavior();
    private static final int NEEDS_WAKEUP = 1;
    private static final int LENGTH = 8, OPTIONS = 12;

    private final MemorySegment memory;
    private final long producerAt;
    private final long consumerAt;
    private final long flagsAt;
    private final long descriptorsAt;
    private final int entries;
    private final int mask;
    /** Our end, ahead of what the kernel was told; and what of the kernel's end was last seen. */
    private int ours, theirs;

    /**
     * @param memory the ring as it was mapped
     * @param offsets where its parts are: a {@code struct xdp_ring_offset} at {@code at}
     * @param entries a power of two
     */
    XdpRing(MemorySegment memory, MemorySegment offsets, long at, int entries) {
        this.memory = memory;
        this.producerAt = offsets.get(JAVA_LONG, at + PRODUCER);
        this.consumerAt = offsets.get(JAVA_LONG, at + CONSUMER);
        this.descriptorsAt = offsets.get(JAVA_LONG, at + DESCRIPTORS);
        this.flagsAt = offsets.get(JAVA_LONG, at + FLAGS);
        this.entries = entries;
        this.mask = entries - 1;
    }

    /** For a producer: how many descriptors can be written. */
    int free() {
        int free = entries - (ours - theirs);
        if (free > 0) return free;
        theirs = (int) INT.getAcquire(memory, consumerAt);
        return entries - (ours - theirs);
    }

    /** For a producer: how much of what was published the kernel has yet to take. */
    int pending() {
        theirs = (int) INT.getAcquire(memory, consumerAt);
        return ours - theirs;
    }

    /** For a producer: adds an address. There is room. */
    void put(long address) {
        memory.set(JAVA_LONG, descriptorsAt + ((long) (ours++ & mask) << 3), address);
    }

    /** For a producer: adds a packet, or a part of one. There is room. */
    void put(long address, int length, int options) {
        long at = descriptorsAt + ((long) (ours++ & mask) << 4);
        memory.set(JAVA_LONG, at, address);
        memory.set(JAVA_INT, at + LENGTH, length);
        memory.set(JAVA_INT, at + OPTIONS, options);
    }

    /** For a producer: what was written is now the kernel's. */
    void publish() {
        INT.setRelease(memory, producerAt, ours);
    }

    /** For a consumer: how many descriptors can be read. */
    int available() {
        int available = theirs - ours;
        if (available > 0) return available;
        theirs = (int) INT.getAcquire(memory, producerAt);
        return theirs - ours;
    }

    /** For a consumer: the address in the {@code i}th of what is available. */
    long address(int i) {
        return memory.get(JAVA_LONG, descriptorsAt + ((long) ((ours + i) & mask) << 3));
    }

    /** For a consumer: the address of the {@code i}th packet of what is available. */
    long packetAddress(int i) {
        return memory.get(JAVA_LONG, packetAt(i));
    }

    int packetLength(int i) {
        return memory.get(JAVA_INT, packetAt(i) + LENGTH);
    }

    int packetOptions(int i) {
        return memory.get(JAVA_INT, packetAt(i) + OPTIONS);
    }

    /** For a consumer: the first {@code count} of what was available were read. */
    void giveBack(int count) {
        ours += count;
        INT.setRelease(memory, consumerAt, ours);
    }

    /** For a producer: whether the kernel sleeps until it is called. */
    boolean needsWakeup() {
        return ((int) INT.getAcquire(memory, flagsAt) & NEEDS_WAKEUP) != 0;
    }

    private long packetAt(int i) {
        return descriptorsAt + ((long) ((ours + i) & mask) << 4);
    }
}
