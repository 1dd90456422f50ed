package dev.weir.cluster.job;

import dev.weir.export.message.DigestHead;
import dev.weir.export.message.DigestMessage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Map;

/**
 * What a lane is told of a message of digests: its head, and the packets of the lane, often none. A {@link Batch} of kind {@link Batch#SENSOR}; behind
 * its head, big-endian but for the clock and the digests:
 *
 * <pre>
 * 16 clock i64 (little-endian)   24 digests begin there i32   28 told u8   29 head, see {@link DigestHead} | digests
 * </pre>
 *
 * @param told whether this lane is the one that counts for the message; others have no counters
 * @param at where its digests begin
 */
record SensorBatch(DigestHead head, boolean told, int at) {
    private static final int BEGIN = Batch.HEAD + 8, REST = BEGIN + 4;
    /** Packets are numbered by their sensor and run, in the upper bits, and their place in the run. */
    private static final int NUMBER_BITS = 40;

    /** The stream that a run's packets are of: a hash of both names (FNV-1a, 64 bits). */
    static long stream(DigestHead head) {
        long hash = 0xcbf29ce484222325L;
        String name = head.sensor() + '/' + head.run();
        for (int i = 0; i < name.length(); i++) {
            hash = (hash ^ name.charAt(i)) * 0x100000001b3L;
        }
        return hash;
    }

    /** The number of a packet among those of all sensors. */
    static long number(long stream, long inRun) {
        return (stream >>> (NUMBER_BITS + 1) << NUMBER_BITS) | (inRun & ((1L << NUMBER_BITS) - 1));
    }

    /** The beginning of an element; so many octets of digests follow. */
    static byte[] begin(DigestMessage message, int lane, boolean told, int digests) {
        DigestHead head = told ? message.head() : message.head().withCounters(Map.of());
        var octets = new ByteArrayOutputStream(256);
        try (var out = new DataOutputStream(octets)) {
            out.write(new byte[REST]);
            out.writeBoolean(told);
            head.write(out);
        } catch (IOException e) {
            throw new IllegalStateException(e); // memory does not fail
        }
        byte[] batch = new byte[octets.size() + digests];
        System.arraycopy(octets.toByteArray(), 0, batch, 0, octets.size());
        Batch.head(batch, Batch.SENSOR, lane, stream(head));
        Batch.clock(batch, head.clock());
        ByteBuffer.wrap(batch).putInt(BEGIN, octets.size());
        return batch;
    }

    static SensorBatch read(byte[] batch) throws IOException {
        try (var in = new DataInputStream(new ByteArrayInputStream(batch, BEGIN, batch.length - BEGIN))) {
            int at = in.readInt();
            boolean told = in.readBoolean();
            return new SensorBatch(DigestHead.read(in), told, at);
        }
    }
}
