package dev.weir.wire.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;

/**
 * What the drivers of interfaces can do with XDP, asked by generic netlink, family {@code netdev} (Linux 6.3). Answers are of
 * the calling thread's network namespace. Any thread; for the control path, as it allocates.
 *
 * <pre>
 * byte 0        4      6       8          12     16        17        18       20 attributes: length 2, type 2, octets
 *      | length | type | flags | sequence | port | command | version | unused |
 * </pre>
 */
public final class XdpFeatures {
    private static final int NETLINK_GENERIC = 16, REQUEST = 1, HEADER = 20, ATTRIBUTE = 4, ROOM = 8192;
    private static final int CONTROLLER = 16, GET_FAMILY = 3, FAMILY_NAME = 2, FAMILY_ID = 1;
    private static final int GET_DEVICE = 1, INTERFACE_INDEX = 1, FEATURES = 3;
    /** NETDEV_XDP_ACT_NDO_XMIT. */
    private static final long TAKES_FRAMES = 1 << 2;

    private XdpFeatures() {}

    /**
     * Whether frames that a program in a driver redirects to this interface are sent, now; a veth does so while its peer
     * polls, by GRO or a program there. True where the kernel does not tell.
     */
    public static boolean takesRedirectedFrames(String name) {
        int index = Libc.interfaceIndex(name);
        if (index < 0) return true;
        int socket = Libc.socket(Libc.AF_NETLINK, Libc.SOCK_RAW | Libc.SOCK_CLOEXEC, NETLINK_GENERIC);
        if (socket < 0) return true;
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment room = arena.allocate(ROOM, 8);
            byte[] family = "netdev\0".getBytes(StandardCharsets.US_ASCII);
            long at = ask(socket, room, CONTROLLER, GET_FAMILY, FAMILY_NAME, family, FAMILY_ID);
            if (at < 0) return true;
            int type = room.get(JAVA_SHORT, at) & 0xFFFF;
            byte[] device = arena.allocateFrom(JAVA_INT, index).toArray(JAVA_BYTE);
            at = ask(socket, room, type, GET_DEVICE, INTERFACE_INDEX, device, FEATURES);
            return at < 0 || (room.get(JAVA_LONG_UNALIGNED, at) & TAKES_FRAMES) != 0;
        } finally {
            Libc.close(socket);
        }
    }

    /** Asks with one attribute; where in {@code room} another one of the answer begins, or -1. */
    private static long ask(
            int socket, MemorySegment room, int type, int command, int attribute, byte[] octets, int wanted) {
        int length = HEADER + ATTRIBUTE + octets.length;
        room.asSlice(0, length + ATTRIBUTE).fill((byte) 0);
        room.set(JAVA_INT, 0, length);
        room.set(JAVA_SHORT, 4, (short) type);
        room.set(JAVA_SHORT, 6, (short) REQUEST);
        room.set(JAVA_BYTE, 16, (byte) command);
        room.set(JAVA_BYTE, 17, (byte) 1);
        room.set(JAVA_SHORT, HEADER, (short) (ATTRIBUTE + octets.length));
        room.set(JAVA_SHORT, HEADER + 2, (short) attribute);
        MemorySegment.copy(octets, 0, room, JAVA_BYTE, HEADER + ATTRIBUTE, octets.length);
        if (Libc.write(socket, room.asSlice(0, padded(length))) < 0) return -1;
        long received = Libc.recv(socket, room, 0);
        if (received < HEADER || (room.get(JAVA_SHORT, 4) & 0xFFFF) != type) return -1;
        return find(room, Math.min(received, room.get(JAVA_INT, 0)), wanted);
    }

    private static long find(MemorySegment room, long end, int wanted) {
        for (long at = HEADER; at + ATTRIBUTE <= end; ) {
            int length = room.get(JAVA_SHORT, at) & 0xFFFF;
            if (length < ATTRIBUTE) return -1;
            if (room.get(JAVA_SHORT, at + 2) == wanted) return at + ATTRIBUTE;
            at += padded(length);
        }
        return -1;
    }

    private static int padded(int length) {
        return length + 3 & -4;
    }
}
