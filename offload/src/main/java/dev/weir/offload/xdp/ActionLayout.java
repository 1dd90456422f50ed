package dev.weir.offload.xdp;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import dev.weir.table.FlowKey;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/**
 * An action as the kernel's program carries it out, two cache lines; written before any flow has it, then left alone until
 * none has it any more, but for its longest frame. Flows whose actions are equal, and do not depend on what they change,
 * share one. What goes into a packet is in network order, all else in native order.
 *
 * <pre>
 * byte 0      4      8               10                   12              16        20       21       22      24
 *      | what | port | IPv4 checksum | transport checksum | longest frame | unused  | popped | pushed | outer |
 *      24       28      30           32       48            64              70           76       80          84          88
 *      | tunnel | source | destination | source | destination | destination | source MAC | unused | outer tag | inner tag |
 *               | port   | port        | address| address     | MAC
 *      88     92       96      100   128
 *      | VLANs | tagged | class |     |
 * </pre>
 *
 * Popped, pushed, outer and tagged are octets. VLANs are identifiers of tags, that of the outer one lowest, 12 bits each; class
 * is a type of service. The checksums are what is added to the one that a packet has, which the change of a
 * flow's addresses, ports and time to live determines for all its packets (RFC 1624, equation 3).
 */
final class ActionLayout {
    static final int WHAT = 0, PORT = 4, IPV4_SUM = 8, TRANSPORT_SUM = 10, LONGEST = 12, POPPED = 20, PUSHED = 21;
    static final int OUTER = 22, TUNNEL = 24, PORTS = 28, SOURCE = 32, DESTINATION = 48, DESTINATION_MAC = 64;
    static final int SOURCE_MAC = 70, TAGS = 80, VLANS = 88, TAGGED = 92, CLASS = 96;
    static final int SIZE = 128;

    /** Bits of {@link #WHAT}. */
    static final int DROP = 1, PASS = 2, REDIRECT = 4, ENDS = 8, TTL = 16, TO_MAC = 32, FROM_MAC = 64;

    static final int RESHAPE = 128, TUNNEL4 = 256, TUNNEL6 = 512, SAME_TAGS = 1024, SAME_CLASS = 2048;

    /** Octets of a VLAN tag. */
    static final int TAG = 4;

    private static final ValueLayout.OfShort NETWORK_SHORT = JAVA_SHORT.withOrder(ByteOrder.BIG_ENDIAN);
    private static final int ONE_HOP_LESS = 0xFEFF; // of the word that has the time to live above the protocol

    private ActionLayout() {}

    /** @param longest octets of a frame that the port can send after this, ignored where nothing is sent */
    static void write(MemorySegment actions, int index, FlowKey key, XdpAction action, int tunnel, int longest) {
        MemorySegment to = actions.asSlice((long) index * SIZE, SIZE);
        to.fill((byte) 0);
        switch (action) {
            case XdpAction.Drop _ -> to.set(JAVA_INT, WHAT, DROP);
            case XdpAction.Pass _ -> to.set(JAVA_INT, WHAT, PASS);
            case XdpAction.Redirect(int port, XdpRewrite rewrite) -> {
                to.set(JAVA_INT, PORT, port);
                to.set(JAVA_INT, LONGEST, longest);
                to.set(JAVA_INT, TUNNEL, tunnel);
                writeLink(to, rewrite);
                writeEnds(to, key, rewrite);
                writeGiven(to, rewrite.given());
                to.set(JAVA_INT, WHAT, what(rewrite));
            }
        }
    }

    private static int what(XdpRewrite rewrite) {
        VxlanTunnel tunnel = rewrite.tunnel();
        XdpRewrite.Given given = rewrite.given();
        boolean reshapes = rewrite.popped() > 0 || !rewrite.pushed().isEmpty() || tunnel != null;
        return REDIRECT
                | (rewrite.ends() == null ? 0 : ENDS)
                | (rewrite.decrementsTtl() ? TTL : 0)
                | (rewrite.destinationMac() == XdpRewrite.KEEP ? 0 : TO_MAC)
                | (rewrite.sourceMac() == XdpRewrite.KEEP ? 0 : FROM_MAC)
                | (reshapes ? RESHAPE : 0)
                | (tunnel == null ? 0 : tunnel.isIpv6() ? TUNNEL6 : TUNNEL4)
                | (given == null ? 0 : SAME_TAGS)
                | (given == null || given.typeOfService() == XdpRewrite.Given.ANY ? 0 : SAME_CLASS);
    }

    private static void writeGiven(MemorySegment to, XdpRewrite.@Nullable Given given) {
        if (given == null) return;
        int vlans = 0;
        for (int i = 0; i < given.tags().size(); i++)
            vlans |= (given.tags().get(i).control() & 0xFFF) << (12 * i);
        to.set(JAVA_INT, VLANS, vlans);
        to.set(JAVA_INT, TAGGED, given.tags().size() * TAG);
        to.set(JAVA_INT, CLASS, given.typeOfService());
    }

    private static void writeLink(MemorySegment to, XdpRewrite rewrite) {
        to.set(JAVA_BYTE, POPPED, (byte) (rewrite.popped() * TAG));
        to.set(JAVA_BYTE, PUSHED, (byte) (rewrite.pushed().size() * TAG));
        to.set(JAVA_BYTE, OUTER, (byte) outer(rewrite));
        putMac(to, DESTINATION_MAC, rewrite.destinationMac());
        putMac(to, SOURCE_MAC, rewrite.sourceMac());
        for (int i = 0; i < rewrite.pushed().size(); i++) {
            XdpRewrite.VlanTag tag = rewrite.pushed().get(i);
            to.set(NETWORK_SHORT, TAGS + i * TAG, (short) tag.type());
            to.set(NETWORK_SHORT, TAGS + i * TAG + 2, (short) tag.control());
        }
    }

    static int outer(XdpRewrite rewrite) {
        VxlanTunnel tunnel = rewrite.tunnel();
        return tunnel == null ? 0 : tunnel.octets();
    }

    private static void writeEnds(MemorySegment to, FlowKey key, XdpRewrite rewrite) {
        XdpRewrite.Ends ends = rewrite.ends();
        int hop = rewrite.decrementsTtl() ? ONE_HOP_LESS : 0;
        if (ends == null) {
            to.set(NETWORK_SHORT, IPV4_SUM, (short) hop);
            return;
        }
        byte[] source = ends.source().getAddress();
        byte[] destination = ends.destination().getAddress();
        MemorySegment.copy(source, 0, to, JAVA_BYTE, SOURCE, source.length);
        MemorySegment.copy(destination, 0, to, JAVA_BYTE, DESTINATION, destination.length);
        to.set(NETWORK_SHORT, PORTS, (short) ends.sourcePort());
        to.set(NETWORK_SHORT, PORTS + 2, (short) ends.destinationPort());
        int addresses = SumChange.ofAddresses(key, ends);
        to.set(NETWORK_SHORT, IPV4_SUM, (short) SumChange.add(addresses, hop));
        to.set(NETWORK_SHORT, TRANSPORT_SUM, (short) SumChange.ofTransport(key, ends, addresses));
    }

    static void putMac(MemorySegment to, long at, long mac) {
        for (int i = 0; i < 6; i++) to.set(JAVA_BYTE, at + i, (byte) (mac >>> (40 - 8 * i)));
    }

    static int what(MemorySegment actions, int index) {
        return actions.get(JAVA_INT, (long) index * SIZE + WHAT);
    }

    static int tunnel(MemorySegment actions, int index) {
        return actions.get(JAVA_INT, (long) index * SIZE + TUNNEL);
    }

    static int port(MemorySegment actions, int index) {
        return actions.get(JAVA_INT, (long) index * SIZE + PORT);
    }

    /** What the frames of the action grow by at least; negative where they shrink. */
    static int growth(MemorySegment actions, int index) {
        long at = (long) index * SIZE;
        return (actions.get(JAVA_BYTE, at + OUTER) & 0xFF)
                + actions.get(JAVA_BYTE, at + PUSHED)
                - actions.get(JAVA_BYTE, at + POPPED);
    }

    static void longest(MemorySegment actions, int index, int octets) {
        actions.set(JAVA_INT, (long) index * SIZE + LONGEST, octets);
    }

    /** What several flows can share an action by; null where it depends on the flow. */
    static @Nullable XdpAction shared(XdpAction action) {
        if (!(action instanceof XdpAction.Redirect(int port, XdpRewrite rewrite))) return action;
        VxlanTunnel tunnel = rewrite.tunnel();
        if (rewrite.ends() != null) return null;
        return tunnel == null ? action : new XdpAction.Redirect(port, rewrite.withTunnel(tunnel.shared()));
    }
}
