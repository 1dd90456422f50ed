package dev.weir.dataplane.nodes.balance;

import dev.weir.dataplane.graph.Batch;
import dev.weir.dataplane.graph.FlowsLegend;
import dev.weir.dataplane.graph.Node;
import dev.weir.dataplane.graph.NodeContext;
import dev.weir.dataplane.nodes.FlowMatch;
import dev.weir.dataplane.nodes.IpPrefix;
import dev.weir.packet.Ethernet;
import dev.weir.packet.LinkType;
import dev.weir.packet.Rewrite;
import dev.weir.table.FlowContext;
import dev.weir.table.FlowRecord;
import dev.weir.table.FlowTuple;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * See {@link BalanceConfig}. What it keeps with a flow, native byte order:
 *
 * <pre>
 * 0 number of the target plus 1, i32; 0 undecided, -1 not balanced    4 packets counted for the target u32
 * 8 octets counted for it i64                                         16 the first packet's destination Ethernet address
 * </pre>
 */
final class BalanceNode implements Node {
    static final int ANNEX_BYTES = 24;

    private static final int UNDECIDED = 0, NOT_BALANCED = -1;
    private static final int COUNTED = 4, COUNTED_BYTES = 8, MAC = 16;

    private final BalanceConfig config;
    private final NodeContext context;
    private final FlowContext flow;
    private final int annex, by;
    private final boolean passedBy;
    private final Chooser chooser;
    private final Roster roster;
    private final Rewrite rewrite = new Rewrite();
    private final FlowTuple first = new FlowTuple(), second = new FlowTuple();
    /** What flows are restored from, and the number here of each target there. */
    private FlowsLegend.@Nullable Before restoredFrom;

    private int[] restoredAs = {};

    BalanceNode(BalanceConfig config, NodeContext context) {
        this.config = config;
        this.context = context;
        flow = context.flow();
        annex = context.annex();
        String port = config.match().by();
        by = port == null ? Batch.NO_PORT : context.port(port);
        passedBy = config.honoursOffload();
        chooser = new Chooser(config, context);
        roster = new Roster(config.targets(), context);
    }

    @Override
    public void replace(Node old) {
        if (old instanceof BalanceNode before) {
            roster.resume(before.roster);
            for (int t = 0; t < config.targets().size(); t++) {
                context.count(counter(t, BalanceConfig.ACTIVE), roster.at(roster.number(t)).active);
            }
        }
    }

    private static int counter(int listed, int which) {
        return BalanceConfig.FIRST_TARGET + listed * BalanceConfig.PER_TARGET + which;
    }

    private void count(Roster.Place place, int which, long n) {
        if (place.listed >= 0) {
            context.count(counter(place.listed, which), n);
        }
    }

    @Override
    public void process(Batch batch, int[] picks, int n) {
        for (int k = 0; k < n; k++) {
            int i = picks[k];
            int kept = flow.at(batch.flow[i]).getInt(annex);
            boolean forward = !batch.isReverse(i) && !batch.isRelated(i);
            if (kept > 0 && forward && !roster.at(kept - 1).target.up()) {
                context.count(BalanceConfig.MOVED, 1);
                release(roster.at(kept - 1));
                flow.setInt(annex, UNDECIDED);
                kept = UNDECIDED;
            }
            if (kept == UNDECIDED && forward) {
                kept = decide(batch, i);
                if (kept == UNDECIDED) {
                    continue;
                }
            }
            if (kept > 0) {
                send(batch, i, roster.at(kept - 1));
            } else {
                batch.next(i);
            }
        }
    }

    private void release(Roster.Place place) {
        place.active--;
        count(place, BalanceConfig.ACTIVE, -1);
    }

    /** Gives the flow of packet {@code i} a target; {@link #UNDECIDED} where there is none, and then it has been dropped. */
    private int decide(Batch batch, int i) {
        second.ofPacket(batch.flows, i);
        if (!config.match().fits(second, batch.packets.port[i], by)) {
            flow.setInt(annex, NOT_BALANCED);
            return NOT_BALANCED;
        }
        int chosen = chooser.choose(second);
        if (chosen == Chooser.NONE) {
            batch.drop(i, BalanceConfig.NO_TARGET);
            return UNDECIDED;
        }
        int number = roster.number(chosen);
        Roster.Place place = roster.at(number);
        IpPrefix address = place.target.address();
        if (address != null) {
            int result = alias(batch, i, address, place.target.toPort());
            if (result != NodeContext.ALIASED) {
                batch.drop(i, result == NodeContext.TAKEN ? BalanceConfig.TAKEN : BalanceConfig.NO_ROOM);
                return UNDECIDED;
            }
        }
        flow.setInt(annex, number + 1);
        if (batch.packets.link[i] == LinkType.ETHERNET) {
            flow.setLong(annex + MAC, Ethernet.destination(batch.packets.data, batch.packets.offset[i]));
        }
        if (config.offload()) {
            flow.setOffloaded(true);
        }
        place.active++;
        count(place, BalanceConfig.FLOWS, 1);
        count(place, BalanceConfig.ACTIVE, 1);
        return number + 1;
    }

    private int alias(Batch batch, int i, IpPrefix address, int port) {
        if (address.high() == second.destinationHigh
                && address.low() == second.destinationLow
                && (port == Rewrite.KEEP_PORT || port == second.destinationPort)) {
            return NodeContext.ALIASED;
        }
        second.destinationHigh = address.high();
        second.destinationLow = address.low();
        if (port != Rewrite.KEEP_PORT && FlowMatch.hasPorts(second.protocol)) {
            second.destinationPort = port;
        }
        return context.alias(batch, i, second);
    }

    /** Sends a packet of either direction on its way, rewritten as its target says. */
    private void send(Batch batch, int i, Roster.Place place) {
        Target target = place.target;
        boolean reverse = batch.isReverse(i);
        if (target.address() != null && !translate(batch, i, target, reverse)) {
            batch.drop(i, BalanceConfig.NOT_REWRITABLE);
            return;
        }
        if (target.mac() != 0 && batch.packets.link[i] == LinkType.ETHERNET) {
            long at = batch.packets.offset[i];
            if (reverse) {
                Ethernet.setSource(batch.packets.data, at, flow.getLong(annex + MAC));
            } else {
                Ethernet.setDestination(batch.packets.data, at, target.mac());
            }
        }
        int egress = reverse ? context.entryPort(batch.flow[i]) : place.egress;
        if (egress != Batch.NO_PORT) {
            batch.egress[i] = egress;
        }
        account(batch, i, place);
        batch.next(i);
    }

    private boolean translate(Batch batch, int i, Target target, boolean reverse) {
        flow.tuple(first);
        boolean hasPorts = FlowMatch.hasPorts(first.protocol);
        batch.place(rewrite, i);
        if (reverse) {
            int port = hasPorts ? first.destinationPort : Rewrite.KEEP_PORT;
            return rewrite.source(first.destinationHigh, first.destinationLow, port);
        }
        IpPrefix address = target.address();
        int port = hasPorts ? target.toPort() : Rewrite.KEEP_PORT;
        return address == null || rewrite.destination(address.high(), address.low(), port);
    }

    private void account(Batch batch, int i, Roster.Place place) {
        int length = batch.packets.length[i];
        count(place, BalanceConfig.PACKETS, 1);
        count(place, BalanceConfig.BYTES, length);
        if (passedBy && !batch.isRelated(i)) {
            flow.setInt(annex + COUNTED, flow.getInt(annex + COUNTED) + 1);
            flow.setLong(annex + COUNTED_BYTES, flow.getLong(annex + COUNTED_BYTES) + length);
        }
    }

    @Override
    public void ended(FlowRecord record) {
        int kept = record.annexInt(annex);
        if (kept <= 0) {
            return;
        }
        Roster.Place place = roster.at(kept - 1);
        release(place);
        if (passedBy && record.offloaded()) {
            long packets = record.forwardPackets() + record.reversePackets();
            long bytes = record.forwardFrameBytes() + record.reverseFrameBytes();
            count(place, BalanceConfig.PACKETS, packets - (record.annexInt(annex + COUNTED) & 0xFFFF_FFFFL));
            count(place, BalanceConfig.BYTES, bytes - record.annexLong(annex + COUNTED_BYTES));
        }
    }

    @Override
    public Supplier<List<String>> legend() {
        return roster.words();
    }

    /** Flows stay with their target, by its name and where it is; where it is gone or somewhere else they get another. */
    @Override
    public boolean restored(int number, FlowsLegend.Before before) {
        int kept = flow.at(number).getInt(annex);
        if (kept <= 0) {
            return kept == UNDECIDED || (kept == NOT_BALANCED && before.same());
        }
        if (!before.equals(restoredFrom)) {
            restoredFrom = before;
            restoredAs = before.words().stream().mapToInt(roster::find).toArray();
        }
        int at = kept > restoredAs.length ? -1 : restoredAs[kept - 1];
        if (at < 0) {
            return false;
        }
        flow.setInt(annex, at + 1);
        Roster.Place place = roster.at(at);
        place.active++;
        count(place, BalanceConfig.ACTIVE, 1);
        return true;
    }

    @Override
    public void trace(Batch batch, int i, StringBuilder out) {
        int kept = flow.at(batch.flow[i]).getInt(annex);
        if (kept <= 0) {
            out.append("not balanced");
            return;
        }
        out.append(batch.isReverse(i) ? "back from " : "to ")
                .append(roster.at(kept - 1).target.name());
    }
}
