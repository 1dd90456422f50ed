package dev.weir.dataplane.nodes.mirror;

import dev.weir.dataplane.graph.Batch;
import dev.weir.dataplane.graph.FlowsLegend;
import dev.weir.dataplane.graph.Node;
import dev.weir.dataplane.graph.NodeContext;
import dev.weir.packet.PacketVector;
import dev.weir.table.FlowContext;
import dev.weir.table.FlowRecord;

/** See {@link MirrorConfig}. With a bound on a flow's copies, the first word of its annex counts them. */
final class MirrorNode implements Node {
    private static final byte COPIED = 0, REFUSED = 1, OTHER_DIRECTION = 2, ENOUGH = 3, SAME_PORT = 4;
    private static final String[] OUTCOMES = {
        "copied",
        "copy refused by the port",
        "not copied: other direction",
        "not copied: enough of the flow",
        "not copied: came by the port"
    };

    private final NodeContext context;
    private final int port;
    private final int firstPackets;
    private final boolean forward, reverse, onlyWithContext;
    private final ExpirationFrames expirations;
    private final byte[] outcome = new byte[Batch.CAPACITY];

    MirrorNode(MirrorConfig config, NodeContext context) {
        this.context = context;
        port = context.port(config.port());
        firstPackets = config.firstPackets();
        forward = config.direction() != MirrorDirection.REVERSE;
        reverse = config.direction() != MirrorDirection.FORWARD;
        onlyWithContext = config.onlyWithContext();
        expirations = new ExpirationFrames(context, port, config.backlog());
    }

    @Override
    public void process(Batch batch, int[] picks, int n) {
        expirations.flush();
        int hits = 0, refused = 0;
        for (int k = 0; k < n; k++) {
            int i = picks[k];
            byte what = mirror(batch, i);
            hits += what == COPIED ? 1 : 0;
            refused += what == REFUSED ? 1 : 0;
            outcome[i] = what;
            batch.next(i);
        }
        context.count(MirrorConfig.HITS, hits);
        context.count(MirrorConfig.NO_INTF_OUT, refused);
    }

    private byte mirror(Batch batch, int i) {
        PacketVector p = batch.packets;
        if (!(batch.isReverse(i) ? reverse : forward)) {
            return OTHER_DIRECTION;
        }
        if (p.port[i] == port) {
            return SAME_PORT;
        }
        if (firstPackets != 0 && !countOneMore(batch.flow[i])) {
            return ENOUGH;
        }
        return context.send(port, p.data, p.offset[i], p.captured[i], p.offload[i]) == 0 ? COPIED : REFUSED;
    }

    private boolean countOneMore(int flow) {
        FlowContext view = context.flow().at(flow);
        int copies = view.getInt(context.annex());
        if (copies >= firstPackets) {
            return false;
        }
        view.setInt(context.annex(), copies + 1);
        return true;
    }

    @Override
    public boolean restored(int flow, FlowsLegend.Before before) {
        return true;
    }

    @Override
    public void ended(FlowRecord record) {
        if (!onlyWithContext || record.ctxId() != 0) {
            expirations.add(record);
        }
    }

    @Override
    public void tick(long now) {
        expirations.retry();
    }

    /** Goes on with what the old one could not send yet. */
    @Override
    public void replace(Node old) {
        if (old instanceof MirrorNode mirror) {
            expirations.adopt(mirror.expirations);
        }
    }

    @Override
    public void close() {
        expirations.close();
    }

    @Override
    public void trace(Batch batch, int i, StringBuilder out) {
        out.append(OUTCOMES[outcome[i]]);
    }
}
