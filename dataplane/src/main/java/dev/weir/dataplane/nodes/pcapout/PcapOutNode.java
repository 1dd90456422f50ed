package dev.weir.dataplane.nodes.pcapout;

import dev.weir.dataplane.graph.Batch;
import dev.weir.dataplane.graph.Node;
import dev.weir.dataplane.graph.NodeContext;
import dev.weir.packet.LinkType;
import dev.weir.packet.PacketVector;

/** See {@link PcapOutConfig}. */
final class PcapOutNode implements Node {
    private static final long SECONDS_END = 1L << 32, SECOND = 1_000_000_000L;
    private static final String[] OUTCOMES = {"written", "lost: ring full", "lost: ", "beyond the limit", "unwritable"};

    private final NodeContext context;
    private final PcapOutConfig config;
    private CaptureWriter writer;
    private CaptureRing ring;
    private final int snapLength;
    private final byte[] outcome = new byte[Batch.CAPACITY];
    private final int[] counts = new int[OUTCOMES.length];
    private boolean closed;

    PcapOutNode(PcapOutConfig config, NodeContext context) {
        this.context = context;
        this.config = config;
        snapLength = config.snapLength();
        writer = context.shared(CaptureWriter.class, () -> new CaptureWriter(config));
        ring = writer.join(config.ringBytes());
    }

    @Override
    public void process(Batch batch, int[] picks, int n) {
        writer.begin();
        int allowed = writer.claim(n);
        boolean failed = writer.failure() != null;
        for (int k = 0; k < n; k++) {
            int i = picks[k];
            byte what = (byte) (failed ? PcapOutConfig.LOST_DISK : offer(batch.packets, i, k < allowed));
            outcome[i] = what;
            counts[what]++;
            batch.next(i);
        }
        ring.publish();
        for (int what = 0; what < counts.length; what++) {
            context.count(what, counts[what]);
            counts[what] = 0;
        }
    }

    private int offer(PacketVector p, int i, boolean allowed) {
        if (!allowed) {
            return PcapOutConfig.BEYOND_LIMIT;
        }
        if (p.link[i] != LinkType.ETHERNET || p.time[i] < 0 || p.time[i] / SECOND >= SECONDS_END) {
            return PcapOutConfig.UNWRITABLE;
        }
        return ring.offer(p, i, Math.min(p.captured[i], snapLength))
                ? PcapOutConfig.ACCEPTED
                : PcapOutConfig.LOST_RING_FULL;
    }

    /** Goes on with the file of a node that was the same, since what it wrote would be lost else. */
    @Override
    public void replace(Node old) {
        if (old instanceof PcapOutNode same && same.config.equals(config) && !same.closed) {
            writer.leave();
            writer = same.writer;
            ring = same.ring;
            same.closed = true;
        }
    }

    /** Waits until the file has what was accepted, after all nodes of it have closed; for tests. */
    boolean await() throws InterruptedException {
        return writer.await();
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            writer.leave();
        }
    }

    @Override
    public void trace(Batch batch, int i, StringBuilder out) {
        out.append(OUTCOMES[outcome[i]]);
        if (outcome[i] == PcapOutConfig.LOST_DISK) {
            out.append(writer.failure());
        }
    }
}
