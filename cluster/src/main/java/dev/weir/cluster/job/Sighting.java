package dev.weir.cluster.job;

import dev.weir.export.message.FlowMessage;
import dev.weir.packet.Addresses;
import dev.weir.table.FlowEvent;
import dev.weir.table.FlowRecord;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * What a sensor has seen of a flow: a message of its, on its way through a job as octets. Big-endian but for the record:
 *
 * <pre>
 * event time i64 | sensor, run (UTF) | sequence i64 | record, {@link FlowRecord#SIZE} octets; none where a message was no such one
 * </pre>
 *
 * @param flow in memory of its own
 */
record Sighting(String sensor, String run, long sequence, FlowRecord flow) {
    private static final int TEXTS = Long.BYTES;

    /** A message as octets. */
    static byte[] of(FlowMessage message) {
        return octets(message.flow().at(), message.sensor(), message.run(), message.sequence(), message.flow());
    }

    /** The same again. */
    byte[] octets() {
        return octets(flow.at(), sensor, run, sequence, flow);
    }

    /** What stands for a message that was none. */
    static byte[] refused() {
        return octets(Long.MIN_VALUE, "", "", 0, null);
    }

    private static byte[] octets(long time, String sensor, String run, long sequence, @Nullable FlowRecord flow) {
        var octets = new ByteArrayOutputStream(256);
        try (var out = new DataOutputStream(octets)) {
            out.writeLong(time);
            out.writeUTF(sensor);
            out.writeUTF(run);
            out.writeLong(sequence);
            if (flow != null) {
                byte[] record = new byte[FlowRecord.SIZE];
                MemorySegment.copy(flow.segment(), ValueLayout.JAVA_BYTE, flow.offset(), record, 0, record.length);
                out.write(record);
            }
        } catch (IOException e) {
            throw new IllegalStateException(e); // memory does not fail
        }
        return octets.toByteArray();
    }

    static Sighting read(byte[] octets) throws IOException {
        try (var in = new DataInputStream(new ByteArrayInputStream(octets, TEXTS, octets.length - TEXTS))) {
            return new Sighting(in.readUTF(), in.readUTF(), in.readLong(), record(in.readNBytes(FlowRecord.SIZE)));
        }
    }

    /** A record in memory of its own; one of zeros where there are not enough octets. */
    static FlowRecord record(byte[] octets) {
        MemorySegment memory = MemorySegment.ofArray(new long[FlowRecord.SIZE / Long.BYTES]);
        MemorySegment.copy(octets, 0, memory, ValueLayout.JAVA_BYTE, 0, octets.length);
        return new FlowRecord().wrap(memory, 0);
    }

    /** When what it tells of happened; {@link Long#MIN_VALUE} of what was no message. */
    static long time(byte[] octets) {
        long time = 0;
        for (int i = 0; i < Long.BYTES; i++) {
            time = (time << 8) | (octets[i] & 0xFF);
        }
        return time;
    }

    /** Who has seen it; empty of what was no message. */
    static String sensor(byte[] octets) {
        try (var in = new DataInputStream(new ByteArrayInputStream(octets, TEXTS, octets.length - TEXTS))) {
            return in.readUTF();
        } catch (IOException e) {
            throw new IllegalStateException(e); // memory does not fail
        }
    }

    boolean isEnded() {
        return flow.kind() == FlowEvent.ENDED;
    }

    /** The flow's key, the same for both directions and all sensors. */
    String key() {
        boolean swap = isSourceUpper();
        return flow.family() + " " + flow.protocol() + " " + flow.tenant() + " " + end(swap) + " " + end(!swap);
    }

    /** One end of the flow. */
    String end(boolean destination) {
        byte[] text = new byte[Addresses.MAX_TEXT];
        int size = Addresses.format(
                flow.segment(), destination ? flow.destinationAt() : flow.sourceAt(), flow.family(), text, 0);
        return new String(text, 0, size, StandardCharsets.US_ASCII) + " "
                + (destination ? flow.destinationPort() : flow.sourcePort());
    }

    private boolean isSourceUpper() {
        for (int i = 0; i < (flow.family() == 4 ? 4 : 16); i++) {
            int difference = flow.sourceOctet(i) - flow.destinationOctet(i);
            if (difference != 0) {
                return difference > 0;
            }
        }
        return flow.sourcePort() > flow.destinationPort();
    }
}
