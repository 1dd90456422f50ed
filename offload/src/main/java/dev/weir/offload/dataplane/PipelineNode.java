package dev.weir.offload.dataplane;

import dev.weir.dataplane.graph.Batch;
import dev.weir.dataplane.graph.Node;
import dev.weir.dataplane.graph.NodeContext;
import dev.weir.offload.dataplane.KeyField.Layer;
import dev.weir.packet.PacketVector;
import java.util.Arrays;
import java.util.List;

/** See {@link Pipeline}. A packet is looked up in table after table, and changed between; where the tables end, it leaves by the port of the last output. */
final class PipelineNode implements Node {
    /** Beside the reasons of {@link PipelineConfig}: it is not dropped. */
    private static final int GOES_ON = -1;

    private final NodeContext context;
    private final Stage[] stages;
    /** Index in the graph, by the port's number; and back. */
    private final int[] indices;

    private final int[] numbers;
    private final PacketKey key = new PacketKey();
    private final PacketEdit edit = new PacketEdit(key);
    private int hits;
    private int misses;
    private int copies;

    PipelineNode(Pipeline pipeline, NodeContext context) {
        this.context = context;
        stages = pipeline.stages().toArray(Stage[]::new);
        List<String> ports = pipeline.ports();
        indices = new int[ports.size() + 1];
        numbers = new int[context.ports()];
        Arrays.fill(indices, Batch.NO_PORT);
        for (int number = 1; number < indices.length; number++) {
            indices[number] = context.port(ports.get(number - 1));
            numbers[indices[number]] = number;
        }
    }

    @Override
    public void process(Batch batch, int[] picks, int n) {
        hits = 0;
        misses = 0;
        copies = 0;
        edit.begin(batch.packets);
        for (int k = 0; k < n; k++) {
            int i = picks[k];
            int reason = walk(batch, i);
            if (reason != GOES_ON) batch.drop(i, reason);
            else if (batch.egress[i] == Batch.NO_PORT) batch.drop(i, PipelineConfig.NO_OUTPUT);
            else batch.next(i);
        }
        context.count(PipelineConfig.HITS, hits);
        context.count(PipelineConfig.MISSES, misses);
        context.count(PipelineConfig.COPIES, copies);
    }

    private int walk(Batch batch, int i) {
        PacketVector packets = batch.packets;
        int port = packets.port[i];
        int inPort = port < numbers.length ? numbers[port] : 0;
        int octets = packets.length[i];
        key.fill(packets, i, inPort);
        edit.at(i, inPort);
        int stage = 0;
        while (stage != Stage.END) {
            Entry entry = stages[stage].flows().find(key.words);
            if (entry == null) misses++;
            else {
                hits++;
                entry.counts.add(context.worker(), octets, batch.now);
                int reason = act(batch, i, entry.actions);
                if (reason != GOES_ON) return reason;
            }
            stage = stages[stage].after(key.words);
        }
        return GOES_ON;
    }

    private int act(Batch batch, int i, ActionCode code) {
        ActionKind[] kinds = code.kinds;
        int left = code.copies;
        for (int a = 0; a < kinds.length; a++) {
            long high = code.high[a];
            long low = code.low[a];
            switch (kinds[a]) {
                case DROP -> {
                    return PipelineConfig.DROPPED;
                }
                case OUTPUT -> {
                    int to = low < indices.length ? indices[(int) low] : Batch.NO_PORT;
                    if (to == Batch.NO_PORT) return PipelineConfig.NO_SUCH_PORT;
                    if (left-- > 0) copy(batch.packets, i, to);
                    else batch.egress[i] = to;
                }
                case DECREMENT_TTL -> {
                    if (!edit.decrementTtl()) return PipelineConfig.TTL_EXPIRED;
                }
                case SET_ETH_SRC -> edit.hardwareAddress(true, low);
                case SET_ETH_DST -> edit.hardwareAddress(false, low);
                case SET_VLAN_ID -> edit.vlanId((int) low);
                case PUSH_VLAN -> edit.pushVlan((int) low);
                case POP_VLAN -> edit.popVlan();
                case SET_V4_SRC -> edit.address(Layer.IPV4, true, high, low);
                case SET_V4_DST -> edit.address(Layer.IPV4, false, high, low);
                case SET_V6_SRC -> edit.address(Layer.IPV6, true, high, low);
                case SET_V6_DST -> edit.address(Layer.IPV6, false, high, low);
                case SET_SRC_PORT -> edit.port(true, (int) low);
                case SET_DST_PORT -> edit.port(false, (int) low);
            }
        }
        return GOES_ON;
    }

    private void copy(PacketVector packets, int i, int to) {
        long offload = packets.offload.length == 0 ? 0 : packets.offload[i];
        if (context.send(to, packets.data, packets.offset[i], packets.captured[i], offload) == 0) copies++;
    }

    @Override
    public void trace(Batch batch, int i, StringBuilder out) {
        int to = batch.egress[i];
        out.append(to == Batch.NO_PORT ? "no output" : "to port " + (to < numbers.length ? numbers[to] : 0));
    }
}
