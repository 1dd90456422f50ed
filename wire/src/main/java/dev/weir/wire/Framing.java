package dev.weir.wire;

import dev.weir.packet.PacketVector;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * How a file's octets are cut into packets. A framing remembers what the file said so far (byte order, interfaces) and
 * never where it is: the reader that owns it says which octets come next. One thread at a time; allocates nothing per
 * packet.
 */
abstract class Framing {
    /** Captured octets that nobody exceeds but by damage: libpcap's and wiretap's limit for ordinary link types. */
    static final int MAX_CAPTURED = 262_144;

    /** The same limit for link types whose packets are transfers of any size. */
    static final int MAX_CAPTURED_LARGE = 128 << 20;

    private static final int LINUX_USB = 189, LINUX_USB_MMAPPED = 220, DBUS = 231, USBPCAP = 249;

    private long wanted;
    private @Nullable String fault;

    /**
     * Appends packets to the vector, from {@link PacketVector#size} on, until it is full or there is no further whole
     * record. Offsets are into {@code data}. What is no packet is stepped over.
     *
     * @param from where a record begins
     * @param limit where the octets that are there end
     * @return where the first record begins that was not walked; {@link #wanted} and {@link #fault} tell about that one,
     *     if the vector has room left
     */
    abstract long walk(MemorySegment data, long from, long limit, PacketVector vector);

    /** Fraction digits of a second of the finest time stamps met so far, at most 9; 0 when no interface was met. */
    abstract int timeDigits();

    /** How the record where {@link #walk} stopped is called in an error, with the octets it has of those it needs. */
    abstract String shortfall(long available);

    /**
     * Octets that the record where {@link #walk} stopped needs, counted from its beginning, as far as known by now; 0
     * when it stopped because the vector is full.
     */
    final long wanted() {
        return wanted;
    }

    /** Why the record where {@link #walk} stopped can never be read, or null when it just is not all there. */
    final @Nullable String fault() {
        return fault;
    }

    final void stopFull() {
        wanted = 0;
    }

    final void stopShort(long octetsWanted) {
        wanted = octetsWanted;
    }

    final void stopDamaged(String why) {
        wanted = Long.MAX_VALUE;
        fault = why;
    }

    /** Packets that the capturing side says it lost. */
    long dropped() {
        return 0;
    }

    /** Packets whose time stamps no long of nanoseconds holds, and which count at the nearest that is held. */
    long clampedTimes() {
        return 0;
    }

    static int maxCaptured(int linkType) {
        return switch (linkType) {
            case LINUX_USB, LINUX_USB_MMAPPED, DBUS, USBPCAP -> MAX_CAPTURED_LARGE;
            default -> MAX_CAPTURED;
        };
    }
}
