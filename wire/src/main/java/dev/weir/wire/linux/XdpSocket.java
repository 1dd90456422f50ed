package dev.weir.wire.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import dev.weir.wire.PortException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.locks.LockSupport;

/**
 * An AF_XDP socket on one queue of an interface: its memory, its four rings, its descriptor. The control thread opens and
 * closes it and asks for statistics; in between the rings are one worker's. Opening allocates, nothing else does.
 *
 * <p>Source: the kernel's {@code Documentation/networking/af_xdp.rst} and {@code linux/if_xdp.h}.
 */
final class XdpSocket implements AutoCloseable {
    private static final int AF_XDP = 44, SOL_XDP = 283;
    private static final int MMAP_OFFSETS = 1, RX_RING = 2, TX_RING = 3, UMEM_REG = 4, FILL_RING = 5;
    private static final int COMPLETION_RING = 6, STATISTICS = 7, MAX_TX_BUDGET = 9;
    private static final int COPY = 1 << 1, ZERO_COPY = 1 << 2, USE_NEED_WAKEUP = 1 << 3, USE_PARTS = 1 << 4;
    private static final long RX_AT = 0, TX_AT = 0x8000_0000L, FILL_AT = 0x1_0000_0000L, COMPLETION_AT = 0x1_8000_0000L;
    /** {@code struct xdp_mmap_offsets}: four times {@code xdp_ring_offset}. */
    private static final int OFFSETS_SIZE = 128,
            RX_OFFSET = 0,
            TX_OFFSET = 32,
            FILL_OFFSET = 64,
            COMPLETION_OFFSET = 96;

    private static final int UMEM_REG_SIZE = 32, ADDRESS_SIZE = 16, STATISTICS_SIZE = 48;
    /** In {@code struct xdp_statistics}. */
    private static final int RX_DROPPED = 0, RX_RING_FULL = 24, FILL_RING_EMPTY = 32;

    private static final int BUSY_TRIES = 50;
    private static final long BUSY_PAUSE_NANOS = 5_000_000;
    /** Packets that the kernel sends in one call; more than the 32 of before Linux 6.17, which does not know the option. */
    private static final int TX_BUDGET = 256;

    final XdpLayout layout;
    final MemorySegment memory;
    final XdpRing receive, transmit, fill, completion;
    final int descriptor;
    /** Whether packets lie in the interface's own memory, not in a copy. */
    final boolean zeroCopy;

    private final Arena arena;
    private final MemorySegment statistics;
    private final MemorySegment statisticsSize;

    /** Where and how a socket is opened; {@code name} is for messages. */
    record Place(String name, int interfaceIndex, int queue, XdpLayout layout) {}

    private XdpSocket(Place place, int descriptor, boolean zeroCopy, Arena arena, MemorySegment memory, Rings rings) {
        this.layout = place.layout;
        this.descriptor = descriptor;
        this.zeroCopy = zeroCopy;
        this.arena = arena;
        this.memory = memory;
        this.receive = rings.receive;
        this.transmit = rings.transmit;
        this.fill = rings.fill;
        this.completion = rings.completion;
        this.statistics = arena.allocate(STATISTICS_SIZE, 8);
        this.statisticsSize = arena.allocate(JAVA_INT);
    }

    private record Rings(XdpRing receive, XdpRing transmit, XdpRing fill, XdpRing completion) {}

    /**
     * Opens and binds.
     *
     * @param tryZeroCopy whether zero-copy is tried first; copies are what every driver can do
     */
    static XdpSocket open(Place place, boolean tryZeroCopy) throws PortException {
        int fd = Libc.socket(AF_XDP, Libc.SOCK_RAW | Libc.SOCK_CLOEXEC, 0);
        if (fd < 0) throw XdpFaults.socket(place.name, fd);
        Arena arena = Arena.ofShared();
        boolean done = false;
        try {
            MemorySegment memory = map(place, arena, -1, place.layout.total(), 0);
            register(place, fd, memory, arena);
            Rings rings = rings(place, fd, arena);
            boolean zeroCopy = bind(place, fd, tryZeroCopy, arena);
            Libc.setsockopt(fd, SOL_XDP, MAX_TX_BUDGET, Math.min(TX_BUDGET, place.layout.entries()));
            for (int i = 0; i < place.layout.entries(); i++) rings.fill.put((long) i * place.layout.chunk());
            rings.fill.publish();
            done = true;
            return new XdpSocket(place, fd, zeroCopy, arena, memory, rings);
        } finally {
            if (!done) {
                Libc.close(fd);
                arena.close();
            }
        }
    }

    /** Memory of our own where {@code fd} is -1, else a ring of the socket; unmapped with the arena. */
    private static MemorySegment map(Place place, Arena arena, int fd, long length, long offset) throws PortException {
        int flags = fd < 0 ? Libc.MAP_PRIVATE | Libc.MAP_ANONYMOUS : Libc.MAP_SHARED | Libc.MAP_POPULATE;
        long address = Libc.mmap(0, length, Libc.PROT_READ | Libc.PROT_WRITE, flags, fd, offset);
        if (address < 0) throw XdpFaults.memory(place.name, place.layout.registered(), address);
        return MemorySegment.ofAddress(address)
                .reinterpret(length, arena, mapped -> Libc.munmap(mapped.address(), length));
    }

    private static void register(Place place, int fd, MemorySegment memory, Arena arena) throws PortException {
        MemorySegment registration = arena.allocate(UMEM_REG_SIZE, 8);
        registration.set(JAVA_LONG, 0, memory.address());
        registration.set(JAVA_LONG, 8, place.layout.registered());
        registration.set(JAVA_INT, 16, place.layout.chunk());
        int failure = Libc.setsockopt(fd, SOL_XDP, UMEM_REG, registration);
        if (failure < 0) throw XdpFaults.memory(place.name, place.layout.registered(), failure);
    }

    private static Rings rings(Place place, int fd, Arena arena) throws PortException {
        int entries = place.layout.entries();
        for (int ring : new int[] {FILL_RING, COMPLETION_RING, RX_RING, TX_RING}) {
            int failure = Libc.setsockopt(fd, SOL_XDP, ring, entries);
            if (failure < 0) throw XdpFaults.memory(place.name, place.layout.registered(), failure);
        }
        MemorySegment offsets = arena.allocate(OFFSETS_SIZE, 8);
        int failure = Libc.getsockopt(fd, SOL_XDP, MMAP_OFFSETS, offsets, arena.allocateFrom(JAVA_INT, OFFSETS_SIZE));
        if (failure < 0) throw XdpFaults.memory(place.name, place.layout.registered(), failure);
        return new Rings(
                ring(place, arena, fd, RX_AT, offsets, RX_OFFSET, XdpRing.PACKET_SIZE),
                ring(place, arena, fd, TX_AT, offsets, TX_OFFSET, XdpRing.PACKET_SIZE),
                ring(place, arena, fd, FILL_AT, offsets, FILL_OFFSET, XdpRing.ADDRESS_SIZE),
                ring(place, arena, fd, COMPLETION_AT, offsets, COMPLETION_OFFSET, XdpRing.ADDRESS_SIZE));
    }

    private static XdpRing ring(
            Place place, Arena arena, int fd, long mappedAt, MemorySegment offsets, long at, int descriptorSize)
            throws PortException {
        int entries = place.layout.entries();
        long length = offsets.get(JAVA_LONG, at + XdpRing.DESCRIPTORS) + (long) entries * descriptorSize;
        return new XdpRing(map(place, arena, fd, length, mappedAt), offsets, at, entries);
    }

    /** @return whether without copies */
    private static boolean bind(Place place, int fd, boolean tryZeroCopy, Arena arena) throws PortException {
        int parts = place.layout.parts() ? USE_PARTS : 0;
        MemorySegment address = arena.allocate(ADDRESS_SIZE, 4);
        address.set(JAVA_SHORT, 0, (short) AF_XDP);
        address.set(JAVA_INT, 4, place.interfaceIndex);
        address.set(JAVA_INT, 8, place.queue);
        if (tryZeroCopy && bind(fd, address, ZERO_COPY | USE_NEED_WAKEUP | parts) == 0) return true;
        int failure = bind(fd, address, COPY | USE_NEED_WAKEUP | parts);
        if (failure < 0) throw XdpFaults.bind(place, failure);
        return false;
    }

    /** The kernel frees the queue of a socket that was closed a moment later, so one that is busy is tried again. */
    private static int bind(int fd, MemorySegment address, int flags) {
        address.set(JAVA_SHORT, 2, (short) flags);
        int failure = Libc.bind(fd, address);
        for (int i = 0; failure == -Errno.EBUSY && i < BUSY_TRIES; i++) {
            LockSupport.parkNanos(BUSY_PAUSE_NANOS);
            failure = Libc.bind(fd, address);
        }
        return failure;
    }

    /** Asks the kernel to send what was published. @return 0, or the negative {@link Errno} */
    int kick() {
        return (int) Libc.sendto(descriptor, MemorySegment.NULL, Libc.MSG_DONTWAIT, MemorySegment.NULL);
    }

    /** Wakes a driver that waits for chunks to receive into. */
    void wakeReceiver() {
        Libc.recv(descriptor, MemorySegment.NULL, Libc.MSG_DONTWAIT);
    }

    /** Packets for which there was no chunk or no room in the ring, or that were longer than a chunk. */
    long dropped() {
        return statistic(RX_DROPPED) + statistic(RX_RING_FULL);
    }

    /** How many of {@link #dropped} were longer than a chunk; the others found none free, or the ring full. */
    long tooLong() {
        return Math.max(0, statistic(RX_DROPPED) - statistic(FILL_RING_EMPTY));
    }

    /** Asks the kernel for what the two above then tell; when it does not say they stay. Control thread only. */
    void readStatistics() {
        statisticsSize.set(JAVA_INT, 0, STATISTICS_SIZE);
        Libc.getsockopt(descriptor, SOL_XDP, STATISTICS, statistics, statisticsSize);
    }

    private long statistic(int at) {
        return statistics.get(JAVA_LONG, at);
    }

    /** Closes the socket and unmaps its memory; nobody reads it any more. */
    @Override
    public void close() {
        Libc.close(descriptor);
        arena.close();
    }
}
