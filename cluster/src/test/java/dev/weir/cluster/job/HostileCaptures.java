package dev.weir.cluster.job;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Random;

/**
 * Captures made to mislead who looks for a record in the middle: payloads that are captures of their own, in the same
 * format and byte order and with times next to the true ones, longer than the parts that the file is cut into, and between
 * them packets of all sizes.
 */
final class HostileCaptures {
    private static final int PACKETS = 120, EMBEDDED = 60_000;
    private static final int SECONDS = 1_700_000_000;

    private final Random random;

    HostileCaptures(long seed) {
        random = new Random(seed);
    }

    byte[] pcap(boolean bigEndian) {
        var out = new ByteArrayOutputStream();
        ByteOrder order = bigEndian ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
        out.writeBytes(ByteBuffer.allocate(24)
                .order(order)
                .putInt(0xA1B2C3D4)
                .putShort((short) 2)
                .putShort((short) 4)
                .putLong(0)
                .putInt(262_144)
                .putInt(1)
                .array());
        for (int i = 0; i < PACKETS; i++) {
            byte[] payload = i % 10 == 3 ? embedded(order, false, EMBEDDED) : noise();
            out.writeBytes(record(order, i, payload));
        }
        return out.toByteArray();
    }

    private static byte[] record(ByteOrder order, int i, byte[] payload) {
        return ByteBuffer.allocate(16 + payload.length)
                .order(order)
                .putInt(SECONDS + i)
                .putInt(i)
                .putInt(payload.length)
                .putInt(payload.length)
                .put(payload)
                .array();
    }

    byte[] pcapng(boolean bigEndian) {
        var out = new ByteArrayOutputStream();
        ByteOrder order = bigEndian ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
        out.writeBytes(section(order));
        out.writeBytes(interfaceBlock(order, 1));
        for (int i = 0; i < PACKETS; i++) {
            byte[] payload = i % 10 == 3 ? embedded(order, true, EMBEDDED) : noise();
            if (i % 29 == 7) {
                out.writeBytes(interfaceBlock(order, 101));
            }
            if (i == PACKETS / 2) {
                order = order == ByteOrder.BIG_ENDIAN ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN;
                out.writeBytes(section(order));
                out.writeBytes(interfaceBlock(order, 1));
            }
            out.writeBytes(i % 17 == 5 ? simple(order, payload) : enhanced(order, i, payload));
        }
        return out.toByteArray();
    }

    /** Sections of either byte order that describe nothing, with a comment each, between two that have a packet. */
    static byte[] sectionsAlone(int count) {
        var out = new ByteArrayOutputStream();
        ByteOrder order = ByteOrder.LITTLE_ENDIAN;
        for (int i = 0; i < count + 2; i++) {
            order = i % 3 == 0 ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN;
            boolean alone = i > 0 && i <= count;
            out.writeBytes(alone ? commented(order) : section(order));
            if (!alone) {
                out.writeBytes(interfaceBlock(order, 1));
                out.writeBytes(enhanced(order, i, new byte[40]));
            }
        }
        return out.toByteArray();
    }

    private static byte[] commented(ByteOrder order) {
        int comment = 60, size = 28 + 4 + comment;
        return ByteBuffer.allocate(size)
                .order(order)
                .put(section(order), 0, 24)
                .putInt(4, size)
                .putShort((short) 1)
                .putShort((short) comment)
                .put(new byte[comment])
                .putInt(size)
                .array();
    }

    private static byte[] section(ByteOrder order) {
        return ByteBuffer.allocate(28)
                .order(order)
                .putInt(0x0A0D0D0A)
                .putInt(28)
                .putInt(0x1A2B3C4D)
                .putShort((short) 1)
                .putShort((short) 0)
                .putLong(-1)
                .putInt(28)
                .array();
    }

    private static byte[] interfaceBlock(ByteOrder order, int link) {
        return ByteBuffer.allocate(20)
                .order(order)
                .putInt(1)
                .putInt(20)
                .putShort((short) link)
                .putShort((short) 0)
                .putInt(0)
                .putInt(20)
                .array();
    }

    private static byte[] enhanced(ByteOrder order, int i, byte[] payload) {
        int padded = (payload.length + 3) & ~3;
        long micros = (SECONDS + (long) i) * 1_000_000 + i;
        ByteBuffer block = ByteBuffer.allocate(32 + padded).order(order);
        block.putInt(6)
                .putInt(block.capacity())
                .putInt(0)
                .putInt((int) (micros >>> 32))
                .putInt((int) micros);
        block.putInt(payload.length).putInt(payload.length).put(payload);
        return block.putInt(block.capacity() - 4, block.capacity()).array();
    }

    private static byte[] simple(ByteOrder order, byte[] payload) {
        int padded = (payload.length + 3) & ~3;
        ByteBuffer block = ByteBuffer.allocate(16 + padded).order(order);
        block.putInt(3).putInt(block.capacity()).putInt(payload.length).put(payload);
        return block.putInt(block.capacity() - 4, block.capacity()).array();
    }

    /** Records as they could stand in the file, after a few odd octets; pcapng's blocks keep their alignment. */
    private byte[] embedded(ByteOrder order, boolean pcapng, int octets) {
        var out = new ByteArrayOutputStream();
        out.writeBytes(new byte[pcapng ? 4 * random.nextInt(3) : random.nextInt(20)]);
        for (int i = 0; out.size() < octets; i++) {
            byte[] payload = noise();
            out.writeBytes(pcapng ? enhanced(order, i, payload) : record(order, i, payload));
        }
        return out.toByteArray();
    }

    private byte[] noise() {
        byte[] octets = new byte[1 + random.nextInt(random.nextInt(8) == 0 ? 9000 : 200)];
        random.nextBytes(octets);
        return octets;
    }
}
