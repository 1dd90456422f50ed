package dev.weir.wire.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import dev.weir.packet.Ethernet;
import dev.weir.wire.Port;
import dev.weir.wire.PortException;
import dev.weir.wire.PortState;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A TAP device that is made when this is opened and goes when it is closed: what the host sends through it is received
 * here, and the other way round. The kernel chooses the queue, the same for a flow as long as that sends from one. Needs
 * CAP_NET_ADMIN, in the network namespace of the calling thread. As with {@link PacketPort}, a received packet's checksum
 * is finished, and {@link dev.weir.packet.PacketVector#offload} is 0 for all but super-packets.
 */
public final class TapPort implements Port {
    private static final long SET_INTERFACE = 0x4004_54CAL, SET_OFFLOAD = 0x4004_54D0L;
    private static final int TAP = 0x2, MULTI_QUEUE = 0x100, NO_INFO = 0x1000, VNET_HEADER = 0x4000;
    private static final int CHECKSUM = 1, TCP4 = 2, TCP6 = 4, TCP_ECN = 8;
    private static final int REQUEST_SIZE = 40, REQUEST_FLAGS = 16;

    private final String name;
    private final TapPortOptions options;
    private final Device device;
    private final List<TapQueue> queues = new ArrayList<>();
    private volatile PortState state = PortState.DOWN;
    private volatile int maxFrame;
    private volatile long macAddress;

    private TapPort(String name, TapPortOptions options, Device device) {
        this.name = name;
        this.options = options;
        this.device = device;
    }

    /**
     * Makes a device and sets it up.
     *
     * @throws PortException when there is one of that name, or rights are missing
     */
    public static TapPort open(String name, TapPortOptions options) throws PortException {
        if (!Device.isName(name)) {
            throw new PortException(name, "no name for an interface; give 1 to 15 characters without / : and blanks");
        }
        Device device = new Device(name);
        try {
            if (device.index() > 0) {
                throw new PortException(
                        name,
                        "there is such an interface; give another name, or delete that one " + "(ip link delete " + name
                                + ")");
            }
            TapPort port = new TapPort(name, options, device);
            for (int fd : port.make()) port.queues.add(new TapQueue(port, options.index(), fd));
            port.look();
            return port;
        } catch (PortException e) {
            device.close();
            throw e;
        }
    }

    /** Makes the device; a descriptor for each queue. */
    private List<Integer> make() throws PortException {
        List<Integer> made = new ArrayList<>();
        try {
            for (int i = 0; i < options.queues(); i++) made.add(attach());
            if (options.mtu() != 0) check(device.setMtu(options.mtu()), "set its MTU");
            if (options.macAddress() != 0) check(device.setAddress(options.macAddress()), "set its address");
            check(device.setUp(), "set it up");
            return made;
        } catch (PortException e) {
            made.forEach(Libc::close);
            throw e;
        }
    }

    private int attach() throws PortException {
        int fd = Libc.open("/dev/net/tun", Libc.O_RDWR | Libc.O_NONBLOCK | Libc.O_CLOEXEC);
        if (fd == -Errno.ENOENT) {
            throw new PortException(name, "there is no /dev/net/tun; load the driver (modprobe tun)");
        }
        check(fd, "open /dev/net/tun");
        try (Arena arena = Arena.ofConfined()) {
            byte[] octets = name.getBytes(StandardCharsets.UTF_8);
            MemorySegment request = arena.allocate(REQUEST_SIZE, 8);
            MemorySegment.copy(octets, 0, request, JAVA_BYTE, 0, octets.length);
            request.set(JAVA_SHORT, REQUEST_FLAGS, (short) (TAP | NO_INFO | VNET_HEADER | MULTI_QUEUE));
            check(Libc.ioctl(fd, SET_INTERFACE, request), "make a TAP device");
            int offloads = options.segments() == Segments.CARRY ? CHECKSUM | TCP4 | TCP6 | TCP_ECN : 0;
            check(Libc.ioctl(fd, SET_OFFLOAD, MemorySegment.ofAddress(offloads)), "say which offloads are taken");
            return fd;
        } catch (PortException e) {
            Libc.close(fd);
            throw e;
        }
    }

    private void check(int status, String what) throws PortException {
        if (status >= 0) return;
        if (status == -Errno.EPERM || status == -Errno.EACCES) {
            throw new PortException(
                    name,
                    "may not " + what + "; needs CAP_NET_ADMIN: run as root, or give that capability "
                            + "(systemd: AmbientCapabilities=; setpriv --inh-caps +net_admin --ambient-caps +net_admin)");
        }
        throw new PortException(name, "cannot " + what + ": " + Errno.describe(status));
    }

    private void look() {
        int mtu = device.mtu();
        if (mtu < 0) {
            state = PortState.GONE;
            return;
        }
        maxFrame = mtu + Ethernet.SIZE;
        macAddress = device.address();
        state = device.isUp() ? PortState.UP : PortState.DOWN;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public List<TapQueue> queues() {
        return queues;
    }

    @Override
    public PortState state() {
        return state;
    }

    @Override
    public int maxFrame() {
        return maxFrame;
    }

    /** Of the host's end. */
    @Override
    public long macAddress() {
        return macAddress;
    }

    /** Also makes the device again when somebody deleted it. */
    @Override
    public String maintain() {
        PortState before = state;
        look();
        if (state == PortState.GONE) return remake(before);
        if (state == before) return "";
        return name + (state == PortState.UP ? ": is up" : ": is down");
    }

    private String remake(PortState before) {
        try {
            List<Integer> made = make();
            for (int i = 0; i < made.size(); i++) queues.get(i).offer(made.get(i));
            look();
            return name + ": was deleted and is made again";
        } catch (PortException e) {
            return before == PortState.GONE ? "" : String.valueOf(e.getMessage());
        }
    }

    @Override
    public void close() {
        queues.forEach(TapQueue::close);
        device.close();
    }
}
