package dev.weir.wire.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;

/**
 * The commands of bpf(2) that ports need. Each returns a file descriptor, or 0, or the negative {@link Errno}. Any thread;
 * for the control path, as they allocate. Layouts: {@code union bpf_attr} of the kernel's {@code linux/bpf.h}.
 */
final class Bpf {
    /** Flags of {@link #attachXdp}: in the stack, after the driver; in the driver. */
    static final int XDP_GENERIC = 1 << 1, XDP_NATIVE = 1 << 2;
    /** A flag of {@link #loadXdp}: the program can be given packets that lie in several buffers. */
    static final int PROGRAM_HAS_FRAGMENTS = 1 << 5;

    private static final int MAP_CREATE = 0, MAP_UPDATE = 2, PROGRAM_LOAD = 5, LINK_CREATE = 28;
    private static final int MAP_TYPE_XSKMAP = 17, PROGRAM_TYPE_XDP = 6, ATTACH_TYPE_XDP = 37;
    private static final int ATTRIBUTES_SIZE = 128, NAME_SIZE = 16, LOG_SIZE = 1 << 16;
    private static final String LICENSE = "Apache-2.0";

    private Bpf() {}

    /** A map from the number of a receive queue to an AF_XDP socket. */
    static int createSocketMap(String name, int entries) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment attributes = arena.allocate(ATTRIBUTES_SIZE, 8);
            attributes.set(JAVA_INT, 0, MAP_TYPE_XSKMAP);
            attributes.set(JAVA_INT, 4, Integer.BYTES);
            attributes.set(JAVA_INT, 8, Integer.BYTES);
            attributes.set(JAVA_INT, 12, entries);
            putName(attributes, 28, name);
            return command(MAP_CREATE, attributes);
        }
    }

    /** Sets the value of a key, both 32 bits. */
    static int update(int map, int key, int value) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment attributes = arena.allocate(ATTRIBUTES_SIZE, 8);
            attributes.set(JAVA_INT, 0, map);
            attributes.set(JAVA_LONG, 8, arena.allocateFrom(JAVA_INT, key).address());
            attributes.set(JAVA_LONG, 16, arena.allocateFrom(JAVA_INT, value).address());
            return command(MAP_UPDATE, attributes);
        }
    }

    /** @param log where what the verifier says about a program that it refuses is appended */
    static int loadXdp(String name, EbpfAssembler program, int flags, StringBuilder log) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment attributes = arena.allocate(ATTRIBUTES_SIZE, 8);
            attributes.set(JAVA_INT, 0, PROGRAM_TYPE_XDP);
            attributes.set(JAVA_INT, 4, program.count());
            attributes.set(JAVA_LONG, 8, program.assemble(arena).address());
            attributes.set(JAVA_LONG, 16, arena.allocateFrom(LICENSE).address());
            attributes.set(JAVA_INT, 44, flags);
            putName(attributes, 48, name);
            attributes.set(JAVA_INT, 68, ATTACH_TYPE_XDP);
            int fd = command(PROGRAM_LOAD, attributes);
            if (fd == -Errno.EINVAL || fd == -Errno.EACCES) {
                MemorySegment text = arena.allocate(LOG_SIZE);
                attributes.set(JAVA_INT, 24, 1);
                attributes.set(JAVA_INT, 28, LOG_SIZE);
                attributes.set(JAVA_LONG, 32, text.address());
                fd = command(PROGRAM_LOAD, attributes);
                log.append(text.getString(0).strip());
            }
            return fd;
        }
    }

    /**
     * Has the packets that an interface receives go through a program for as long as the descriptor that this returns is
     * open, so that the end of the process ends it too.
     */
    static int attachXdp(int program, int interfaceIndex, int mode) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment attributes = arena.allocate(ATTRIBUTES_SIZE, 8);
            attributes.set(JAVA_INT, 0, program);
            attributes.set(JAVA_INT, 4, interfaceIndex);
            attributes.set(JAVA_INT, 8, ATTACH_TYPE_XDP);
            attributes.set(JAVA_INT, 12, mode);
            return command(LINK_CREATE, attributes);
        }
    }

    private static int command(int number, MemorySegment attributes) {
        return SystemCalls.bpf(number, attributes);
    }

    /** At most 15 octets and a zero; letters, digits, underscore and point, says the kernel. */
    private static void putName(MemorySegment attributes, long at, String name) {
        byte[] octets = name.getBytes(StandardCharsets.US_ASCII);
        MemorySegment.copy(octets, 0, attributes, JAVA_BYTE, at, Math.min(octets.length, NAME_SIZE - 1));
    }
}
