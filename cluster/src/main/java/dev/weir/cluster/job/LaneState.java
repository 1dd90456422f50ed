package dev.weir.cluster.job;

import dev.weir.export.message.NamedCounters;
import dev.weir.table.FlowImages;
import dev.weir.table.PacketDigests;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.flink.runtime.state.KeyGroupRange;

/**
 * What a lane knows, key group by key group, as a checkpoint has it, so that other lanes can take it up. Big-endian but
 * for what lies in images, batches and digests.
 *
 * <pre>
 * version i32 = 2 | seed i64 | clock i64 | end clock i64 | counters, see {@link NamedCounters}
 * images:  octets i32, then so many octets of {@link FlowImages}
 * waiting: batches i32, each octets i32 and a batch
 * sensors: octets i32, then what {@link SensorClocks} writes; not in version 1
 * </pre>
 *
 * The counters of a lane stand in its first group, and are nothing in the others. One thread.
 */
final class LaneState {
    private static final int VERSION = 2;

    long clock = Long.MIN_VALUE;
    long endClock = Long.MIN_VALUE;
    final LaneCounters counters = new LaneCounters();
    final List<byte[]> images = new ArrayList<>();
    final List<byte[]> waiting = new ArrayList<>();
    /** What {@link SensorClocks} wrote in each group, where there are sensors. */
    final List<byte[]> sensors = new ArrayList<>();

    private boolean any;

    /** A place to write a key group to. */
    interface GroupOutput {
        OutputStream begin(int group) throws IOException;
    }

    /** Writes the groups of {@code range}. */
    static void write(
            KeyGroupRange range,
            long seed,
            long clock,
            long endClock,
            Map<String, Long> counters,
            FlowImages images,
            PendingPackets pending,
            PacketDigests digests,
            byte[] sensors,
            GroupOutput groups)
            throws IOException {
        int first = range.getStartKeyGroup(), n = range.getNumberOfKeyGroups();
        var imagesOf = new ByteArrayOutputStream[n];
        images.forEach(
                Lanes.GROUPS,
                (group, image, octets) -> at(imagesOf, group - first).write(image, 0, octets));
        var waitingOf = new ByteArrayOutputStream[n];
        int[] batches = new int[n];
        long[] streams = new long[n];
        var open = new ByteArrayOutputStream[n];
        pending.forEach((stream, batch, at, size) -> {
            int i = digests.place(batch, at, Lanes.GROUPS) - first;
            ByteArrayOutputStream out = open[i];
            if (out == null || streams[i] != stream) {
                close(waitingOf, open, batches, i);
                out = new ByteArrayOutputStream();
                byte[] head = new byte[Batch.HEAD];
                Batch.head(head, Batch.PACKETS, 0, stream);
                out.writeBytes(head);
                open[i] = out;
                streams[i] = stream;
            }
            out.write(batch, at, size);
        });
        for (int i = 0; i < n; i++) {
            close(waitingOf, open, batches, i);
            var out = new DataOutputStream(groups.begin(first + i));
            out.writeInt(VERSION);
            out.writeLong(seed);
            out.writeLong(clock);
            out.writeLong(endClock);
            NamedCounters.write(i == 0 ? counters : Map.of(), out);
            write(imagesOf[i], out);
            out.writeInt(batches[i]);
            if (waitingOf[i] != null) {
                waitingOf[i].writeTo(out);
            }
            out.writeInt(sensors.length);
            out.write(sensors);
            out.flush();
        }
    }

    private static ByteArrayOutputStream at(ByteArrayOutputStream[] outs, int i) {
        if (outs[i] == null) {
            outs[i] = new ByteArrayOutputStream();
        }
        return outs[i];
    }

    private static void close(ByteArrayOutputStream[] to, ByteArrayOutputStream[] open, int[] batches, int i) {
        ByteArrayOutputStream batch = open[i];
        if (batch != null) {
            byte[] octets = batch.toByteArray();
            ByteArrayOutputStream out = at(to, i);
            for (int shift = 24; shift >= 0; shift -= 8) {
                out.write(octets.length >>> shift);
            }
            out.writeBytes(octets);
            batches[i]++;
            open[i] = null;
        }
    }

    private static void write(ByteArrayOutputStream octets, DataOutputStream out) throws IOException {
        if (octets == null) {
            out.writeInt(0);
        } else {
            out.writeInt(octets.size());
            octets.writeTo(out);
        }
    }

    /** Takes in what a key group has. */
    void read(InputStream group, long seed) throws IOException {
        var in = new DataInputStream(group);
        int version = in.readInt();
        if (version < 1 || version > VERSION) {
            throw new IOException("state of a version that this Weir does not know: version=" + version + ", known="
                    + VERSION + "; run the version that wrote it");
        }
        long written = in.readLong();
        if (written != seed) {
            throw new IOException("the state was written with another hash seed; give the job 'hash-seed: " + written
                    + "' to go on from it");
        }
        long at = in.readLong();
        // Lanes differ in how far they were; the one that was least far decides, and the others have nothing older to
        // do.
        clock = any ? Math.min(clock, at) : at;
        any = true;
        endClock = Math.max(endClock, in.readLong());
        counters.restore(NamedCounters.read(in));
        images.add(in.readNBytes(in.readInt()));
        for (int left = in.readInt(); left > 0; left--) {
            waiting.add(in.readNBytes(in.readInt()));
        }
        if (version > 1) {
            sensors.add(in.readNBytes(in.readInt()));
        }
    }

    /** How many flows of a family, at the most, the images have. */
    int flows() {
        long octets = 0;
        for (byte[] each : images) {
            octets += each.length;
        }
        return Math.toIntExact(octets / (8 + 64 + 40));
    }

    /** Has the table take up all flows; its clock was moved to that of the state. */
    void restore(FlowImages into) {
        for (byte[] each : images) {
            for (int at = 0; at < each.length; ) {
                at = into.restore(each, at);
            }
        }
    }
}
