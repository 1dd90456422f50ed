package dev.weir.cluster.job;

import dev.weir.packet.PacketVector;
import dev.weir.table.FlowTable;
import dev.weir.table.FlowVector;
import dev.weir.table.KeyExtractor;
import dev.weir.table.PacketDigests;
import dev.weir.wire.CaptureException;
import dev.weir.wire.CaptureParts;
import dev.weir.wire.PacketSource;
import java.io.IOException;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.api.connector.source.ReaderOutput;

/** The reading of one part of a capture: packets to digests, digests to the lanes that keep their flows. One thread. */
final class PartReading implements AutoCloseable {
    private static final int PACKETS = 2048;
    /** In the name of a counter: what made a capture end early. */
    static final String DAMAGE = "damage:";

    private final CaptureSplit split;
    private final Lanes lanes;
    private final FlowTable secret;
    private final PacketSource source;
    private final KeyExtractor extractor;
    private final PacketDigests digests;
    private final FlowVector vector = new FlowVector(new PacketVector(PACKETS));
    private final byte[][] batches;
    private final int[] filled;

    private long done;
    private long clock;
    private long frameOctets;
    private long late;
    private final Map<String, Long> damage = new TreeMap<>();
    /** Of the vector that {@link #skip} ended in: how many of its packets were read before; none there after the next read. */
    private int skipped;

    private boolean skippedInto;

    PartReading(CaptureSplit split, FlowOptions options, Lanes lanes) throws IOException {
        this.split = split;
        this.lanes = lanes;
        batches = new byte[lanes.count()][Batch.HEAD + 16 * 1024];
        filled = new int[lanes.count()];
        // A table that keeps nothing: extractors have their secret from one.
        secret = new FlowTable(options.table(1).withMaxFlows(1));
        boolean opened = false;
        try {
            source = CaptureParts.open(
                    split.head(),
                    split.prologue(),
                    split.begin(),
                    split.end(),
                    split.packetsBefore(),
                    split.lastTime());
            opened = true;
        } finally {
            if (!opened) {
                secret.close();
            }
        }
        extractor = new KeyExtractor(secret, options.tunnels(), options.tenants());
        digests = new PacketDigests(secret, options.tenants());
        clock = split.clock();
        boolean begun = false;
        try {
            skip(split.done());
            begun = true;
        } finally {
            if (!begun) {
                close();
            }
        }
    }

    /** Steps over what was read before. */
    private void skip(long packets) throws CaptureException {
        while (done < packets) {
            int read = source.read(vector.packets);
            if (read == 0) {
                throw new CaptureException(
                        split.head().file(), -1, -1, "is shorter than it was; it must not change while it is read");
            }
            skippedInto = packets - done < read;
            skipped = skippedInto ? (int) (packets - done) : 0;
            done += skippedInto ? skipped : read;
        }
    }

    /** No packet that is still to come counts at an earlier time. */
    long clock() {
        return Math.max(clock, split.start());
    }

    /** Whether it is a capture that cannot be cut. */
    boolean isWhole() {
        return !split.head().isDivisible();
    }

    /** How far it is. */
    CaptureSplit progress() {
        return split.at(done, clock, counters());
    }

    /** Reads and passes on a vector; 0 at the end, which is told to all lanes. */
    int read(ReaderOutput<byte[]> output) {
        PacketVector packets = vector.packets;
        int from = skipped;
        int read;
        try {
            read = skippedInto ? packets.size : source.read(packets);
        } catch (CaptureException e) {
            damage.put(DAMAGE + e.getMessage(), 1L);
            read = 0;
        }
        if (read == 0) {
            for (int lane = 0; lane < lanes.count(); lane++) {
                output.collect(Batch.end(lane, split.stream(), clock, lane == 0 ? counters() : Map.of()));
            }
            return 0;
        }
        skippedInto = false;
        skipped = 0;
        tick(packets, from);
        extractor.extract(vector);
        digests.begin();
        Arrays.fill(filled, Batch.HEAD);
        for (int i = from; i < packets.size; i++) {
            if (vector.family(i) != 0) {
                int lane = lanes.ofGroup(digests.place(vector, i, Lanes.GROUPS));
                byte[] batch = room(lane);
                filled[lane] += digests.write(vector, i, split.number(packets.first + i), batch, filled[lane]);
            }
        }
        for (int lane = 0; lane < filled.length; lane++) {
            if (filled[lane] > Batch.HEAD) {
                byte[] batch = Arrays.copyOf(batches[lane], filled[lane]);
                Batch.head(batch, Batch.PACKETS, lane, split.stream());
                output.collect(batch);
            }
        }
        done += read - from;
        return read;
    }

    private byte[] room(int lane) {
        byte[] batch = batches[lane];
        if (batch.length - filled[lane] < PacketDigests.SIZE_V6) {
            batch = Arrays.copyOf(batch, 2 * batch.length);
            batches[lane] = batch;
        }
        return batch;
    }

    /** Moves the capture's clock: a packet that is older than one before it counts at that one's time. */
    private void tick(PacketVector packets, int from) {
        long now = clock;
        for (int i = from; i < packets.size; i++) {
            long time = packets.time[i];
            late += time < now ? 1 : 0;
            now = Math.max(now, time);
            packets.time[i] = now;
            frameOctets += packets.length[i];
        }
        clock = now;
    }

    private Map<String, Long> counters() {
        var counters = new TreeMap<>(split.counters());
        counters.merge("packets", done - split.done(), Long::sum);
        counters.merge("octets", frameOctets, Long::sum);
        counters.merge("late", late, Long::sum);
        counters.merge("UNHANDLED", extractor.unhandled(), Long::sum);
        var malformed = new TreeMap<String, Long>();
        extractor.addMalformed(malformed);
        malformed.forEach((name, count) -> counters.merge("malformed:" + name, count, Long::sum));
        counters.putAll(damage);
        return counters;
    }

    @Override
    public void close() throws IOException {
        secret.close();
        source.close();
    }
}
