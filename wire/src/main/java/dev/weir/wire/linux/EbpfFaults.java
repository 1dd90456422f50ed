package dev.weir.wire.linux;

import dev.weir.wire.PortException;
import dev.weir.wire.linux.XdpOptions.Mode;
import java.util.List;

/** What is told when the kernel refuses a map, a program or its attachment: why, and what to do about it. */
final class EbpfFaults {
    /** Lines of the verifier's log that say why; above them is what it went through. */
    private static final int LAST_LINES = 4;

    private EbpfFaults() {}

    static PortException map(String name, EbpfUse use, int errno) {
        return switch (-errno) {
            case Errno.EPERM, Errno.EACCES -> rights(name, use, "an eBPF map may not be made");
            case Errno.ENOMEM, Errno.E2BIG ->
                fault(
                        name,
                        "no memory for an eBPF map, " + Errno.describe(errno),
                        "ask for fewer entries, raise the limit (ulimit -l) or that of the control group");
            default -> other(name, use, "an eBPF map could not be made", errno);
        };
    }

    static PortException program(String name, EbpfUse use, int errno, String log) {
        if (errno == -Errno.EPERM) return rights(name, use, "an eBPF program may not be loaded");
        String said = log.isEmpty() ? "" : ", " + lastLines(log);
        return other(name, use, "the kernel refuses the eBPF program", errno, said);
    }

    /** The end of what the verifier said, in one line, without its statistics. */
    static String lastLines(String log) {
        List<String> lines = log.lines()
                .map(String::strip)
                .filter(line ->
                        !line.isEmpty() && !line.startsWith("processed ") && !line.startsWith("verification time "))
                .toList();
        return String.join(" | ", lines.subList(Math.max(0, lines.size() - LAST_LINES), lines.size()));
    }

    static PortException attach(String name, EbpfUse use, Mode mode, int errno) {
        String otherwise = mode == Mode.NATIVE ? "take the generic mode, or " + use.otherwise() : use.otherwise();
        return switch (-errno) {
            case Errno.EBUSY, Errno.EEXIST ->
                fault(
                        name,
                        "another program has its XDP program there",
                        "'ip -d link show " + name + "' tells its id; end it, or 'ip link set " + name + " xdp off'");
            case Errno.EPERM -> rights(name, use, "an XDP program may not be attached");
            case Errno.ENODEV -> noInterface(name);
            case Errno.EOPNOTSUPP -> fault(name, "its driver has no XDP", otherwise);
            case Errno.ERANGE ->
                fault(
                        name,
                        "its MTU, or its veth peer's, is too large for XDP in the driver",
                        "'ip link set " + name + " mtu 1500' at both ends, " + otherwise);
            case Errno.ENOSPC ->
                fault(
                        name,
                        "it has fewer receive queues than its veth peer has transmit queues, or none left for XDP",
                        "'ethtool -L' at both ends, " + otherwise);
            default -> other(name, use, "the XDP program could not be attached", errno);
        };
    }

    static PortException noInterface(String name) {
        return fault(name, "no such interface", "the interfaces are: " + String.join(", ", Libc.interfaceNames()));
    }

    private static PortException fault(String name, String why, String remedy) {
        return new PortException(name, why + "; " + remedy);
    }

    private static PortException rights(String name, EbpfUse use, String why) {
        return new PortException(name, Capabilities.refused(why, use.needed()));
    }

    private static PortException other(String name, EbpfUse use, String why, int errno) {
        return other(name, use, why, errno, "");
    }

    private static PortException other(String name, EbpfUse use, String why, int errno, String more) {
        return fault(name, why + ", " + Errno.describe(errno) + more, use.otherwise());
    }
}
