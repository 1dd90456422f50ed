package dev.weir.wire.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import dev.weir.wire.PortException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;

/**
 * A packet socket and its ring, packet(7). Made without a protocol, so that it receives nothing until {@link #bind} says
 * on which interface. A failure while it is set up is a {@link PortException} with what to do; the caller closes.
 */
final class PacketSocket implements AutoCloseable {
    static final int SOL_PACKET = 263;
    static final int ADD_MEMBERSHIP = 1, RX_RING = 5, STATISTICS = 6, COPY_THRESHOLD = 7, VERSION = 10, RESERVE = 12;
    static final int TX_RING = 13, VNET_HEADER = 15, FANOUT = 18, QDISC_BYPASS = 20, FANOUT_DATA = 22;
    static final int IGNORE_OUTGOING = 23;
    static final int VERSION_2 = 1, VERSION_3 = 2;
    static final int ETH_P_ALL = 3;

    /** Of a slot's status: the packet was stamped before it came to this socket. */
    static final int STAMPED = 1 << 29;

    private static final int SO_SNDBUF = 7, SO_RCVBUF = 8, SO_ERROR = 4, SO_SNDBUFFORCE = 32, SO_RCVBUFFORCE = 33;
    private static final int SO_TIMESTAMPNS = 35, SO_ATTACH_FILTER = 26, SO_DETACH_FILTER = 27;
    private static final int ADDRESS_SIZE = 20, MEMBERSHIP_SIZE = 16, PROMISCUOUS = 1;
    /** A group does not ask its sockets whether they ignore what is sent. */
    private static final int FANOUT_CBPF = 6, FANOUT_UNIQUE_ID = 0x2000, FANOUT_IGNORE_OUTGOING = 0x4000;

    private final String name;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment statistics = arena.allocate(12, 4), statisticsSize = arena.allocate(JAVA_INT);
    private final int fd;

    /** @param name the interface's, for messages */
    PacketSocket(String name) throws PortException {
        this.name = name;
        fd = Libc.socket(Libc.AF_PACKET, Libc.SOCK_RAW | Libc.SOCK_CLOEXEC | Libc.SOCK_NONBLOCK, 0);
        if (fd < 0) {
            arena.close();
            throw refused("open a packet socket", fd);
        }
    }

    private PortException refused(String what, long errno) {
        if (errno == -Errno.EPERM || errno == -Errno.EACCES) {
            return new PortException(
                    name,
                    "may not " + what + "; needs CAP_NET_RAW: run as root, or give that capability "
                            + "(systemd: AmbientCapabilities=; setpriv --inh-caps +net_raw --ambient-caps +net_raw)");
        }
        String remedy = errno == -Errno.ENOMEM ? "; make the rings smaller" : "";
        return new PortException(name, "cannot " + what + ": " + Errno.describe(errno) + remedy);
    }

    int descriptor() {
        return fd;
    }

    void option(int option, int value, String what) throws PortException {
        int status = Libc.setsockopt(fd, SOL_PACKET, option, value);
        if (status < 0) throw refused(what, status);
    }

    /** Asks for buffers of that many octets, as far as the rights go. */
    void buffers(int octets) {
        if (Libc.setsockopt(fd, Libc.SOL_SOCKET, SO_SNDBUFFORCE, octets) < 0) {
            Libc.setsockopt(fd, Libc.SOL_SOCKET, SO_SNDBUF, octets);
        }
        if (Libc.setsockopt(fd, Libc.SOL_SOCKET, SO_RCVBUFFORCE, octets) < 0) {
            Libc.setsockopt(fd, Libc.SOL_SOCKET, SO_RCVBUF, octets);
        }
    }

    /**
     * Has the kernel stamp packets when they arrive, once for all sockets, rather than when each socket copies them. It
     * begins a moment after this returns. Packets that carry a time at which TCP, or a program with SO_TXTIME, wanted
     * them sent are not stamped where they arrive, since the kernel has but one field for both (Linux 5.18 to 6.18, at
     * least): those of a peer behind a veth pair, and of the machine itself on the loopback interface.
     */
    void stampOnArrival() throws PortException {
        int status = Libc.setsockopt(fd, Libc.SOL_SOCKET, SO_TIMESTAMPNS, 1);
        if (status < 0) throw refused("have packets stamped", status);
    }

    /** Asks for a ring: {@code struct tpacket_req}, of version 3 where it is longer. */
    void ring(int option, int... request) throws PortException {
        try (Arena local = Arena.ofConfined()) {
            int status = Libc.setsockopt(fd, SOL_PACKET, option, local.allocateFrom(JAVA_INT, request));
            if (status < 0)
                throw refused("make a ring of " + (((long) request[0] * request[1]) >> 10) + " KiB", status);
        }
    }

    /**
     * Maps the ring, and plain memory behind it; both go when the arena closes.
     *
     * @param size octets of the ring
     * @param more octets of the plain memory
     */
    MemorySegment map(long size, long more, Arena owner) throws PortException {
        int access = Libc.PROT_READ | Libc.PROT_WRITE;
        String what = "map a ring of " + (size >> 10) + " KiB";
        long address = Libc.mmap(0, size + more, access, Libc.MAP_PRIVATE | Libc.MAP_ANONYMOUS, -1, 0);
        if (address < 0) throw refused(what, address);
        long ring = Libc.mmap(address, size, access, Libc.MAP_SHARED | Libc.MAP_FIXED, fd, 0);
        if (ring < 0) {
            Libc.munmap(address, size + more);
            throw refused(what, ring);
        }
        return MemorySegment.ofAddress(address).reinterpret(size + more, owner, _ -> Libc.munmap(address, size + more));
    }

    /** Begins to receive, with protocol {@link #ETH_P_ALL}, or only to send, with 0. A device that is down is none. */
    void bind(int interfaceIndex, int protocol) throws PortException {
        try (Arena local = Arena.ofConfined()) {
            MemorySegment address = local.allocate(ADDRESS_SIZE, 4);
            address.set(JAVA_SHORT, 0, (short) Libc.AF_PACKET);
            address.set(JAVA_SHORT.withOrder(ByteOrder.BIG_ENDIAN), 2, (short) protocol);
            address.set(JAVA_INT, 4, interfaceIndex);
            int status = Libc.bind(fd, address);
            if (status < 0) throw refused("bind a packet socket", status);
        }
    }

    /** Receives also what is for other stations. */
    void promiscuous(int interfaceIndex) throws PortException {
        try (Arena local = Arena.ofConfined()) {
            MemorySegment membership = local.allocate(MEMBERSHIP_SIZE, 4);
            membership.set(JAVA_INT, 0, interfaceIndex);
            membership.set(JAVA_SHORT, 4, (short) PROMISCUOUS);
            int status = Libc.setsockopt(fd, SOL_PACKET, ADD_MEMBERSHIP, membership);
            if (status < 0) throw refused("make it promiscuous", status);
        }
    }

    /** Has the kernel drop what the program rejects before it is copied. */
    void filter(SocketFilter program) throws PortException {
        try (Arena local = Arena.ofConfined()) {
            int status = Libc.setsockopt(fd, Libc.SOL_SOCKET, SO_ATTACH_FILTER, program.encode(local));
            if (status < 0) throw refused("attach a socket filter", status);
        }
    }

    void withoutFilter() {
        Libc.setsockopt(fd, Libc.SOL_SOCKET, SO_DETACH_FILTER, 0);
    }

    /** Begins a group whose members share the packets as the program says, with what this host sends or without; returns the group's id. */
    int beginFanout(SocketFilter program, boolean outgoing) throws PortException {
        option(FANOUT, (fanout(outgoing) | FANOUT_UNIQUE_ID) << 16, "share packets among workers");
        try (Arena local = Arena.ofConfined()) {
            int status = Libc.setsockopt(fd, SOL_PACKET, FANOUT_DATA, program.encode(local));
            if (status < 0) throw refused("say how packets are shared among workers", status);
            MemorySegment value = local.allocate(JAVA_INT);
            status = Libc.getsockopt(fd, SOL_PACKET, FANOUT, value, local.allocateFrom(JAVA_INT, 4));
            if (status < 0) throw refused("share packets among workers", status);
            return value.get(JAVA_INT, 0) & 0xFFFF;
        }
    }

    void joinFanout(int group, boolean outgoing) throws PortException {
        option(FANOUT, fanout(outgoing) << 16 | group, "share packets among workers");
    }

    /** @param outgoing whether what this host sends is shared too */
    private static int fanout(boolean outgoing) {
        return outgoing ? FANOUT_CBPF : FANOUT_CBPF | FANOUT_IGNORE_OUTGOING;
    }

    /** Takes away the error that a lost interface left, which would make the descriptor readable for ever. */
    void clearError() {
        try (Arena local = Arena.ofConfined()) {
            Libc.getsockopt(fd, Libc.SOL_SOCKET, SO_ERROR, local.allocate(JAVA_INT), local.allocateFrom(JAVA_INT, 4));
        }
    }

    /** Packets that found no room since the last call. One thread at a time; allocates nothing. */
    long drops() {
        statisticsSize.set(JAVA_INT, 0, (int) statistics.byteSize());
        boolean told = Libc.tryOption(fd, SOL_PACKET, STATISTICS, statistics, statisticsSize);
        return !told ? 0 : Integer.toUnsignedLong(statistics.get(JAVA_INT, 4));
    }

    @Override
    public void close() {
        if (arena.scope().isAlive()) {
            Libc.close(fd);
            arena.close();
        }
    }
}
