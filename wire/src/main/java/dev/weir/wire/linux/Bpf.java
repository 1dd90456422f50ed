package dev.weir.wire.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;

/**
 * The commands of bpf(2) for XDP programs; those for maps are {@link EbpfMap}'s. Each returns a file descriptor, or 0, or
 * the negative {@link Errno}. Any thread; for the control path, as they allocate. Layouts: {@code union bpf_attr} of the
 * kernel's {@code linux/bpf.h}.
 */
final class Bpf {
    /** Flags of {@link #attachXdp}: in the stack, after the driver; in the driver. */
    static final int XDP_GENERIC = 1 << 1, XDP_NATIVE = 1 << 2;
    /** A flag of {@link #loadXdp}: the program can be given packets that lie in several buffers. */
    static final int PROGRAM_HAS_FRAGMENTS = 1 << 5;
    /** Octets of the attributes of a command, of which it takes the first ones. */
    static final int ATTRIBUTES_SIZE = 128;

    private static final int PROGRAM_LOAD = 5, PROGRAM_TEST_RUN = 10, LINK_CREATE = 28;
    private static final int PROGRAM_TYPE_XDP = 6, ATTACH_TYPE_XDP = 37;
    private static final int NAME_SIZE = 16, LOG_SIZE = 1 << 20;
    private static final String LICENSE = "Apache-2.0";

    private Bpf() {}

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
            if (fd >= 0 || fd == -Errno.EPERM) return fd;
            MemorySegment text = arena.allocate(LOG_SIZE);
            attributes.set(JAVA_INT, 24, 1);
            attributes.set(JAVA_INT, 28, LOG_SIZE);
            attributes.set(JAVA_LONG, 32, text.address());
            int again = command(PROGRAM_LOAD, attributes);
            log.append(text.getString(0).strip());
            return again >= 0 ? again : fd;
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

    /**
     * Runs a program over one frame, as if the loopback had received it; a redirection is a verdict only, and is not done.
     *
     * @param room where the frame that the program made goes
     * @param result two ints: the verdict, and the octets of that frame
     * @return 0, or the negative {@link Errno}
     */
    static int run(int program, MemorySegment frame, MemorySegment room, MemorySegment result) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment attributes = arena.allocate(ATTRIBUTES_SIZE, 8);
            attributes.set(JAVA_INT, 0, program);
            attributes.set(JAVA_INT, 8, (int) frame.byteSize());
            attributes.set(JAVA_INT, 12, (int) room.byteSize());
            attributes.set(JAVA_LONG, 16, frame.address());
            attributes.set(JAVA_LONG, 24, room.address());
            attributes.set(JAVA_INT, 32, 1);
            int status = command(PROGRAM_TEST_RUN, attributes);
            result.set(JAVA_INT, 0, attributes.get(JAVA_INT, 4));
            result.set(JAVA_INT, 4, attributes.get(JAVA_INT, 12));
            return status;
        }
    }

    static int command(int number, MemorySegment attributes) {
        return SystemCalls.bpf(number, attributes);
    }

    /** At most 15 octets and a zero; letters, digits, underscore and point, says the kernel. */
    static void putName(MemorySegment attributes, long at, String name) {
        byte[] octets = name.getBytes(StandardCharsets.US_ASCII);
        MemorySegment.copy(octets, 0, attributes, JAVA_BYTE, at, Math.min(octets.length, NAME_SIZE - 1));
    }
}
