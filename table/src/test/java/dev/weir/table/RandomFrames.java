package dev.weir.table;

import dev.weir.testing.Frames;
import java.util.Arrays;
import java.util.SplittableRandom;

/** Frames as networks and their enemies send them: mostly plain, some tagged, tunnelled or fragmented, some damaged or cut short. */
final class RandomFrames {
    private RandomFrames() {}

    static byte[] next(SplittableRandom random) {
        byte[] packet = ip(random, transport(random));
        byte[] frame = switch (random.nextInt(8)) {
            case 0 -> Frames.ethernet(0x8100, Frames.tagged(random.nextInt(4096), Frames.typeOf(packet), packet));
            case 1 ->
                Frames.ethernet(
                        0x88A8,
                        Frames.tagged(100, 0x8100, Frames.tagged(random.nextInt(4096), Frames.typeOf(packet), packet)));
            case 2 ->
                Frames.ethernet(Frames.ipv4(
                        random.nextInt(),
                        random.nextInt(),
                        Frames.UDP,
                        Frames.udp(999, 4789, Frames.vxlan(random.nextInt(1 << 24), Frames.ethernet(packet)))));
            default -> Frames.ethernet(packet);
        };
        if (random.nextInt(3) == 0) {
            for (int n = random.nextInt(1, 4); n > 0; n--) {
                frame[12 + random.nextInt(Math.min(60, frame.length - 12))] = (byte) random.nextInt();
            }
        }
        return random.nextInt(4) == 0 ? Arrays.copyOf(frame, random.nextInt(frame.length + 1)) : frame;
    }

    private static byte[] transport(SplittableRandom random) {
        byte[] payload = Frames.payload(random.nextInt(3) == 0 ? 0 : random.nextInt(60));
        int source = random.nextInt(1 << 16), destination = random.nextInt(1 << 16);
        return random.nextBoolean()
                ? Frames.tcp(source, destination, random.nextInt(256), payload)
                : Frames.udp(source, destination, payload);
    }

    private static byte[] ip(SplittableRandom random, byte[] transport) {
        boolean tcp = transport.length >= 20 && transport[12] == 0x50 && random.nextInt(20) != 0;
        int protocol = tcp ? Frames.TCP : random.nextInt(10) == 0 ? random.nextInt(256) : Frames.UDP;
        int source = random.nextInt(1 << 8), destination = random.nextInt();
        return switch (random.nextInt(8)) {
            case 0, 1 -> Frames.ipv6(source, destination, protocol, transport);
            case 2 ->
                Frames.ipv4(
                        source,
                        destination,
                        protocol,
                        7,
                        random.nextBoolean() ? 0x2000 : random.nextInt(1 << 13),
                        transport);
            default -> Frames.ipv4(source, destination, protocol, transport);
        };
    }
}
