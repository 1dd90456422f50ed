package dev.weir.wire.linux;

/**
 * How a {@link TapPort} is made.
 *
 * @param queues how many workers share it, 1 to 256
 * @param macAddress of the host's end, in the lower 48 bits; 0 for one that the kernel draws
 * @param mtu the longest payload of a frame, in octets; 0 for the kernel's default
 * @param segments whether the host may send super-packets; {@link Segments#REFUSE} has the kernel cut them
 * @param index what {@link dev.weir.packet.PacketVector#port} says of received packets
 */
public record TapPortOptions(int queues, long macAddress, int mtu, Segments segments, int index) {
    private static final int MAX_QUEUES = 256, MAX_MTU = 65_521;

    /** @throws IllegalArgumentException when a number is out of its range */
    public TapPortOptions {
        if (queues < 1 || queues > MAX_QUEUES) {
            throw new IllegalArgumentException("queues out of range: queues=" + queues + ", limit=" + MAX_QUEUES);
        }
        if (mtu < 0 || mtu > MAX_MTU) {
            throw new IllegalArgumentException("MTU out of range: mtu=" + mtu + ", limit=" + MAX_MTU);
        }
        if (macAddress >>> 48 != 0) {
            throw new IllegalArgumentException("MAC address out of range: address=" + Long.toHexString(macAddress));
        }
    }

    /** One queue, an address and an MTU of the kernel's, super-packets carried, index 0. */
    public static TapPortOptions defaults() {
        return new TapPortOptions(1, 0, 0, Segments.CARRY, 0);
    }
}
