package dev.weir.cluster.job;

import dev.weir.export.message.NamedCounters;
import dev.weir.wire.CaptureHead;
import dev.weir.wire.CaptureHead.Format;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.Map;
import org.apache.flink.api.connector.source.SourceSplit;
import org.apache.flink.core.io.SimpleVersionedSerializer;

/**
 * A part of a capture to be read, and how far it was read. Immutable.
 *
 * @param capture its number among the job's captures
 * @param part its number in the capture
 * @param prologue what goes before it
 * @param begin where its first record begins
 * @param end where the first record behind it begins
 * @param packetsBefore packets of the capture before it
 * @param lastTime time of the last packet before it
 * @param start no packet counts at an earlier time
 * @param done packets that were read
 * @param clock the capture's clock there; {@link Long#MIN_VALUE} where none was read yet
 * @param counters what was counted of them
 */
@SuppressWarnings("ArrayRecordComponent") // nobody changes or compares it
record CaptureSplit(
        int capture,
        int part,
        CaptureHead head,
        byte[] prologue,
        long begin,
        long end,
        long packetsBefore,
        long lastTime,
        long start,
        long done,
        long clock,
        Map<String, Long> counters)
        implements SourceSplit {
    /** Packets are numbered by their capture, in the upper bits, and their place in it. */
    private static final int NUMBER_BITS = 40;

    CaptureSplit {
        counters = Map.copyOf(counters);
    }

    @Override
    public String splitId() {
        return capture + "-" + part;
    }

    /** The stream that its packets are of. */
    long stream() {
        return (long) capture << 32 | part;
    }

    /** The number of a packet among those of all captures of the job; for the first capture as in the capture. */
    long number(long inCapture) {
        return (long) capture << NUMBER_BITS | inCapture;
    }

    /** The same, read as far as that. */
    CaptureSplit at(long packets, long time, Map<String, Long> counted) {
        return new CaptureSplit(
                capture, part, head, prologue, begin, end, packetsBefore, lastTime, start, packets, time, counted);
    }

    void write(DataOutputStream out) throws IOException {
        out.writeInt(capture);
        out.writeInt(part);
        write(head, out);
        octets(prologue, out);
        out.writeLong(begin);
        out.writeLong(end);
        out.writeLong(packetsBefore);
        out.writeLong(lastTime);
        out.writeLong(start);
        out.writeLong(done);
        out.writeLong(clock);
        NamedCounters.write(counters, out);
    }

    static CaptureSplit read(DataInputStream in) throws IOException {
        int capture = in.readInt(), part = in.readInt();
        CaptureHead head = readHead(in);
        byte[] prologue = in.readNBytes(in.readInt());
        long begin = in.readLong(), end = in.readLong(), packetsBefore = in.readLong(), lastTime = in.readLong();
        long start = in.readLong(), done = in.readLong(), clock = in.readLong();
        return new CaptureSplit(
                capture,
                part,
                head,
                prologue,
                begin,
                end,
                packetsBefore,
                lastTime,
                start,
                done,
                clock,
                NamedCounters.read(in));
    }

    static void write(CaptureHead head, DataOutputStream out) throws IOException {
        out.writeUTF(head.file());
        out.writeUTF(head.format().name());
        out.writeLong(head.size());
        out.writeLong(head.begin());
        octets(head.prologue(), out);
        out.writeInt(head.timeDigits());
    }

    static CaptureHead readHead(DataInputStream in) throws IOException {
        return new CaptureHead(
                in.readUTF(),
                Format.valueOf(in.readUTF()),
                in.readLong(),
                in.readLong(),
                in.readNBytes(in.readInt()),
                in.readInt());
    }

    static void octets(byte[] octets, DataOutputStream out) throws IOException {
        out.writeInt(octets.length);
        out.write(octets);
    }

    /** What a checkpoint has of it. */
    static final class Serializer implements SimpleVersionedSerializer<CaptureSplit> {
        @Override
        public int getVersion() {
            return 1;
        }

        @Override
        public byte[] serialize(CaptureSplit split) throws IOException {
            var octets = new ByteArrayOutputStream();
            split.write(new DataOutputStream(octets));
            return octets.toByteArray();
        }

        @Override
        public CaptureSplit deserialize(int version, byte[] octets) throws IOException {
            return read(new DataInputStream(new ByteArrayInputStream(octets)));
        }
    }
}
