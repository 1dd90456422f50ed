package dev.weir.wire.linux;

import dev.weir.packet.Ethernet;
import dev.weir.wire.Port;
import dev.weir.wire.PortCounters;
import dev.weir.wire.PortException;
import dev.weir.wire.PortState;
import java.util.ArrayList;
import java.util.List;

/**
 * An interface of Linux by packet sockets, packet(7): every queue has memory-mapped rings to receive and to send of its
 * own, and flows are shared among queues as {@link Fanout} says. Promiscuous; what this host or we send through the
 * interface is not received, unless the port only listens. Needs CAP_NET_RAW when it is opened and when the interface comes back, in the network
 * namespace of the calling thread.
 *
 * <p>Frames begin with Ethernet's header; VLAN tags that the kernel took out are in their place. A received packet whose
 * checksum was left for the hardware is finished here, so that {@link dev.weir.packet.PacketVector#offload} is 0 for all
 * but super-packets, which go through as they are or are refused: {@link Segments}. There are 64 octets of headroom before a
 * received packet.
 *
 * <p>A frame sent must not be longer than the interface takes ({@link #maxFrame}, and 4 octets more with a VLAN tag)
 * unless its offload word says how to cut it.
 */
public final class PacketPort implements Port {
    private final String name;
    private final PacketPortOptions options;
    /** As the sockets have them: on the loopback interface what goes also comes, so there it is enough to hear that. */
    private final PacketPortOptions heard;

    private final Device device;
    private final List<PacketQueue> queues = new ArrayList<>();
    private final List<QueueSockets> current = new ArrayList<>();

    private int interfaceIndex;
    private boolean shared, told;
    private volatile PortState state;
    private volatile int maxFrame;
    private volatile long macAddress;

    private PacketPort(String name, PacketPortOptions options, Device device, int interfaceIndex) throws PortException {
        this.name = name;
        this.options = options;
        heard = options.withListening(options.listens() && device.hardwareType() != Device.LOOPBACK);
        this.device = device;
        this.interfaceIndex = interfaceIndex;
        state = look();
        List<PortCounters> counters = new ArrayList<>();
        for (int i = 0; i < options.queues(); i++) counters.add(new PortCounters());
        open(counters);
        for (int i = 0; i < options.queues(); i++) queues.add(new PacketQueue(this, counters.get(i), current.get(i)));
    }

    /**
     * Opens an interface, which may be down.
     *
     * @throws PortException when there is none of that name, it has no Ethernet header, or rights or memory are missing
     */
    public static PacketPort open(String name, PacketPortOptions options) throws PortException {
        Device device = new Device(name);
        try {
            int index = device.index();
            if (index < 0) {
                throw new PortException(
                        name, "no such interface; the interfaces are: " + String.join(", ", Libc.interfaceNames()));
            }
            int type = device.hardwareType();
            if (type != Device.ETHER && type != Device.LOOPBACK) {
                throw new PortException(
                        name,
                        "its frames have no Ethernet header (hardware type " + type + "); give an interface that has");
            }
            return new PacketPort(name, options, device, index);
        } catch (PortException e) {
            device.close();
            throw e;
        }
    }

    /** Opens the sockets of all queues. */
    private void open(List<PortCounters> counters) throws PortException {
        List<QueueSockets> opened = new ArrayList<>();
        try {
            for (PortCounters each : counters) {
                opened.add(new QueueSockets(name, interfaceIndex, maxFrame, heard, each));
            }
            shared = share(opened);
        } catch (PortException e) {
            opened.forEach(QueueSockets::close);
            throw e;
        }
        if (shared) opened.forEach(QueueSockets::accept);
        current.clear();
        current.addAll(opened);
    }

    /** Has the kernel share packets among queues; false when it cannot yet, because the interface is down. */
    private boolean share(List<QueueSockets> opened) throws PortException {
        if (opened.size() == 1) return true;
        if (state == PortState.GONE || (device.flags() & Device.UP) == 0) return false;
        int group = opened.getFirst().receiving.beginFanout(FanoutProgram.create(), heard.listens());
        for (QueueSockets each : opened.subList(1, opened.size())) each.receiving.joinFanout(group, heard.listens());
        return true;
    }

    /** Asks the kernel how the interface is. */
    private PortState look() {
        int mtu = device.mtu();
        if (mtu < 0) return PortState.GONE;
        maxFrame = mtu + Ethernet.SIZE;
        macAddress = device.address();
        return device.isUp() ? PortState.UP : PortState.DOWN;
    }

    /** Whether nothing is to go out. */
    boolean listens() {
        return options.listens();
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public List<PacketQueue> queues() {
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

    @Override
    public boolean stamps() {
        return options.kernelStamps();
    }

    @Override
    public long macAddress() {
        return macAddress;
    }

    @Override
    public String maintain() {
        queues.forEach(PacketQueue::countDrops);
        PortState before = state;
        state = look();
        int index = state == PortState.GONE ? interfaceIndex : device.index();
        if (index > 0 && (index != interfaceIndex || (state == PortState.UP && !shared))) {
            String trouble = reopen(index);
            if (!trouble.isEmpty()) {
                state = PortState.GONE;
                return before == PortState.GONE ? "" : trouble;
            }
        }
        if (state != PortState.UP) current.forEach(each -> each.receiving.clearError());
        return state == before ? refusal() : name + ": " + words(state);
    }

    private String reopen(int index) {
        int lost = interfaceIndex;
        interfaceIndex = index;
        try {
            open(queues.stream().map(PacketQueue::counters).toList());
        } catch (PortException e) {
            interfaceIndex = lost;
            return String.valueOf(e.getMessage());
        }
        for (int i = 0; i < queues.size(); i++) queues.get(i).offer(current.get(i));
        return "";
    }

    private static String words(PortState state) {
        return switch (state) {
            case UP -> "is up";
            case DOWN -> "is down or without carrier";
            default -> "is gone; waiting for it to come back";
        };
    }

    /** Says once that super-packets are refused. */
    private String refusal() {
        if (told || current.stream().noneMatch(each -> each.in.hasRefused())) return "";
        told = true;
        return name + ": super-packets of segmentation offload are dropped; turn it off here and on the other end of a "
                + "veth pair (ethtool -K " + name + " gro off lro off tso off gso off), or carry them";
    }

    @Override
    public void close() {
        queues.forEach(PacketQueue::close);
        device.close();
    }
}
