package dev.weir.wire.linux;

import dev.weir.wire.Port;
import dev.weir.wire.PortException;
import dev.weir.wire.PortQueue;
import dev.weir.wire.PortState;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An interface whose packets an eBPF program takes out of the kernel's way and hands to AF_XDP sockets, one a queue of the
 * interface. A worker beyond these queues receives nothing, and sends. Frames are Ethernet's, those for other stations
 * included; the kernel sees no packet that comes in while this is open.
 *
 * <p>Which worker gets a packet is up to how the interface spreads packets over its queues, which need not bring both
 * directions of a flow to the same one. Packets of senders on this machine come with unfinished checksums, which are
 * finished here; super-packets that such senders leave to the interface are lost, which {@link #maintain} tells of, with
 * the command that turns them off. VLAN tags that a sender or the interface keeps beside the packet
 * ({@code ethtool -K ... txvlan}, {@code rxvlan}) do not reach an eBPF program of any kind.
 *
 * <p>One control thread opens, maintains and closes it, in the network namespace that has the interface, and allocates; each
 * queue is one worker's. {@link #close} comes after the workers ended.
 */
public final class XdpPort implements Port {
    private final String name;
    private final XdpOptions options;
    private final Device device;
    private final List<XdpQueue> queues = new ArrayList<>();
    private final long[] droppedBefore;
    private final List<Withdrawn> withdrawn = new ArrayList<>();

    private @Nullable XdpSession session;
    private volatile PortState state = PortState.GONE;
    private volatile int mtu;
    private volatile long mac;
    private boolean closed;
    private String lastFault = "";
    private long tooLongTold;

    /** What a queue's worker may still use. */
    private record Withdrawn(XdpQueue queue, Endpoint endpoint) {}

    private XdpPort(String name, XdpOptions options) {
        this.name = name;
        this.options = options;
        this.device = new Device(name);
        this.droppedBefore = new long[options.queues()];
    }

    /**
     * Opens the interface, which may be down.
     *
     * @throws PortException when it is not there, or may not or cannot be opened so; nothing then stays open
     */
    public static XdpPort open(String name, XdpOptions options) throws PortException {
        MemoryLimit.raise();
        XdpPort port = new XdpPort(name, options);
        boolean done = false;
        try {
            for (int i = 0; i < options.queues(); i++) {
                int readiness = SystemCalls.epollCreate();
                if (readiness < 0)
                    throw new PortException(
                            name, "no descriptor: " + Errno.describe(readiness) + "; raise the limit (ulimit -n)");
                port.queues.add(new XdpQueue(readiness));
            }
            port.begin();
            done = true;
            return port;
        } finally {
            if (!done) port.close();
        }
    }

    private void begin() throws PortException {
        XdpSession next = XdpSession.open(name, device, options, queues);
        session = next;
        lastFault = "";
        tooLongTold = 0;
        mtu = next.layout().mtu();
        mac = device.address();
        for (int i = 0; i < queues.size(); i++) {
            watch(queues.get(i), next.endpoint(i));
            queues.get(i).offer(next.endpoint(i));
        }
        state = isUp() ? PortState.UP : PortState.DOWN;
        tell(next);
    }

    private static void watch(XdpQueue queue, Endpoint endpoint) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment event = arena.allocate(SystemCalls.EPOLL_EVENT_SIZE, 8);
            event.set(ValueLayout.JAVA_INT, 0, SystemCalls.EPOLLIN);
            SystemCalls.epollControl(queue.descriptor(), SystemCalls.EPOLL_CTL_ADD, endpoint.descriptor(), event);
        }
    }

    private boolean isUp() {
        int flags = device.flags();
        return flags >= 0 && (flags & Device.UP) != 0 && Ethtool.hasLink(name);
    }

    @Override
    public String maintain() {
        XdpSession now = session;
        if (closed) return "";
        if (now == null) return reopen();
        int index = device.index();
        if (index != now.interfaceIndex()) {
            end(now, PortState.GONE);
            return name + ": is gone; waiting for it to come back";
        }
        int mtuNow = device.mtu();
        if (mtuNow != now.layout().mtu()) {
            end(now, PortState.DOWN);
            return name + ": its MTU is now " + mtuNow + "; it is opened again";
        }
        PortState before = state;
        state = isUp() ? PortState.UP : PortState.DOWN;
        tell(now);
        if (state != before) return name + (state == PortState.UP ? ": is up" : ": is down or without carrier");
        return tellOfLongPackets(now);
    }

    private void tell(XdpSession now) {
        Instant instant = Instant.now();
        long clockOffset = instant.getEpochSecond() * 1_000_000_000L + instant.getNano() - System.nanoTime();
        for (int i = 0; i < queues.size(); i++) {
            queues.get(i)
                    .tell(
                            state == PortState.UP,
                            clockOffset,
                            droppedBefore[i] + now.endpoint(i).dropped());
        }
    }

    private String tellOfLongPackets(XdpSession now) {
        long tooLong = now.tooLong();
        if (tooLong == 0 || tooLongTold > 0) return "";
        tooLongTold = tooLong;
        return name
                + ": packets longer than its frames are lost, as a sender on this machine or its receive offload makes"
                + " super-packets; 'ethtool -K " + name
                + " gro off lro off', and 'ethtool -K PEER tso off gso off' at its peer";
    }

    /** Closes what no worker has any more, and when that is all, opens the interface if it is there. */
    private String reopen() {
        withdrawn.removeIf(XdpPort::closeWhenFree);
        if (!withdrawn.isEmpty() || device.index() < 0) return "";
        try {
            begin();
            return name + (state == PortState.UP ? ": is up, " : ": is back, down or without carrier, ") + describe();
        } catch (PortException e) {
            String fault = String.valueOf(e.getMessage());
            boolean told = fault.equals(lastFault);
            lastFault = fault;
            return told ? "" : fault;
        }
    }

    private static boolean closeWhenFree(Withdrawn old) {
        if (old.queue.holds(old.endpoint)) return false;
        old.endpoint.close();
        return true;
    }

    private void end(XdpSession now, PortState next) {
        state = next;
        tell(now);
        session = null;
        now.detach();
        for (int i = 0; i < queues.size(); i++) {
            droppedBefore[i] += now.endpoint(i).dropped();
            queues.get(i).offer(null);
            withdrawn.add(new Withdrawn(queues.get(i), now.endpoint(i)));
        }
    }

    /** How packets come and go now, a clause for a person: where the program runs, whether packets are copied, queues. */
    public String describe() {
        XdpSession now = session;
        return now == null ? "not open" : now.describe();
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public List<? extends PortQueue> queues() {
        return List.copyOf(queues);
    }

    @Override
    public PortState state() {
        return state;
    }

    /** A VLAN tag or two come on top. */
    @Override
    public int maxFrame() {
        return mtu + XdpLayout.LINK_OCTETS;
    }

    @Override
    public long macAddress() {
        return mac;
    }

    @Override
    public void close() {
        if (closed) return;
        closed = true;
        XdpSession now = session;
        if (now != null) end(now, PortState.GONE);
        for (XdpQueue queue : queues) queue.close();
        for (Withdrawn old : withdrawn) old.endpoint.close();
        withdrawn.clear();
        for (XdpQueue queue : queues) Libc.close(queue.descriptor());
        device.close();
    }
}
