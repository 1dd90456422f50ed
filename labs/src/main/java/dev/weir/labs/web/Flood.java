package dev.weir.labs.web;

import dev.weir.wire.PortQueue;
import dev.weir.wire.linux.PacketPort;
import dev.weir.wire.linux.PacketPortOptions;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Sends UDP packets of one flow each through an interface, so many a second, for so long: {@code Flood IFACE FLOWS SECONDS}. Flow {@code n} is from
 * {@code 172.16.0.0 + n / 64}, port {@code 1024 + n % 64}. Bounded in number and time; a program of its own.
 */
final class Flood {
    private static final int SIZE = 60, IP = 14, UDP = 34, BURST = 64, FLOWS_A_HOST = 64;
    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    private Flood() {}

    public static void main(String[] arguments) throws IOException {
        int rate = Integer.parseInt(arguments[1]), seconds = Integer.parseInt(arguments[2]);
        try (Arena arena = Arena.ofConfined();
                PacketPort port = PacketPort.open(arguments[0], PacketPortOptions.defaults())) {
            PortQueue queue = port.queues().getFirst();
            MemorySegment frame = frame(arena);
            IO.println("flooding");
            long begun = System.nanoTime(), all = (long) rate * seconds;
            for (long n = 0; n < all; n++) {
                frame.set(INT, IP + 12, (int) (0xAC10_0000L + n / FLOWS_A_HOST));
                frame.set(SHORT, UDP, (short) (1024 + n % FLOWS_A_HOST));
                checksum(frame);
                while (queue.send(frame, 0, SIZE, 0) != 0) {
                    queue.flush();
                    LockSupport.parkNanos(TimeUnit.MICROSECONDS.toNanos(50));
                }
                if (n % BURST == BURST - 1) {
                    queue.flush();
                    long due = begun + (n + 1) * TimeUnit.SECONDS.toNanos(1) / rate;
                    while (System.nanoTime() - due < 0) LockSupport.parkNanos(due - System.nanoTime());
                }
            }
            queue.flush();
        }
    }

    private static MemorySegment frame(Arena arena) {
        MemorySegment frame = arena.allocate(SIZE);
        frame.fill((byte) 0);
        for (int i = 0; i < 12; i++) frame.set(ValueLayout.JAVA_BYTE, i, (byte) (2 + (i / 6) * i));
        frame.set(SHORT, 12, (short) 0x0800);
        frame.set(SHORT, IP, (short) 0x4500);
        frame.set(SHORT, IP + 2, (short) (SIZE - IP));
        frame.set(SHORT, IP + 8, (short) 0x4011);
        frame.set(INT, IP + 16, 0x0A00_0002);
        frame.set(SHORT, UDP + 2, (short) 9);
        frame.set(SHORT, UDP + 4, (short) (SIZE - UDP));
        return frame;
    }

    /** RFC 1071, of the IPv4 header. */
    private static void checksum(MemorySegment frame) {
        frame.set(SHORT, IP + 10, (short) 0);
        int sum = 0;
        for (int at = IP; at < UDP; at += 2) sum += frame.get(SHORT, at) & 0xFFFF;
        sum = (sum & 0xFFFF) + (sum >>> 16);
        frame.set(SHORT, IP + 10, (short) ~(sum + (sum >>> 16)));
    }
}
