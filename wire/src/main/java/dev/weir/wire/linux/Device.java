package dev.weir.wire.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;

/**
 * What the kernel knows of a network device, asked by name with the requests of netdevice(7). Answers are of the network
 * namespace in which this was made, whichever thread asks. A failure is a negative {@link Errno}. One thread at a time.
 *
 * <p>{@code struct ifreq}: 0 name, 16 octets; 16 a union: flags (16 bits), index, MTU (32 bits), or an address, which is
 * a family (16 bits) and octets.
 */
final class Device implements AutoCloseable {
    static final int UP = 0x1, RUNNING = 0x40;
    /** Hardware types, ARPHRD_*. */
    static final int ETHER = 1, LOOPBACK = 772;

    private static final long GET_FLAGS = 0x8913, SET_FLAGS = 0x8914, GET_MTU = 0x8921, SET_MTU = 0x8922;
    private static final long SET_ADDRESS = 0x8924, GET_ADDRESS = 0x8927, GET_INDEX = 0x8933, ETHTOOL = 0x8946;
    private static final int ETHTOOL_LINK = 0xA;
    private static final int REQUEST_SIZE = 40, NAME_SIZE = 16, VALUE = 16, ADDRESS = 18;

    private final Arena arena = Arena.ofShared();
    private final MemorySegment request = arena.allocate(REQUEST_SIZE, 8);
    /** {@code struct ethtool_value}: 0 command, 4 value. */
    private final MemorySegment value = arena.allocate(8, 4);

    private final String name;
    private final int socket = Libc.socket(Libc.AF_UNIX, Libc.SOCK_DGRAM | Libc.SOCK_CLOEXEC, 0);

    Device(String name) {
        this.name = name;
    }

    /** Whether this can be an interface's name at all: 1 to 15 octets, no slash, no space. */
    static boolean isName(String name) {
        int length = name.getBytes(StandardCharsets.UTF_8).length;
        return length > 0
                && length < NAME_SIZE
                && name.chars().noneMatch(c -> c == '/' || c == ':' || Character.isWhitespace(c) || c == 0);
    }

    private int ask(long what) {
        byte[] octets = name.getBytes(StandardCharsets.UTF_8);
        if (!isName(name)) return -Errno.ENODEV;
        MemorySegment.copy(octets, 0, request, JAVA_BYTE, 0, octets.length);
        return Libc.ioctl(socket, what, request);
    }

    private int get(long what) {
        request.fill((byte) 0);
        return ask(what);
    }

    int index() {
        int status = get(GET_INDEX);
        return status < 0 ? status : request.get(JAVA_INT, VALUE);
    }

    /** {@link #UP}, {@link #RUNNING} and others, not negative when there is such a device. */
    int flags() {
        int status = get(GET_FLAGS);
        return status < 0 ? status : request.get(JAVA_SHORT, VALUE) & 0xFFFF;
    }

    /**
     * Whether it is up and has carrier; for one that does not tell carrier, whether it is running. The driver is asked,
     * since the flags follow carrier with a delay of up to a second.
     */
    boolean isUp() {
        int flags = flags();
        if (flags < 0 || (flags & UP) == 0) return false;
        request.fill((byte) 0);
        request.set(JAVA_LONG, VALUE, value.address());
        value.set(JAVA_INT, 0, ETHTOOL_LINK);
        value.set(JAVA_INT, 4, 0);
        return ask(ETHTOOL) < 0 ? (flags & RUNNING) != 0 : value.get(JAVA_INT, 4) != 0;
    }

    /** The longest payload of a frame, in octets. */
    int mtu() {
        int status = get(GET_MTU);
        return status < 0 ? status : request.get(JAVA_INT, VALUE);
    }

    /** What its frames begin with: ARPHRD_*. */
    int hardwareType() {
        int status = get(GET_ADDRESS);
        return status < 0 ? status : request.get(JAVA_SHORT, VALUE) & 0xFFFF;
    }

    /** The hardware address in the lower 48 bits; 0 without one. */
    long address() {
        if (get(GET_ADDRESS) < 0) return 0;
        long address = 0;
        for (int i = 0; i < 6; i++) address = address << 8 | (request.get(JAVA_BYTE, ADDRESS + i) & 0xFF);
        return address;
    }

    int setMtu(int octets) {
        request.fill((byte) 0);
        request.set(JAVA_INT, VALUE, octets);
        return ask(SET_MTU);
    }

    int setAddress(long address) {
        request.fill((byte) 0);
        request.set(JAVA_SHORT, VALUE, (short) ETHER);
        for (int i = 0; i < 6; i++) request.set(JAVA_BYTE, ADDRESS + i, (byte) (address >>> (40 - 8 * i)));
        return ask(SET_ADDRESS);
    }

    int setUp() {
        int flags = flags();
        if (flags < 0) return flags;
        request.set(JAVA_SHORT, VALUE, (short) (flags | UP));
        return ask(SET_FLAGS);
    }

    @Override
    public void close() {
        if (arena.scope().isAlive()) {
            Libc.close(socket);
            arena.close();
        }
    }
}
