package dev.weir.wire.linux;

/**
 * How a {@link PacketPort} is opened.
 *
 * @param queues how many workers share it, 1 to 256
 * @param frames how many frames each queue's receive ring holds, a power of two; its send ring holds as many, 2048 at most
 * @param segments what becomes of super-packets
 * @param bypassQdisc whether frames go to the driver past the queueing discipline: faster, and without its buffer
 * @param kernelStamps whether received packets bear the kernel's time of arrival; else the column is left alone
 * @param listens whether the port only listens: what this host sends through the interface comes in too, and nothing goes out
 * @param index what {@link dev.weir.packet.PacketVector#port} says of received packets
 */
public record PacketPortOptions(
        int queues,
        int frames,
        Segments segments,
        boolean bypassQdisc,
        boolean kernelStamps,
        boolean listens,
        int index) {
    private static final int MAX_QUEUES = 256, MAX_FRAMES = 1 << 16;

    /** @throws IllegalArgumentException when a number is out of its range */
    public PacketPortOptions {
        if (queues < 1 || queues > MAX_QUEUES) {
            throw new IllegalArgumentException("queues out of range: queues=" + queues + ", limit=" + MAX_QUEUES);
        }
        if (frames < 16 || frames > MAX_FRAMES || Integer.bitCount(frames) != 1) {
            throw new IllegalArgumentException(
                    "frames not a power of two in range: frames=" + frames + ", limit=" + MAX_FRAMES);
        }
    }

    /** One queue, 2048 frames, super-packets carried, through the queueing discipline, no stamps, sends too, index 0. */
    public static PacketPortOptions defaults() {
        return new PacketPortOptions(1, 2048, Segments.CARRY, false, false, false, 0);
    }

    public PacketPortOptions withQueues(int count) {
        return new PacketPortOptions(count, frames, segments, bypassQdisc, kernelStamps, listens, index);
    }

    public PacketPortOptions withFrames(int count) {
        return new PacketPortOptions(queues, count, segments, bypassQdisc, kernelStamps, listens, index);
    }

    public PacketPortOptions withSegments(Segments what) {
        return new PacketPortOptions(queues, frames, what, bypassQdisc, kernelStamps, listens, index);
    }

    public PacketPortOptions withBypassQdisc(boolean bypass) {
        return new PacketPortOptions(queues, frames, segments, bypass, kernelStamps, listens, index);
    }

    public PacketPortOptions withKernelStamps(boolean stamps) {
        return new PacketPortOptions(queues, frames, segments, bypassQdisc, stamps, listens, index);
    }

    public PacketPortOptions withListening(boolean only) {
        return new PacketPortOptions(queues, frames, segments, bypassQdisc, kernelStamps, only, index);
    }

    public PacketPortOptions withIndex(int number) {
        return new PacketPortOptions(queues, frames, segments, bypassQdisc, kernelStamps, listens, number);
    }
}
