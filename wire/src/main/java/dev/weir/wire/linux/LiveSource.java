package dev.weir.wire.linux;

import dev.weir.packet.LinkType;
import dev.weir.packet.PacketVector;
import dev.weir.wire.BpfInstruction;
import dev.weir.wire.CaptureException;
import dev.weir.wire.FilteredSource;
import dev.weir.wire.PacketFilter;
import dev.weir.wire.PacketSource;
import dev.weir.wire.PortException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The packets that come and go through an interface of Linux, as tcpdump would see them, stamped by the kernel in
 * nanoseconds; the first {@link #SNAP} octets of each. Promiscuous; on the loopback interface, where what goes also
 * comes, each once. Needs CAP_NET_RAW to open.
 *
 * <p>A packet has the same time here as in every other capture, except those that {@link #stampedLate} counts: see
 * {@link PacketSocket#stampOnArrival}.
 *
 * <p>{@link #read} waits for a moment when there is nothing, then says {@link #IDLE}; {@link #clock} follows the machine's
 * clock at a distance that no packet lags behind. It ends after the time it was given, else never; an interface that is
 * deleted is damage, one that is down is waited for.
 */
public final class LiveSource implements PacketSource {
    /** Octets of a packet that are kept; headers, even of tunnels, are shorter. */
    public static final int SNAP = 1024;

    private static final int WAIT_MILLIS = 50, LOOK_EVERY = 10;
    private static final long LAG = TimeUnit.MILLISECONDS.toNanos(10L * BlockRing.RETIRE_MILLIS);
    private static final int KERNEL_INSTRUCTIONS = 4096;
    private static final int NO_HEADER = 65_534, RAW_IP = 519, TUNNEL = 768, TUNNEL6 = 769, SIT = 776;

    private final String name;
    private final Device device;
    private final PacketSocket socket;
    private final BlockRing ring;
    private final int interfaceIndex, link;
    private final long end;

    private long packets, dropped;
    private int idles;
    private boolean ended, closed;
    private volatile long octets, clock = Long.MIN_VALUE;
    private volatile boolean wasDown;

    private LiveSource(String name, Device device, int link, SocketFilter filter, long nanos) throws PortException {
        this.name = name;
        this.device = device;
        this.link = link;
        interfaceIndex = device.index();
        socket = new PacketSocket(name);
        try {
            ring = new BlockRing(socket);
            try {
                socket.filter(filter);
                if (device.hardwareType() == Device.LOOPBACK) {
                    socket.option(PacketSocket.IGNORE_OUTGOING, 1, "ignore what comes back anyhow");
                }
                socket.bind(interfaceIndex, PacketSocket.ETH_P_ALL);
                socket.promiscuous(interfaceIndex);
            } catch (PortException e) {
                ring.close();
                throw e;
            }
        } catch (PortException e) {
            socket.close();
            throw e;
        }
        end = nanos == Long.MAX_VALUE ? Long.MAX_VALUE : now() + nanos;
    }

    /** Whether there is an interface of that name. */
    public static boolean isInterface(String name) {
        return Device.isName(name) && Libc.interfaceIndex(name) > 0;
    }

    /** The names of all interfaces. */
    public static List<String> interfaces() {
        return Libc.interfaceNames();
    }

    /**
     * Begins to capture.
     *
     * @param filter an expression of pcap-filter(7), which the kernel applies where it can; the empty one takes all
     * @param nanos how long; {@link Long#MAX_VALUE} for ever
     * @throws PortException when there is no such interface, or rights are missing
     * @throws CaptureException when the expression is wrong or libpcap is missing
     */
    public static PacketSource open(String name, String filter, long nanos) throws IOException {
        Device device = new Device(name);
        try {
            if (device.index() < 0) {
                throw new PortException(
                        name, "no such interface; the interfaces are: " + String.join(", ", Libc.interfaceNames()));
            }
            int link = linkType(name, device.hardwareType());
            List<BpfInstruction> program =
                    filter.isEmpty() ? List.of() : PacketFilter.instructionsFor(filter, name, link);
            if (runsInKernel(program)) return new LiveSource(name, device, link, snapping(program), nanos);
            return new FilteredSource(new LiveSource(name, device, link, snapping(List.of()), nanos), filter);
        } catch (IOException e) {
            device.close();
            throw e;
        }
    }

    private static int linkType(String name, int hardwareType) throws PortException {
        return switch (hardwareType) {
            case Device.ETHER, Device.LOOPBACK -> LinkType.ETHERNET;
            case NO_HEADER, RAW_IP, TUNNEL, TUNNEL6, SIT -> LinkType.RAW;
            default ->
                throw new PortException(
                        name,
                        "packets of hardware type " + hardwareType
                                + " cannot be captured live; capture to a file first (tcpdump -i " + name
                                + " -w FILE)");
        };
    }

    /** The kernel knows no jumps back and no program that is longer. */
    private static boolean runsInKernel(List<BpfInstruction> program) {
        return program.size() <= KERNEL_INSTRUCTIONS
                && program.stream()
                        .noneMatch(each -> each.code() == (BpfInstruction.JMP | BpfInstruction.JA) && each.k() < 0);
    }

    /** The program, taking {@link #SNAP} octets of what it accepts; of everything, where there is none. */
    private static SocketFilter snapping(List<BpfInstruction> program) {
        List<BpfInstruction> code = new ArrayList<>();
        for (BpfInstruction each : program) {
            boolean accepts = each.code() == BpfInstruction.RET && each.k() != 0;
            code.add(accepts ? new BpfInstruction(BpfInstruction.RET, 0, 0, SNAP) : each);
        }
        if (code.isEmpty()) code.add(new BpfInstruction(BpfInstruction.RET, 0, 0, SNAP));
        return new SocketFilter(List.copyOf(code));
    }

    /** Nanoseconds since 1970 by the clock that the kernel stamps with. */
    private static long now() {
        return TimeUnit.MILLISECONDS.toNanos(System.currentTimeMillis());
    }

    @Override
    @SuppressWarnings("NonAtomicVolatileUpdate") // one writer: who reads
    public int read(PacketVector vector) throws CaptureException {
        vector.size = 0;
        vector.first = packets + 1;
        vector.uniform(link, 0);
        long now = now(); // before the ring is looked at: what is older, but for the lag, is in it
        if (ended || now - LAG >= end) return 0;
        int n = ring.receive(vector, SNAP);
        if (n == 0) {
            Libc.awaitReadable(socket.descriptor(), WAIT_MILLIS);
            n = ring.receive(vector, SNAP);
        }
        if (n == 0) return idle(now);
        n = beforeEnd(vector, n);
        vector.size = n;
        packets += n;
        long sum = 0;
        for (int i = 0; i < n; i++) sum += vector.length[i];
        octets += sum;
        return n;
    }

    private int idle(long now) throws CaptureException {
        clock = Math.max(clock, now - LAG);
        if (++idles % LOOK_EVERY == 0) {
            if (device.index() != interfaceIndex) {
                ended = true;
                throw new CaptureException(name, octets, packets, "the interface is gone");
            }
            wasDown |= (device.flags() & Device.UP) == 0;
            socket.clearError();
        }
        return IDLE;
    }

    /** How many of the packets are from before the end. */
    private int beforeEnd(PacketVector vector, int n) {
        for (int i = 0; i < n; i++) {
            if (vector.time[i] >= end) {
                ended = true;
                return i;
            }
        }
        return n;
    }

    @Override
    public long clock() {
        return clock;
    }

    /** Octets of the packets that were received, as long as they were on the wire. */
    @Override
    public long bytesRead() {
        return octets;
    }

    /** Packets for which the ring had no room. */
    @Override
    public synchronized long dropped() {
        if (!closed) dropped += socket.drops();
        return dropped;
    }

    @Override
    public long stampedLate() {
        return ring.stampedLate();
    }

    @Override
    public List<String> notes() {
        List<String> notes = new ArrayList<>();
        if (wasDown) notes.add(name + ": the interface was down for a while");
        long lost = dropped();
        if (lost != 0) notes.add(name + ": the kernel dropped " + lost + " packets for want of room");
        return notes;
    }

    @Override
    public synchronized void close() {
        if (closed) return;
        dropped();
        closed = true;
        ring.close();
        socket.close();
        device.close();
    }
}
