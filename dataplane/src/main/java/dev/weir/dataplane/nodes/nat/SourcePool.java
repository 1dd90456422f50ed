package dev.weir.dataplane.nodes.nat;

import dev.weir.dataplane.graph.Batch;
import dev.weir.dataplane.graph.NodeContext;
import dev.weir.dataplane.nodes.FlowMatch;
import dev.weir.dataplane.nodes.IpPrefix;
import dev.weir.dataplane.nodes.PortRange;
import dev.weir.packet.Icmp;
import dev.weir.packet.IpProtocol;
import dev.weir.table.FlowTuple;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * The addresses and ports that a rule gives sources. One a worker and rule; allocates nothing after it was made.
 *
 * <p>A source keeps to one address of the pool as long as that has room ("paired", RFC 4787 section 4.1), and to its port
 * if that is free; else ports are tried one by one from a random one on (RFC 6056 section 3.3.2). So many are tried,
 * {@link #TRIES} a worker and address, that a range of no more is exhausted when it is told to be; a larger one may be
 * told so when 99 % are taken, with a probability of 0.6 %.
 */
final class SourcePool {
    private static final int TRIES = 512;
    /** How many addresses of a pool are tried for a flow. */
    private static final int MAX_ADDRESSES = 8;

    private final NodeContext context;
    private final PortRange ports;
    /** Of IPv4, and of IPv6 in halves. */
    private final long[] addresses4, high6, low6;

    private final SplittableRandom random = new SplittableRandom(new SecureRandom().nextLong());

    SourcePool(SourceRule rule, NodeContext context) {
        this.context = context;
        this.ports = rule.ports();
        List<long[]> v4 = new ArrayList<>(), v6 = new ArrayList<>();
        if (rule.port() != null) {
            context.addresses(context.port(rule.port())).forEach(a -> add(a, v4, v6));
        }
        rule.pool().forEach(block -> add(block, block.family() == 4 ? v4 : v6));
        addresses4 = v4.stream().mapToLong(a -> a[1]).toArray();
        high6 = v6.stream().mapToLong(a -> a[0]).toArray();
        low6 = v6.stream().mapToLong(a -> a[1]).toArray();
    }

    private static void add(IpPrefix block, List<long[]> to) {
        for (long low = block.low(); low != block.lastLow(); low++) {
            to.add(new long[] {block.high(), low});
        }
        to.add(new long[] {block.high(), block.lastLow()});
    }

    private static void add(InetAddress address, List<long[]> v4, List<long[]> v6) {
        ByteBuffer octets = ByteBuffer.wrap(address.getAddress());
        if (address.isLinkLocalAddress() || address.isLoopbackAddress()) {
            return;
        }
        if (address instanceof Inet4Address) {
            v4.add(new long[] {0, octets.getInt() & 0xFFFF_FFFFL});
        } else {
            v6.add(new long[] {octets.getLong(), octets.getLong()});
        }
    }

    /**
     * Gives packet {@code i}, sent so far with the ends of {@code second}, a source of its own, which is the flow's from
     * then on.
     *
     * @return {@link NodeContext#ALIASED}, {@link NodeContext#TAKEN} where none is left, {@link NodeContext#FULL}
     */
    int bind(Batch batch, int i, FlowTuple second) {
        int count = second.family == 4 ? addresses4.length : high6.length;
        if (count == 0) {
            return NodeContext.TAKEN;
        }
        boolean echo = isEcho(batch, i, second);
        int wanted = second.sourcePort;
        int first = (int) Long.remainderUnsigned(mixed(second.sourceHigh, second.sourceLow), count);
        for (int n = 0; n < Math.min(count, MAX_ADDRESSES); n++) {
            int a = first + n < count ? first + n : first + n - count;
            second.sourceHigh = second.family == 4 ? 0 : high6[a];
            second.sourceLow = second.family == 4 ? addresses4[a] : low6[a];
            int result = !echo && !FlowMatch.hasPorts(second.protocol)
                    ? context.alias(batch, i, second)
                    : choose(batch, i, second, wanted, echo);
            if (result != NodeContext.TAKEN) {
                return result;
            }
        }
        return NodeContext.TAKEN;
    }

    private static boolean isEcho(Batch batch, int i, FlowTuple t) {
        return (t.protocol == IpProtocol.ICMP || t.protocol == IpProtocol.ICMPV6)
                && t.sourcePort == t.destinationPort
                && batch.flows.transport(i) != 0
                && isEcho(batch, batch.packets.offset[i] + batch.flows.transport(i), t.protocol);
    }

    private static boolean isEcho(Batch batch, long at, int protocol) {
        int type = Icmp.type(batch.packets.data, at);
        return protocol == IpProtocol.ICMP
                ? type == Icmp.ECHO_REQUEST || type == Icmp.ECHO_REPLY
                : type == Icmp.V6_ECHO_REQUEST || type == Icmp.V6_ECHO_REPLY;
    }

    /** A port of the address that {@code second} has already. */
    private int choose(Batch batch, int i, FlowTuple second, int wanted, boolean echo) {
        if (ports.contains(wanted)) {
            int result = attempt(batch, i, second, wanted, echo);
            if (result != NodeContext.TAKEN) {
                return result;
            }
        }
        int size = ports.size();
        int at = random.nextInt(size);
        int tries = (int) Math.min(size, (long) TRIES * context.workers());
        for (int n = 0; n < tries; n++) {
            int result = attempt(batch, i, second, ports.first() + at, echo);
            if (result != NodeContext.TAKEN) {
                return result;
            }
            at = at + 1 == size ? 0 : at + 1;
        }
        return NodeContext.TAKEN;
    }

    private int attempt(Batch batch, int i, FlowTuple second, int port, boolean echo) {
        second.sourcePort = port;
        if (echo) {
            second.destinationPort = port;
        }
        boolean ours = echo ? port % context.workers() == context.worker() : context.owns(second);
        return ours ? context.alias(batch, i, second) : NodeContext.TAKEN;
    }

    private static long mixed(long high, long low) {
        long x = (high ^ Long.rotateLeft(low, 29)) * 0x9E37_79B9_7F4A_7C15L;
        return ((x ^ x >>> 32) * 0xD6E8_FEB8_6659_FD93L) >>> 1;
    }
}
