package dev.weir.offload.xdp;

import dev.weir.offload.xdp.XdpRewrite.VlanTag;
import dev.weir.packet.Checksums;
import dev.weir.table.FlowKey;
import dev.weir.testing.Frames;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * A packet by its fields, which a frame with right checksums is made of; and what it should be after a rewrite, made in the
 * same way from the changed fields, so that nothing here changes a checksum that is there.
 */
public record Sample(
        long destinationMac,
        long sourceMac,
        List<VlanTag> tags,
        XdpRewrite.Ends ends,
        int protocol,
        int typeOfService,
        int ttl,
        int tcpFlags,
        boolean hasUdpSum,
        int payloadOctets,
        long payloadSeed) {
    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final int UDP_SUM = 6, TCP_SUM = 16, ICMP_SUM = 2;

    public static Sample random(SplittableRandom random) {
        boolean isIpv6 = random.nextBoolean();
        int protocol = new int[] {XdpFlow.TCP, XdpFlow.UDP, isIpv6 ? XdpFlow.ICMPV6 : XdpFlow.ICMP}[random.nextInt(3)];
        return new Sample(
                random.nextLong(1L << 48),
                random.nextLong(1L << 48),
                randomTags(random),
                randomEnds(random, isIpv6, protocol),
                protocol,
                random.nextInt(256),
                random.nextInt(2, 256),
                Frames.ACK | (random.nextBoolean() ? Frames.PSH : 0),
                isIpv6 || random.nextInt(4) > 0,
                random.nextInt(200),
                random.nextLong());
    }

    static List<VlanTag> randomTags(SplittableRandom random) {
        List<VlanTag> tags = new ArrayList<>();
        for (int i = random.nextInt(3); i > 0; i--) {
            tags.add(new VlanTag(random.nextBoolean() ? 0x8100 : 0x88A8, random.nextInt(1 << 16)));
        }
        return tags;
    }

    static XdpRewrite.Ends randomEnds(SplittableRandom random, boolean isIpv6, int protocol) {
        int port = random.nextInt(1 << 16);
        boolean isEcho = protocol == XdpFlow.ICMP || protocol == XdpFlow.ICMPV6;
        return new XdpRewrite.Ends(
                address(random, isIpv6), port, address(random, isIpv6), isEcho ? port : random.nextInt(1 << 16));
    }

    static InetAddress address(SplittableRandom random, boolean isIpv6) {
        byte[] octets = new byte[isIpv6 ? 16 : 4];
        random.nextBytes(octets);
        octets[0] = 0x20; // neither mapped nor unspecified
        try {
            return InetAddress.getByAddress(octets);
        } catch (java.net.UnknownHostException e) {
            throw new IllegalStateException(e);
        }
    }

    public FlowKey key() {
        return new FlowKey(ends.source(), ends.sourcePort(), ends.destination(), ends.destinationPort(), protocol, 0);
    }

    private boolean isIpv6() {
        return ends.source().getAddress().length == 16;
    }

    /** Octets of the IP packet. */
    int ipOctets() {
        return frame().length - 14 - 4 * tags.size();
    }

    public byte[] frame() {
        byte[] packet = Frames.ip(text(ends.source()), text(ends.destination()), protocol, transport());
        serve(packet, typeOfService, ttl);
        finish(packet);
        int type = Frames.typeOf(packet);
        for (VlanTag tag : tags.reversed()) {
            packet = Frames.tagged(tag.control(), type, packet);
            type = tag.type();
        }
        return Frames.ethernet(destinationMac, sourceMac, type, packet);
    }

    /** Whether the right checksum happens to be the one of the pseudo header alone, one of 65,536. */
    boolean looksUnfinished() {
        if (protocol != XdpFlow.TCP && protocol != XdpFlow.UDP) return false;
        byte[] frame = frame();
        MemorySegment packet = MemorySegment.ofArray(frame).asSlice(14 + 4L * tags.size());
        int at = isIpv6() ? 40 : 20;
        int sum = packet.get(SHORT, at + (protocol == XdpFlow.TCP ? TCP_SUM : UDP_SUM)) & 0xFFFF;
        return sum == Checksums.pseudoHeader(packet, 0, (int) packet.byteSize() - at, protocol);
    }

    private static String text(InetAddress address) {
        return address.getHostAddress();
    }

    private byte[] transport() {
        byte[] payload = new byte[payloadOctets];
        new SplittableRandom(payloadSeed).nextBytes(payload);
        return switch (protocol) {
            case XdpFlow.TCP -> Frames.tcp(ends.sourcePort(), ends.destinationPort(), tcpFlags, payload);
            case XdpFlow.UDP -> Frames.udp(ends.sourcePort(), ends.destinationPort(), payload);
            default ->
                ByteBuffer.allocate(8 + payload.length)
                        .putShort((short) (isIpv6() ? 0x8000 : 0x0800))
                        .putShort((short) 0)
                        .putShort((short) ends.sourcePort())
                        .putShort((short) 7)
                        .put(payload)
                        .array();
        };
    }

    /** Puts type of service and time to live into an IP header; its flow label, if any, is 0. */
    private static void serve(byte[] packet, int typeOfService, int ttl) {
        boolean isIpv6 = (packet[0] & 0xF0) == 0x60;
        if (isIpv6) put(packet, 0, 6 << 12 | typeOfService << 4);
        else packet[1] = (byte) typeOfService;
        packet[isIpv6 ? 7 : 8] = (byte) ttl;
    }

    /** Puts the checksums in, over the whole of what they cover. */
    private void finish(byte[] packet) {
        MemorySegment s = MemorySegment.ofArray(packet);
        int at = isIpv6() ? 40 : 20;
        int length = packet.length - at;
        if (!isIpv6()) put(packet, 10, Checksums.ipv4Header(s, 0));
        int sum = protocol == XdpFlow.ICMP
                ? Checksums.internet(s, at, length)
                : Checksums.transport(s, 0, at, length, protocol);
        switch (protocol) {
            case XdpFlow.TCP -> put(packet, at + TCP_SUM, sum);
            case XdpFlow.UDP -> put(packet, at + UDP_SUM, hasUdpSum ? Checksums.udpField(sum) : 0);
            default -> put(packet, at + ICMP_SUM, sum);
        }
    }

    static void put(byte[] octets, int at, int value) {
        octets[at] = (byte) (value >>> 8);
        octets[at + 1] = (byte) value;
    }

    /** This packet after that rewrite, its tunnel left out. */
    public Sample after(XdpRewrite rewrite) {
        List<VlanTag> left = new ArrayList<>(rewrite.pushed());
        left.addAll(tags.subList(rewrite.popped(), tags.size()));
        XdpRewrite.Ends newEnds = rewrite.ends();
        return new Sample(
                rewrite.destinationMac() == XdpRewrite.KEEP ? destinationMac : rewrite.destinationMac(),
                rewrite.sourceMac() == XdpRewrite.KEEP ? sourceMac : rewrite.sourceMac(),
                left,
                newEnds == null ? ends : newEnds,
                protocol,
                typeOfService,
                rewrite.decrementsTtl() ? ttl - 1 : ttl,
                tcpFlags,
                hasUdpSum,
                payloadOctets,
                payloadSeed);
    }

    /** The frame after that rewrite; an outer source port that is not said is taken as it is in {@code like}. */
    public byte[] frameAfter(XdpRewrite rewrite, byte[] like) {
        byte[] inner = after(rewrite).frame();
        VxlanTunnel tunnel = rewrite.tunnel();
        return tunnel == null ? inner : tunnelled(tunnel, inner, like);
    }

    private static byte[] tunnelled(VxlanTunnel tunnel, byte[] inner, byte[] like) {
        boolean isIpv6 = tunnel.isIpv6();
        VxlanTunnel.Outer outer = tunnel.outer();
        int udp = isIpv6 ? 54 : 34;
        int port = outer.sourcePort() != 0 ? outer.sourcePort() : (like[udp] & 0xFF) << 8 | (like[udp + 1] & 0xFF);
        byte[] vxlan = Frames.vxlan(tunnel.networkIdentifier(), inner);
        put(vxlan, 1, outer.reserved() >>> 16);
        vxlan[3] = (byte) (outer.reserved() >>> 8);
        vxlan[7] = (byte) outer.reserved();
        byte[] payload = Frames.udp(port, tunnel.destinationPort(), vxlan);
        String from = text(tunnel.source()), to = text(tunnel.destination());
        byte[] packet = isIpv6
                ? Frames.ipv6(from, to, Frames.UDP, payload)
                : Frames.ipv4(from, to, Frames.UDP, 0, 0x4000, payload);
        serve(packet, outer.typeOfService(), outer.timeToLive());
        if (isIpv6) {
            packet[1] |= (byte) (outer.flowLabel() >>> 16);
            put(packet, 2, outer.flowLabel());
        }
        if (!isIpv6) put(packet, 10, Checksums.ipv4Header(MemorySegment.ofArray(packet), 0));
        return Frames.ethernet(tunnel.destinationMac(), tunnel.sourceMac(), Frames.typeOf(packet), packet);
    }

    /** What can be done to this packet, perhaps only as it is. */
    public XdpRewrite randomRewrite(SplittableRandom random) {
        XdpRewrite.Ends newEnds = random.nextBoolean() ? randomEnds(random, isIpv6(), protocol) : null;
        XdpRewrite.Given given = random.nextBoolean()
                ? null
                : new XdpRewrite.Given(tags, random.nextBoolean() ? XdpRewrite.Given.ANY : typeOfService);
        return new XdpRewrite(
                newEnds,
                random.nextBoolean(),
                random.nextBoolean() ? random.nextLong(1L << 48) : XdpRewrite.KEEP,
                random.nextBoolean() ? random.nextLong(1L << 48) : XdpRewrite.KEEP,
                random.nextInt(tags.size() + 1),
                randomTags(random),
                randomTunnel(random),
                given);
    }

    private static @Nullable VxlanTunnel randomTunnel(SplittableRandom random) {
        if (random.nextInt(3) > 0) return null;
        boolean isIpv6 = random.nextBoolean();
        return new VxlanTunnel(
                address(random, isIpv6),
                address(random, isIpv6),
                random.nextInt(1 << 24),
                random.nextInt(1 << 16),
                random.nextLong(1L << 48),
                random.nextLong(1L << 48),
                random.nextBoolean()
                        ? VxlanTunnel.Outer.USUAL
                        : new VxlanTunnel.Outer(
                                random.nextInt(256),
                                random.nextInt(256),
                                random.nextInt(),
                                random.nextInt(1, 1 << 16),
                                isIpv6 ? random.nextInt(1 << 20) : 0));
    }
}
