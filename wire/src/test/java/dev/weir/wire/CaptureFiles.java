package dev.weir.wire;

import com.github.luben.zstd.Zstd;
import dev.weir.packet.PacketVector;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPOutputStream;

/** Capture files made octet by octet, and what is read out of one, as values that tests compare. */
final class CaptureFiles {
    static final long SECOND = 1_000_000_000L;

    private CaptureFiles() {}

    /** A packet as read, with everything that a source says of it. */
    record Packet(long number, long time, int length, int link, int port, List<Byte> octets) {}

    /** All packets of a source, and how it ended. */
    record Reading(List<Packet> packets, String error, long offset, long after) {
        boolean complete() {
            return error.isEmpty();
        }
    }

    static Reading read(byte[] file) {
        return read(file, 7);
    }

    /** Reads a capture that lies in memory to its end or its damage. */
    static Reading read(byte[] file, int capacity) {
        var channel = Channels.newChannel(new ByteArrayInputStream(file));
        try (PacketSource source = CaptureOpener.open("memory", new ChannelInput(channel, file.length))) {
            return readAll(source, capacity);
        } catch (CaptureException e) {
            return new Reading(List.of(), String.valueOf(e.getMessage()), e.byteOffset(), e.packetNumber());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Reading readAll(PacketSource source, int capacity) {
        List<Packet> packets = new ArrayList<>();
        PacketVector vector = new PacketVector(capacity);
        try {
            while (source.read(vector) > 0) add(vector, packets);
        } catch (CaptureException e) {
            return new Reading(packets, String.valueOf(e.getMessage()), e.byteOffset(), e.packetNumber());
        }
        return new Reading(packets, "", -1, -1);
    }

    private static void add(PacketVector vector, List<Packet> packets) {
        for (int i = 0; i < vector.size; i++) {
            List<Byte> octets = new ArrayList<>();
            for (byte each : vector.data
                    .asSlice(vector.offset[i], vector.captured[i])
                    .toArray(java.lang.foreign.ValueLayout.JAVA_BYTE)) {
                octets.add(each);
            }
            packets.add(new Packet(
                    vector.first + i, vector.time[i], vector.length[i], vector.link[i], vector.port[i], octets));
        }
    }

    static List<Byte> list(byte... octets) {
        List<Byte> list = new ArrayList<>();
        for (byte each : octets) list.add(each);
        return list;
    }

    /** {@code size} octets that differ from packet to packet. */
    static byte[] octets(int size, int seed) {
        byte[] octets = new byte[size];
        for (int i = 0; i < size; i++) octets[i] = (byte) (seed * 31 + i);
        return octets;
    }

    static byte[] gzip(byte[] plain) {
        var out = new ByteArrayOutputStream();
        try (var gzip = new GZIPOutputStream(out)) {
            gzip.write(plain);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    static byte[] zstd(byte[] plain) {
        return Zstd.compress(plain);
    }

    static byte[] concat(byte[]... parts) {
        var out = new ByteArrayOutputStream();
        for (byte[] part : parts) out.writeBytes(part);
        return out.toByteArray();
    }

    /** A file of fields in one byte order. */
    static class Octets {
        private ByteBuffer buffer = ByteBuffer.allocate(256);

        Octets(ByteOrder order) {
            buffer.order(order);
        }

        private ByteBuffer room(int octets) {
            if (buffer.remaining() < octets) {
                ByteBuffer larger =
                        ByteBuffer.allocate(2 * buffer.capacity() + octets).order(buffer.order());
                buffer = larger.put(buffer.flip());
            }
            return buffer;
        }

        final Octets u8(int value) {
            room(1).put((byte) value);
            return this;
        }

        final Octets u16(int value) {
            room(2).putShort((short) value);
            return this;
        }

        final Octets u32(long value) {
            room(4).putInt((int) value);
            return this;
        }

        final Octets u64(long value) {
            room(8).putLong(value);
            return this;
        }

        final Octets raw(byte... octets) {
            room(octets.length).put(octets);
            return this;
        }

        final Octets padded(byte... octets) {
            raw(octets);
            while (buffer.position() % 4 != 0) u8(0);
            return this;
        }

        final int size() {
            return buffer.position();
        }

        final byte[] toBytes() {
            return Arrays.copyOf(buffer.array(), buffer.position());
        }
    }

    /** A classic pcap file. */
    static final class Pcap extends Octets {
        private final boolean modified;

        Pcap(ByteOrder order, int magic, int linkType) {
            this(order, magic, 2, 4, 65535, linkType);
        }

        Pcap(ByteOrder order, int magic, int major, int minor, long snapLength, int linkType) {
            super(order);
            modified = magic == PcapFraming.MODIFIED;
            u32(magic).u16(major).u16(minor).u32(0).u32(0).u32(snapLength).u32(linkType);
        }

        Pcap packet(long seconds, long fraction, long length, byte... octets) {
            return record(seconds, fraction, octets.length, length, octets);
        }

        Pcap record(long seconds, long fraction, long first, long second, byte... octets) {
            u32(seconds).u32(fraction).u32(first).u32(second);
            if (modified) u32(2).u16(0x0800).u16(0);
            raw(octets);
            return this;
        }
    }

    /** A pcapng section; sections concatenated are a file. */
    static final class Pcapng extends Octets {
        private final ByteOrder order;

        Pcapng(ByteOrder order) {
            this(order, 1, 0);
        }

        Pcapng(ByteOrder order, int major, int minor) {
            super(order);
            this.order = order;
            block(0x0A0D0D0A, body().u32(0x1A2B3C4D).u16(major).u16(minor).u64(-1));
        }

        Octets body() {
            return new Octets(order);
        }

        Pcapng block(int type, Octets body) {
            body.padded();
            int length = 12 + body.size();
            u32(type).u32(length).raw(body.toBytes()).u32(length);
            return this;
        }

        Pcapng anInterface(int linkType, long snapLength, Octets options) {
            return block(1, body().u16(linkType).u16(0).u32(snapLength).raw(options.toBytes()));
        }

        Pcapng anInterface(int linkType) {
            return anInterface(linkType, 0, body());
        }

        /** Options that say how time stamps read. */
        Octets times(int resolution, long offset) {
            return body().u16(9)
                    .u16(1)
                    .u8(resolution)
                    .u8(0)
                    .u16(0)
                    .u16(14)
                    .u16(8)
                    .u64(offset)
                    .u16(0)
                    .u16(0);
        }

        Pcapng enhanced(int index, long ticks, long length, byte... octets) {
            return block(
                    6,
                    body().u32(index)
                            .u32(ticks >>> 32)
                            .u32(ticks)
                            .u32(octets.length)
                            .u32(length)
                            .padded(octets));
        }

        Pcapng obsolete(int index, long ticks, long length, byte... octets) {
            return block(
                    2,
                    body().u16(index)
                            .u16(3)
                            .u32(ticks >>> 32)
                            .u32(ticks)
                            .u32(octets.length)
                            .u32(length)
                            .padded(octets));
        }

        Pcapng simple(long length, byte... octets) {
            return block(3, body().u32(length).padded(octets));
        }

        Pcapng statistics(int index, long dropped) {
            return block(
                    5,
                    body().u32(index).u64(0).u16(5).u16(8).u64(dropped).u16(0).u16(0));
        }
    }
}
