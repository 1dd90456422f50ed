package dev.weir.dataplane.nodes.bridge;

import dev.weir.dataplane.graph.Batch;
import dev.weir.dataplane.graph.Node;
import dev.weir.dataplane.graph.NodeContext;
import dev.weir.packet.Ethernet;
import dev.weir.packet.LinkType;
import dev.weir.packet.Vlan;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;

/**
 * See {@link BridgeConfig}. Learns and forwards packet by packet, in order, so that a station's first frame teaches the
 * frames behind it in the same batch. A flood sends copies to all members but the last, by which the packet itself leaves.
 * The table numbers ports by their place in the configuration, so it outlives a change of the graph's ports.
 */
final class BridgeNode implements Node {
    private static final int NOT_MEMBER = -1;
    private static final long GROUP = 1L << 40, LINK_LOCAL = 0x0180_C200_0000L;

    private final NodeContext context;
    private final List<String> names;
    private final int[] ports;
    private final int[] memberOfPort;
    private final long agingMillis;
    private final int maxAddresses;
    private MacTable table;

    BridgeNode(BridgeConfig config, NodeContext context) {
        this.context = context;
        names = config.ports();
        ports = new int[names.size()];
        memberOfPort = new int[context.ports()];
        Arrays.fill(memberOfPort, NOT_MEMBER);
        for (int member = 0; member < ports.length; member++) {
            ports[member] = context.port(names.get(member));
            memberOfPort[ports[member]] = member;
        }
        agingMillis = config.aging().toMillis();
        maxAddresses = config.maxAddresses();
        table = context.shared(MacTable.class, () -> new MacTable(maxAddresses));
    }

    @Override
    public void process(Batch batch, int[] picks, int n) {
        long now = batch.now / 1_000_000;
        long oldest = now - agingMillis;
        for (int k = 0; k < n; k++) {
            int i = picks[k];
            int member = member(batch.packets.port[i]);
            if (member == NOT_MEMBER
                    || batch.packets.link[i] != LinkType.ETHERNET
                    || batch.packets.captured[i] < Ethernet.SIZE) {
                batch.next(i);
            } else {
                bridge(batch, i, member, now, oldest);
            }
        }
    }

    private int member(int port) {
        return port < memberOfPort.length ? memberOfPort[port] : NOT_MEMBER;
    }

    private void bridge(Batch batch, int i, int from, long now, long oldest) {
        MemorySegment data = batch.packets.data;
        long at = batch.packets.offset[i];
        int vlan = vlan(data, at, batch.packets.captured[i]);
        long source = Ethernet.source(data, at);
        if ((source & GROUP) == 0 && source != 0) {
            learn(MacTable.key(source, vlan), from, now, oldest);
        }
        if (batch.egress[i] != Batch.NO_PORT) {
            batch.next(i);
            return;
        }
        long destination = Ethernet.destination(data, at);
        if ((destination & ~0xFL) == LINK_LOCAL) {
            batch.drop(i, BridgeConfig.LINK_LOCAL);
            return;
        }
        int to = (destination & GROUP) != 0 ? MacTable.UNKNOWN : table.find(MacTable.key(destination, vlan), oldest);
        if (to == from) {
            batch.drop(i, BridgeConfig.SAME_PORT);
            return;
        }
        batch.egress[i] = to == MacTable.UNKNOWN ? flood(batch, i, from) : ports[to];
        batch.next(i);
    }

    private void learn(long key, int member, long now, long oldest) {
        switch (table.learn(key, member, now, oldest)) {
            case MacTable.LEARNED -> context.count(BridgeConfig.LEARNED, 1);
            case MacTable.MOVED -> context.count(BridgeConfig.MOVED, 1);
            case MacTable.NOT_LEARNED -> context.count(BridgeConfig.NOT_LEARNED, 1);
            default -> {}
        }
    }

    /** Sends copies to all members but where it came from and the last, which is what it returns. */
    private int flood(Batch batch, int i, int from) {
        int last = from == ports.length - 1 ? ports.length - 2 : ports.length - 1;
        for (int member = 0; member < last; member++) {
            if (member != from) {
                context.send(
                        ports[member],
                        batch.packets.data,
                        batch.packets.offset[i],
                        batch.packets.captured[i],
                        batch.packets.offload[i]);
            }
        }
        context.count(BridgeConfig.FLOODED, 1);
        return ports[last];
    }

    /** The outermost VLAN identifier; 0 for untagged and priority-tagged frames (IEEE 802.1Q clause 6.9). */
    private static int vlan(MemorySegment data, long at, int captured) {
        return captured >= Ethernet.SIZE + Vlan.SIZE && Vlan.isTag(Ethernet.type(data, at))
                ? Vlan.id(data, at + Ethernet.SIZE)
                : 0;
    }

    /** Keeps what was learnt where the ports and the bound are the same. */
    @Override
    public void replace(Node old) {
        if (old instanceof BridgeNode bridge
                && bridge.names.equals(names)
                && bridge.table.maxAddresses() == maxAddresses) {
            table = bridge.table;
        }
    }

    @Override
    public void trace(Batch batch, int i, StringBuilder out) {
        int from = member(batch.packets.port[i]);
        if (from == NOT_MEMBER
                || batch.packets.link[i] != LinkType.ETHERNET
                || batch.packets.captured[i] < Ethernet.SIZE) {
            out.append("not bridged");
            return;
        }
        MemorySegment data = batch.packets.data;
        long at = batch.packets.offset[i];
        int vlan = vlan(data, at, batch.packets.captured[i]);
        long destination = Ethernet.destination(data, at);
        long oldest = batch.now / 1_000_000 - agingMillis;
        int to = (destination & GROUP) != 0 ? MacTable.UNKNOWN : table.find(MacTable.key(destination, vlan), oldest);
        out.append("vlan ").append(vlan).append(", ");
        mac(Ethernet.source(data, at), out);
        out.append(" by ").append(names.get(from)).append(", ");
        mac(destination, out);
        out.append(to == MacTable.UNKNOWN ? " by all others" : " by " + names.get(to));
    }

    private static void mac(long address, StringBuilder out) {
        for (int shift = 40; shift >= 0; shift -= 8) {
            out.append(Character.forDigit((int) (address >>> (shift + 4)) & 0xF, 16))
                    .append(Character.forDigit((int) (address >>> shift) & 0xF, 16))
                    .append(shift == 0 ? "" : ":");
        }
    }
}
