package dev.weir.cli.boxes;

import dev.weir.cli.ctl.Json;
import dev.weir.packet.Addresses;
import dev.weir.packet.Headers;
import dev.weir.packet.LinkType;
import dev.weir.packet.PacketParser;
import dev.weir.packet.TunnelMode;
import java.io.PrintStream;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicLong;

/** Prints frames, a line each: what a person wants to see of them. One thread; allocates. */
final class FrameText {
    private static final int ICMP = 1, TCP = 6, UDP = 17, ICMPV6 = 58;

    private final PacketParser parser = new PacketParser(TunnelMode.INNER);
    private final Headers headers = new Headers();
    private final PrintStream out;
    private final boolean json;
    private final AtomicLong left;

    /**
     * @param json an object a line
     * @param most after so many it prints nothing
     */
    FrameText(PrintStream out, boolean json, long most) {
        this.out = out;
        this.json = json;
        left = new AtomicLong(most);
    }

    /** Prints the frame that is there as it is. */
    void print(String what, MemorySegment data, long at, int length) {
        if (left.get() <= 0) return;
        left.decrementAndGet();
        int status = parser.parse(data, at, length, length, LinkType.ETHERNET, headers);
        if (json) {
            printJson(what, data, at, length, status);
        } else {
            out.println(what + ": " + tags() + text(data, at) + ", " + length + " octets");
        }
        out.flush();
    }

    private String tags() {
        return (headers.vlans > 0 ? "vlan " + headers.vlan + ", " : "")
                + (headers.vni >= 0 ? "vni " + headers.vni + ", " : "");
    }

    private String text(MemorySegment data, long at) {
        if (headers.family == 0) return "not IP";
        return address(data, at, true) + port(headers.sourcePort) + " > " + address(data, at, false)
                + port(headers.destinationPort) + " " + protocol();
    }

    private String address(MemorySegment data, long at, boolean source) {
        int from = headers.family == 4 ? source ? 12 : 16 : source ? 8 : 24;
        String text = Addresses.text(data, at + headers.network + from, headers.family);
        return headers.family == 6 && hasPorts() ? "[" + text + "]" : text;
    }

    private boolean hasPorts() {
        return headers.protocol == TCP || headers.protocol == UDP;
    }

    private String port(int port) {
        return hasPorts() ? ":" + port : "";
    }

    private String protocol() {
        return switch (headers.protocol) {
            case ICMP -> "icmp";
            case TCP -> "tcp";
            case UDP -> "udp";
            case ICMPV6 -> "icmpv6";
            default -> "protocol " + headers.protocol;
        };
    }

    private void printJson(String what, MemorySegment data, long at, int length, int status) {
        Json line = new Json().text("event", what).number("octets", length).flag("malformed", status != 0);
        if (headers.vlans > 0) line.number("vlan", headers.vlan);
        if (headers.vni >= 0) line.number("vni", headers.vni);
        if (headers.family != 0) {
            int network = headers.network, family = headers.family;
            line.text("src", Addresses.text(data, at + network + (family == 4 ? 12 : 8), family))
                    .text("dst", Addresses.text(data, at + network + (family == 4 ? 16 : 24), family))
                    .text("protocol", protocol());
            if (hasPorts()) line.number("src_port", headers.sourcePort).number("dst_port", headers.destinationPort);
        }
        out.println(line);
    }
}
