package dev.weir.export.kafka;

import dev.weir.export.ExportListener;
import dev.weir.export.ExportRun;
import dev.weir.export.message.DigestHead;
import dev.weir.export.message.DigestWriter;
import dev.weir.packet.PacketVector;
import dev.weir.packet.TunnelMode;
import dev.weir.table.TenantMode;
import java.io.IOException;
import java.util.Map;

/**
 * Digests of packets to a topic, many in a message, as {@link Delivery} says. All of a sensor's go to one partition. Live, a message waits for more
 * packets for a fifth of a second, and when there are none the sensor's clock is told once a second. One thread at a time; allocates a message, not a packet.
 */
public final class DigestSink extends Delivery {
    private static final long LINGER = 200_000_000L, SECOND = 1_000_000_000L;
    /** Messages of a transaction, at the least and at the most. */
    private static final int LEAST_TRANSACTION = 4, TRANSACTION = 256;

    private final DigestOutbox outbox;
    private final DigestWriter writer;
    private final boolean live;
    private byte[] next = new byte[0];
    private int nextPackets;
    private long ended = System.nanoTime();
    private boolean closed;

    /** @param topic of digests */
    public DigestSink(
            KafkaTopic topic, ExportRun run, TunnelMode tunnels, TenantMode tenants, ExportListener listener) {
        this(
                topic,
                run,
                runName(run),
                tunnels,
                tenants,
                listener,
                new DigestOutbox(topic.sensor(), topic.bufferRecords()));
    }

    private DigestSink(
            KafkaTopic topic,
            ExportRun run,
            String runName,
            TunnelMode tunnels,
            TenantMode tenants,
            ExportListener listener,
            DigestOutbox outbox) {
        super(
                topic,
                run,
                runName,
                listener,
                outbox,
                LEAST_TRANSACTION,
                Math.clamp(topic.bufferRecords() / (2 * DigestHead.MOST_PACKETS), 1, TRANSACTION));
        this.outbox = outbox;
        this.live = run.live();
        this.writer = new DigestWriter(topic.sensor(), runName, tunnels, tenants, this::take);
    }

    private void take(long sequence, int packets, byte[] message) throws IOException {
        ended = System.nanoTime();
        next = message;
        nextPackets = packets;
        deliver(packets);
    }

    @Override
    boolean offer(long number) {
        return outbox.offer(number, nextPackets, next);
    }

    /** Takes the packets of a vector, the stream's next, and leaves them as they are. */
    public void accept(PacketVector vector) throws IOException {
        if (!isCut()) {
            writer.accept(vector);
            tellInTime();
        }
    }

    /** Nothing has come; no packet that is still to come is older than {@code clock}. */
    public void idle(long clock) throws IOException {
        if (!isCut()) {
            writer.advance(clock);
            tellInTime();
        }
    }

    private void tellInTime() throws IOException {
        if (live && writer.hasNews()) {
            long age = System.nanoTime() - ended;
            if (age >= SECOND || (age >= LINGER && writer.hasPackets())) {
                writer.end(false);
            }
        }
    }

    /** What was counted so far. */
    public Map<String, Long> counters() {
        return writer.counters();
    }

    /** Says that the run is over, unless it was cut, and waits as {@link Delivery#close} does. */
    @Override
    public void close() throws IOException {
        if (!closed) {
            closed = true;
            try {
                if (!isCut()) {
                    writer.end(true);
                }
            } finally {
                super.close();
            }
        }
    }
}
