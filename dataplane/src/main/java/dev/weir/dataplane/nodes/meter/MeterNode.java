package dev.weir.dataplane.nodes.meter;

import dev.weir.dataplane.graph.Batch;
import dev.weir.dataplane.graph.FlowsLegend;
import dev.weir.dataplane.graph.Node;
import dev.weir.dataplane.graph.NodeContext;
import dev.weir.table.FlowContext;
import dev.weir.table.meter.TokenBucket;

/**
 * See {@link MeterConfig}. Of each flow the annex has
 *
 * <pre>
 * byte 0      8                           16                24
 *      | time | missing, forward or both | missing, reverse |
 * </pre>
 *
 * where time is that of the last packet, and never goes back: a packet that is older counts at that time.
 */
final class MeterNode implements Node {
    private static final int TIME = 0, MISSING = 8;

    private final NodeContext context;
    private final TokenBucket bucket;
    private final boolean bits, eachDirection, exceededArc;
    private final String unit;

    MeterNode(MeterConfig config, NodeContext context) {
        this.context = context;
        bits = config.unit() == MeterUnit.BITS;
        unit = bits ? " octets left" : " packets left";
        bucket = new TokenBucket(config.rate(), bits ? config.burst() * Byte.SIZE : config.burst());
        eachDirection = config.eachDirection();
        exceededArc = config.exceededArc();
    }

    @Override
    public void process(Batch batch, int[] picks, int n) {
        FlowContext flow = context.flow();
        int annex = context.annex();
        int exceeded = 0;
        for (int k = 0; k < n; k++) {
            int i = picks[k];
            flow.at(batch.flow[i]);
            long last = flow.getLong(annex + TIME);
            long time = Math.max(last, batch.packets.time[i]);
            flow.setLong(annex + TIME, time);
            int mine = annex + missingAt(batch, i);
            if (eachDirection) {
                int other = annex + MISSING + MISSING + MISSING - (mine - annex);
                flow.setLong(other, bucket.refill(flow.getLong(other), time - last));
            }
            long missing = bucket.refill(flow.getLong(mine), time - last);
            long after = bucket.take(missing, bits ? (long) batch.flows.ipLength(i) * Byte.SIZE : 1);
            flow.setLong(mine, after < 0 ? missing : after);
            if (after >= 0) {
                batch.next(i);
            } else {
                exceeded++;
                exceed(batch, i);
            }
        }
        context.count(MeterConfig.CONFORMED, n - exceeded);
        context.count(MeterConfig.EXCEEDED, exceeded);
    }

    private int missingAt(Batch batch, int i) {
        return eachDirection && batch.isReverse(i) ? 2 * MISSING : MISSING;
    }

    private void exceed(Batch batch, int i) {
        if (exceededArc) {
            batch.arc(i, MeterConfig.EXCEEDED_ARC);
        } else {
            batch.drop(i, MeterConfig.OVER_RATE);
        }
    }

    /** A bucket of another rate or burst begins full. The clock may have been set back. */
    @Override
    public boolean restored(int number, FlowsLegend.Before before) {
        FlowContext flow = context.flow().at(number);
        int annex = context.annex();
        flow.setLong(
                annex + TIME,
                Math.min(flow.getLong(annex + TIME), context.table().now()));
        return before.same() && flow.getLong(annex + TIME) >= 0;
    }

    /** What is left of the bucket after the whole batch. */
    @Override
    public void trace(Batch batch, int i, StringBuilder out) {
        long missing = context.flow().at(batch.flow[i]).getLong(context.annex() + missingAt(batch, i));
        long left = bucket.available(missing);
        out.append(bits ? left / Byte.SIZE : left).append(unit);
    }
}
