package dev.weir.cluster.job;

import dev.weir.export.message.NamedCounters;
import dev.weir.table.PacketDigests;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Map;

/**
 * What flows from a source to the operators that keep flows: octets, so that the engine copies them and looks at nothing.
 * A batch has packets of one stream for one lane, a lane being one of the parallel operators. Little-endian.
 *
 * <pre>
 *  0 kind u8: 1 packets, 2 end, 3 of a sensor, see {@link SensorBatch}      4 lane i32      8 stream i64
 * 16 packets: digests one behind the other, see {@link PacketDigests}, in the order of time and number
 *    end: the stream's clock i64, then counters, see {@link NamedCounters}; counters alone have the earliest clock of all
 * </pre>
 *
 * Stateless; any thread.
 */
final class Batch {
    static final int PACKETS = 1, END = 2, SENSOR = 3;
    static final int HEAD = 16;

    private static final int LANE = 4, STREAM = 8, CLOCK = 16;
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

    private Batch() {}

    static void head(byte[] batch, int kind, int lane, long stream) {
        INT.set(batch, 0, kind);
        INT.set(batch, LANE, lane);
        LONG.set(batch, STREAM, stream);
    }

    /** The end of a stream whose packets go to that lane among others; its counters are told to one lane alone. */
    static byte[] end(int lane, long stream, long clock, Map<String, Long> counters) {
        var out = new ByteArrayOutputStream();
        out.writeBytes(new byte[CLOCK + 8]);
        try (var data = new DataOutputStream(out)) {
            NamedCounters.write(counters, data);
        } catch (IOException e) {
            throw new IllegalStateException(e); // memory does not fail
        }
        byte[] batch = out.toByteArray();
        head(batch, END, lane, stream);
        clock(batch, clock);
        return batch;
    }

    /** Counters that go with no stream. */
    static byte[] counted(int lane, Map<String, Long> counters) {
        return end(lane, 0, Long.MIN_VALUE, counters);
    }

    static int kind(byte[] batch) {
        return batch[0];
    }

    static int lane(byte[] batch) {
        return (int) INT.get(batch, LANE);
    }

    static long stream(byte[] batch) {
        return (long) LONG.get(batch, STREAM);
    }

    /** Of an end: the latest time of its packets; of a sensor's: its clock after the message. */
    static long clock(byte[] batch) {
        return (long) LONG.get(batch, CLOCK);
    }

    static void clock(byte[] batch, long clock) {
        LONG.set(batch, CLOCK, clock);
    }

    /** Of an end: what was counted. */
    static Map<String, Long> counters(byte[] batch) throws IOException {
        try (var in = new DataInputStream(new ByteArrayInputStream(batch, CLOCK + 8, batch.length - CLOCK - 8))) {
            return NamedCounters.read(in);
        }
    }
}
