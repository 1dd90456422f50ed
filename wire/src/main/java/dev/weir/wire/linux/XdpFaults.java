package dev.weir.wire.linux;

import dev.weir.wire.PortException;

/** What is told when an AF_XDP port cannot be opened: why, and what to do about it. */
final class XdpFaults {
    private static final String AF_PACKET = "use an AF_PACKET port";

    private XdpFaults() {}

    private static PortException fault(String name, String why, String remedy) {
        return new PortException(name, why + "; " + remedy);
    }

    private static PortException rights(String name, String why) {
        return new PortException(name, Capabilities.refused(why, Capabilities.XDP));
    }

    private static PortException other(String name, String why, long errno) {
        return fault(name, why + ", " + Errno.describe(errno), AF_PACKET);
    }

    static PortException notEthernet(String name) {
        return fault(name, "its frames do not begin with an Ethernet header", AF_PACKET);
    }

    static PortException tooManyQueues(String name, int queues, int workers) {
        return fault(
                name,
                "packets of %d of its %d receive queues would go past %d %s"
                        .formatted(queues - workers, queues, workers, workers == 1 ? "worker" : "workers"),
                "use %d workers, or 'ethtool -L %s combined %d' ('rx %d' where none are combined)"
                        .formatted(queues, name, workers, workers));
    }

    static PortException socket(String name, int errno) {
        return switch (-errno) {
            case Errno.EPERM, Errno.EACCES -> rights(name, "an AF_XDP socket may not be opened");
            case Errno.EAFNOSUPPORT -> fault(name, "this kernel has no AF_XDP sockets (CONFIG_XDP_SOCKETS)", AF_PACKET);
            default -> other(name, "an AF_XDP socket could not be opened", errno);
        };
    }

    static PortException memory(String name, long octets, long errno) {
        return switch ((int) -errno) {
            case Errno.ENOBUFS, Errno.ENOMEM ->
                fault(
                        name,
                        octets / 1024 + " KiB cannot be locked in memory, " + Errno.describe(errno),
                        "raise the limit (ulimit -l, LimitMEMLOCK= of a systemd unit), give CAP_IPC_LOCK, or take smaller"
                                + " rings");
            default -> other(name, "memory for packets could not be shared with the kernel", errno);
        };
    }

    static PortException bind(XdpSocket.Place place, int errno) {
        String queue = "queue " + place.queue();
        return switch (-errno) {
            case Errno.EBUSY ->
                fault(
                        place.name(),
                        queue + " has an AF_XDP socket of another program",
                        "end that one, or " + AF_PACKET);
            case Errno.ENODEV -> EbpfFaults.noInterface(place.name());
            case Errno.EPERM -> rights(place.name(), "an AF_XDP socket may not be bound");
            case Errno.EINVAL, Errno.EOPNOTSUPP ->
                place.layout().parts()
                        ? tooLargeFrames(place, errno)
                        : other(place.name(), queue + " takes no AF_XDP socket", errno);
            default -> other(place.name(), "an AF_XDP socket could not be bound to " + queue, errno);
        };
    }

    private static PortException tooLargeFrames(XdpSocket.Place place, int errno) {
        return fault(
                place.name(),
                "frames of " + place.layout().maxFrame() + " octets take several buffers, which this kernel or driver"
                        + " cannot, " + Errno.describe(errno),
                "'ip link set " + place.name() + " mtu " + XdpLayout.MAX_MTU_IN_ONE + "', or " + AF_PACKET);
    }
}
