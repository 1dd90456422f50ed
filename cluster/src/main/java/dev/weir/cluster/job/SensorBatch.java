package dev.weir.cluster.job;

import dev.weir.export.message.DigestMessage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a lane is told of a message of digests: whose it is, how far the sensor is, and the packets of the lane, often none. A {@link Batch} of kind
 * {@link Batch#SENSOR}; behind its head, big-endian:
 *
 * <pre>
 * 16 clock i64 (little-endian)   24 digests begin there i32 | sensor, run (UTF) | sequence i64 | packets before i64 | packets i32 | last u8 | told u8
 * counters u16, each name (UTF) i64 | digests
 * </pre>
 *
 * @param sensor empty where the element has counters alone
 * @param before packets of the run before the message's
 * @param packets of the message, for all lanes
 * @param told whether this lane is the one that counts for the message
 * @param at where its digests begin
 */
record SensorBatch(
        String sensor,
        String run,
        long sequence,
        long before,
        int packets,
        long clock,
        boolean last,
        boolean told,
        Map<String, Long> counters,
        int at) {
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final int CLOCK = Batch.HEAD, BEGIN = CLOCK + 8, REST = BEGIN + 4;
    /** Packets are numbered by their sensor and run, in the upper bits, and their place in the run. */
    private static final int NUMBER_BITS = 40;

    SensorBatch {
        counters = Map.copyOf(counters);
    }

    /** The stream that a run's packets are of: a hash of both names (FNV-1a, 64 bits). */
    static long stream(String sensor, String run) {
        long hash = 0xcbf29ce484222325L;
        String name = sensor + '/' + run;
        for (int i = 0; i < name.length(); i++) {
            hash = (hash ^ name.charAt(i)) * 0x100000001b3L;
        }
        return hash;
    }

    /** The number of a packet among those of all sensors. */
    static long number(long stream, long inRun) {
        return (stream >>> (NUMBER_BITS + 1) << NUMBER_BITS) | (inRun & ((1L << NUMBER_BITS) - 1));
    }

    /** The beginning of an element; digests follow. */
    static byte[] begin(DigestMessage message, int lane, boolean told, Map<String, Long> counters, int digests) {
        return begin(
                message.sensor(),
                message.run(),
                message.sequence(),
                message.before(),
                message.packets(),
                message.clock(),
                message.last(),
                told,
                lane,
                counters,
                digests);
    }

    /** An element that has counters alone. */
    static byte[] counters(int lane, Map<String, Long> counters) {
        return begin("", "", 0, 0, 0, Long.MIN_VALUE, false, true, lane, counters, 0);
    }

    private static byte[] begin(
            String sensor,
            String run,
            long sequence,
            long before,
            int packets,
            long clock,
            boolean last,
            boolean told,
            int lane,
            Map<String, Long> counters,
            int digests) {
        var octets = new ByteArrayOutputStream(256);
        try (var out = new DataOutputStream(octets)) {
            out.write(new byte[REST]);
            out.writeUTF(sensor);
            out.writeUTF(run);
            out.writeLong(sequence);
            out.writeLong(before);
            out.writeInt(packets);
            out.writeBoolean(last);
            out.writeBoolean(told);
            out.writeShort(counters.size());
            for (Map.Entry<String, Long> each : counters.entrySet()) {
                out.writeUTF(each.getKey());
                out.writeLong(each.getValue());
            }
        } catch (IOException e) {
            throw new IllegalStateException(e); // memory does not fail
        }
        byte[] batch = new byte[octets.size() + digests];
        System.arraycopy(octets.toByteArray(), 0, batch, 0, octets.size());
        Batch.head(batch, Batch.SENSOR, lane, stream(sensor, run));
        LONG.set(batch, CLOCK, clock);
        for (int i = 0; i < 4; i++) {
            batch[BEGIN + i] = (byte) (octets.size() >>> (24 - 8 * i));
        }
        return batch;
    }

    /** The clock of the sensor after the message. */
    static long clock(byte[] batch) {
        return (long) LONG.get(batch, CLOCK);
    }

    static SensorBatch read(byte[] batch) throws IOException {
        try (var in = new DataInputStream(new ByteArrayInputStream(batch, BEGIN, batch.length - BEGIN))) {
            int at = in.readInt();
            String sensor = in.readUTF(), run = in.readUTF();
            long sequence = in.readLong(), before = in.readLong();
            int packets = in.readInt();
            boolean last = in.readBoolean(), told = in.readBoolean();
            var counters = new TreeMap<String, Long>();
            for (int left = in.readUnsignedShort(); left > 0; left--) {
                counters.put(in.readUTF(), in.readLong());
            }
            return new SensorBatch(sensor, run, sequence, before, packets, clock(batch), last, told, counters, at);
        }
    }
}
