package dev.weir.offload.circle;

import dev.weir.dataplane.graph.Batch;
import dev.weir.dataplane.graph.FrameHead;
import dev.weir.dataplane.graph.OffloadNotice.Passed;
import dev.weir.offload.xdp.XdpAction;
import dev.weir.offload.xdp.XdpFlow;
import dev.weir.offload.xdp.XdpRewrite;
import dev.weir.offload.xdp.XdpRewrite.Given;
import dev.weir.offload.xdp.XdpRewrite.VlanTag;
import dev.weir.table.FlowKey;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntUnaryOperator;
import org.jspecify.annotations.Nullable;

/** What a packet that went through the graph teaches about those that follow in its direction. */
sealed interface Lesson {
    /** A driver can do to them what the graph did. */
    record Carry(XdpFlow flow) implements Lesson {}

    /**
     * They stay in software.
     *
     * @param again whether the next packet may teach something else
     */
    record Stay(StayReason reason, boolean again) implements Lesson {}

    /**
     * From a packet.
     *
     * @param ports the driver's number of a port by the graph's, negative for one that it has not
     */
    static Lesson of(Passed packet, IntUnaryOperator ports) {
        FrameView came = FrameView.of(packet.came());
        if (came == null || came.network() != packet.network()) {
            return new Stay(StayReason.PACKET, came == null);
        }
        boolean isDropped = packet.to() == Batch.NO_PORT;
        int to = isDropped ? 0 : ports.applyAsInt(packet.to());
        if (ports.applyAsInt(packet.from()) < 0 || to < 0) {
            return new Stay(StayReason.PORT, false);
        }
        FlowKey key = new FlowKey(
                came.source(),
                came.sourcePort(),
                came.destination(),
                came.destinationPort(),
                came.protocol(),
                packet.tenant());
        if (isDropped) {
            return new Carry(new XdpFlow(key, new XdpAction.Drop()));
        }
        XdpRewrite rewrite = rewrite(came, packet.left());
        return rewrite == null
                ? new Stay(StayReason.CHANGE, false)
                : new Carry(new XdpFlow(key, new XdpAction.Redirect(to, rewrite)));
    }

    /** What makes one of the other, perhaps within a tunnel that begins; null where it cannot be said. */
    private static @Nullable XdpRewrite rewrite(FrameView came, FrameHead left) {
        XdpRewrite rewrite = rewrite(came, FrameView.of(left));
        TunnelledFrame tunnelled = rewrite == null ? TunnelledFrame.of(left) : null;
        if (tunnelled == null) {
            return rewrite;
        }
        XdpRewrite inner = rewrite(came, FrameView.of(tunnelled.inner()));
        return inner == null
                ? null
                : inner.withTunnel(tunnelled.tunnel()).withGiven(new Given(came.tags(), came.typeOfService()));
    }

    /** The same without a tunnel. */
    private static @Nullable XdpRewrite rewrite(FrameView came, @Nullable FrameView left) {
        if (left == null || came.isIpv4() != left.isIpv4() || came.protocol() != left.protocol()) {
            return null;
        }
        int ttl = came.ttl() - left.ttl(),
                longer = left.frame().length() - came.frame().length();
        int known = Math.min(came.rest().length, left.rest().length);
        boolean isSame = Arrays.equals(came.rest(), 0, known, left.rest(), 0, known);
        if (!isSame || ttl < 0 || ttl > 1 || longer != left.network() - came.network()) {
            return null;
        }
        XdpRewrite rewrite = XdpRewrite.NONE.withMacs(
                changed(came.sourceMac(), left.sourceMac()), changed(came.destinationMac(), left.destinationMac()));
        if (ttl == 1) {
            rewrite = rewrite.withTtlDecremented();
        }
        if (!hasSameEnds(came, left)) {
            rewrite = rewrite.withEnds(left.source(), left.sourcePort(), left.destination(), left.destinationPort());
        }
        return came.tags().equals(left.tags()) ? rewrite : withTags(rewrite, came.tags(), left.tags());
    }

    private static long changed(long before, long after) {
        return before == after ? XdpRewrite.KEEP : after;
    }

    private static boolean hasSameEnds(FrameView came, FrameView left) {
        return came.source().equals(left.source())
                && came.destination().equals(left.destination())
                && came.sourcePort() == left.sourcePort()
                && came.destinationPort() == left.destinationPort();
    }

    /** Keeps the innermost tags that are alike. A packet with other tags may be another one's. */
    private static XdpRewrite withTags(XdpRewrite rewrite, List<VlanTag> before, List<VlanTag> after) {
        int kept = 0, most = Math.min(before.size(), after.size());
        while (kept < most && before.get(before.size() - 1 - kept).equals(after.get(after.size() - 1 - kept))) {
            kept++;
        }
        VlanTag[] pushed = after.subList(0, after.size() - kept).toArray(VlanTag[]::new);
        return rewrite.withTags(before.size() - kept, pushed).withGiven(new Given(before, Given.ANY));
    }
}
