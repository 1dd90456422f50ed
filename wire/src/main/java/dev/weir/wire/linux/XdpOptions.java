package dev.weir.wire.linux;

/**
 * How an {@link XdpPort} is opened.
 *
 * @param queues how many workers share it, 1 to 256
 * @param frames packets that each of a queue's rings holds, a power of two from 64 to 65,536; the memory of a queue is
 *     twice as many chunks of 2 or 4 KiB
 * @param mode where packets leave the kernel's way
 * @param zeroCopy whether drivers that can are asked to receive into the port's own memory, without copies
 * @param index what {@link dev.weir.packet.PacketVector#port} says of received packets
 */
public record XdpOptions(int queues, int frames, Mode mode, boolean zeroCopy, int index) {
    private static final int MAX_QUEUES = 256, MIN_FRAMES = 64, MAX_FRAMES = 1 << 16;

    /** Where in the kernel the program runs. */
    public enum Mode {
        /** In the driver where it can, else after it. */
        AUTO,
        /** In the driver, before the kernel has made a packet of its own out of the octets. */
        NATIVE,
        /** After any driver; slower. */
        GENERIC
    }

    /** @throws IllegalArgumentException when a number is out of its range */
    public XdpOptions {
        if (queues < 1 || queues > MAX_QUEUES) {
            throw new IllegalArgumentException("queues out of range: queues=" + queues + ", limit=" + MAX_QUEUES);
        }
        if (frames < MIN_FRAMES || frames > MAX_FRAMES || Integer.bitCount(frames) != 1) {
            throw new IllegalArgumentException(
                    "frames not a power of two in range: frames=" + frames + ", limit=" + MAX_FRAMES);
        }
    }

    /** One queue, 2048 frames, in the driver where it can, with copies, index 0. */
    public static XdpOptions defaults() {
        return new XdpOptions(1, 2048, Mode.AUTO, false, 0);
    }

    public XdpOptions withQueues(int count) {
        return new XdpOptions(count, frames, mode, zeroCopy, index);
    }

    public XdpOptions withFrames(int count) {
        return new XdpOptions(queues, count, mode, zeroCopy, index);
    }

    public XdpOptions withMode(Mode where) {
        return new XdpOptions(queues, frames, where, zeroCopy, index);
    }

    public XdpOptions withZeroCopy(boolean tried) {
        return new XdpOptions(queues, frames, mode, tried, index);
    }

    public XdpOptions withIndex(int number) {
        return new XdpOptions(queues, frames, mode, zeroCopy, number);
    }
}
