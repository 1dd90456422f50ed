package dev.weir.wire.linux;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;

/** What drivers tell by ethtool(8), of interfaces of the calling thread's network namespace. Allocates. */
final class Ethtool {
    private static final long SIOCETHTOOL = 0x8946;
    private static final int REQUEST_SIZE = 40, NAME_SIZE = 16, VALUE = 16;
    /** {@code struct ethtool_value}: 0 the command, 4 the answer. */
    private static final int GET_LINK = 0x0A, VALUE_SIZE = 8;
    /** {@code struct ethtool_channels}: 0 the command, four maxima, 20 receive, 24 transmit, 28 other, 32 combined. */
    private static final int GET_CHANNELS = 0x3C, CHANNELS_SIZE = 36, RECEIVE = 20, TRANSMIT = 24, COMBINED = 32;

    private Ethtool() {}

    /** How many queues an interface uses each way, those that go both ways counted in both. */
    record Channels(int receive, int transmit) {
        /** How many AF_XDP sockets fit, one a queue. */
        int queues() {
            return Math.max(receive, transmit);
        }
    }

    /** One each way where the driver does not say. */
    static Channels channels(String name) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment channels = arena.allocate(CHANNELS_SIZE, 8);
            if (ask(name, GET_CHANNELS, channels, arena) < 0) return new Channels(1, 1);
            int combined = channels.get(JAVA_INT, COMBINED);
            return new Channels(
                    Math.max(1, combined + channels.get(JAVA_INT, RECEIVE)),
                    Math.max(1, combined + channels.get(JAVA_INT, TRANSMIT)));
        }
    }

    /** Whether it has a carrier, or does not say. Other than its flags this is never late. */
    static boolean hasLink(String name) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment link = arena.allocate(VALUE_SIZE, 8);
            return ask(name, GET_LINK, link, arena) < 0 || link.get(JAVA_INT, 4) != 0;
        }
    }

    private static int ask(String name, int command, MemorySegment structure, Arena arena) {
        structure.set(JAVA_INT, 0, command);
        MemorySegment request = arena.allocate(REQUEST_SIZE, 8);
        byte[] octets = name.getBytes(StandardCharsets.UTF_8);
        MemorySegment.copy(octets, 0, request, JAVA_BYTE, 0, Math.min(octets.length, NAME_SIZE - 1));
        request.set(ADDRESS, VALUE, structure);
        int socket = Libc.socket(Libc.AF_UNIX, Libc.SOCK_DGRAM | Libc.SOCK_CLOEXEC, 0);
        if (socket < 0) return socket;
        try {
            return Libc.ioctl(socket, SIOCETHTOOL, request);
        } finally {
            Libc.close(socket);
        }
    }
}
