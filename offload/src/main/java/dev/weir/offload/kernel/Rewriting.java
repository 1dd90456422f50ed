package dev.weir.offload.kernel;

import dev.weir.offload.model.ActionArg;
import dev.weir.offload.model.Value;
import dev.weir.offload.xdp.VxlanTunnel;
import dev.weir.offload.xdp.XdpRewrite;
import dev.weir.offload.xdp.XdpRewrite.VlanTag;
import dev.weir.table.FlowKey;
import java.net.InetAddress;
import java.util.List;
import java.util.Objects;

/** What actions make of a packet, one after the other. One flow, one thread. */
final class Rewriting {
    private final FlowKey key;
    private XdpRewrite rewrite = XdpRewrite.NONE;

    Rewriting(FlowKey key) {
        this.key = key;
    }

    XdpRewrite rewrite() {
        return rewrite;
    }

    /** Adds what an action does; throws {@link IllegalArgumentException} where the kernel's program cannot do all of it. */
    void apply(KernelAction action, List<ActionArg> arguments) {
        if (rewrite.tunnel() != null) {
            throw new IllegalArgumentException(
                    action.title + " follows a tunnel; put what is changed inside before it");
        }
        switch (action) {
            case SET_SOURCE_MAC -> rewrite = rewrite.withMacs(low(arguments, 0), rewrite.destinationMac());
            case SET_DESTINATION_MAC -> rewrite = rewrite.withMacs(rewrite.sourceMac(), low(arguments, 0));
            case DECREMENT_TTL -> decrementTtl();
            case PUSH_VLAN -> push(VlanTag.of((int) low(arguments, 0)));
            case POP_VLAN -> pop();
            case SET_V4_SOURCE, SET_V6_SOURCE -> source(address(arguments, 0), sourcePort());
            case SET_V4_DESTINATION, SET_V6_DESTINATION -> destination(address(arguments, 0), destinationPort());
            case SET_SOURCE_PORT -> source(source(), (int) low(arguments, 0));
            case SET_DESTINATION_PORT -> destination(destination(), (int) low(arguments, 0));
            case VXLAN_OVER_V4, VXLAN_OVER_V6 -> rewrite = rewrite.withTunnel(tunnel(arguments));
            case OUTPUT, DROP, PASS -> throw new IllegalArgumentException(action.title + " changes no packet");
        }
    }

    private void decrementTtl() {
        if (rewrite.decrementsTtl()) throw new IllegalArgumentException("dec_ttl twice; give it once");
        rewrite = rewrite.withTtlDecremented();
    }

    private void push(VlanTag tag) {
        VlanTag[] tags = new VlanTag[rewrite.pushed().size() + 1];
        tags[0] = tag;
        for (int i = 1; i < tags.length; i++) tags[i] = rewrite.pushed().get(i - 1);
        rewrite = rewrite.withTags(rewrite.popped(), tags);
    }

    private void pop() {
        List<VlanTag> tags = rewrite.pushed();
        if (tags.isEmpty()) rewrite = rewrite.withTags(rewrite.popped() + 1);
        else
            rewrite = rewrite.withTags(
                    rewrite.popped(), tags.subList(1, tags.size()).toArray(VlanTag[]::new));
    }

    private InetAddress source() {
        XdpRewrite.Ends ends = rewrite.ends();
        return ends == null ? key.source() : ends.source();
    }

    private int sourcePort() {
        XdpRewrite.Ends ends = rewrite.ends();
        return ends == null ? key.sourcePort() : ends.sourcePort();
    }

    private InetAddress destination() {
        XdpRewrite.Ends ends = rewrite.ends();
        return ends == null ? key.destination() : ends.destination();
    }

    private int destinationPort() {
        XdpRewrite.Ends ends = rewrite.ends();
        return ends == null ? key.destinationPort() : ends.destinationPort();
    }

    private void source(InetAddress address, int port) {
        rewrite = rewrite.withEnds(address, port, destination(), destinationPort());
    }

    private void destination(InetAddress address, int port) {
        rewrite = rewrite.withEnds(source(), sourcePort(), address, port);
    }

    private static VxlanTunnel tunnel(List<ActionArg> arguments) {
        return new VxlanTunnel(
                address(arguments, 0),
                address(arguments, 1),
                (int) low(arguments, 2),
                (int) low(arguments, 3),
                low(arguments, 4),
                low(arguments, 5));
    }

    private static InetAddress address(List<ActionArg> arguments, int index) {
        Value value = value(arguments, index);
        return Addresses.of(value, value.type().octets() == 4);
    }

    private static long low(List<ActionArg> arguments, int index) {
        return value(arguments, index).low();
    }

    private static Value value(List<ActionArg> arguments, int index) {
        return Objects.requireNonNull(arguments.get(index).value());
    }
}
