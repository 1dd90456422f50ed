package dev.weir.export;

import dev.weir.table.EndReason;
import dev.weir.table.FlowEvent;
import dev.weir.table.FlowRecord;
import dev.weir.table.FlowRecordBuilder;
import dev.weir.table.Lifetime;
import dev.weir.table.TcpState;
import java.util.SplittableRandom;

/** Records from a seed, with ids from 1 on: small values mostly, the largest and smallest sometimes, few addresses or many. */
public final class RandomRecords {
    private static final long NOON = 1_795_262_400_000_000_000L, DAY = 86_400_000_000_000L;
    private static final int[] PROTOCOLS = {1, 6, 6, 6, 17, 17, 58, 47, 255, 0};

    private final SplittableRandom random;
    private final FlowRecordBuilder builder = new FlowRecordBuilder();
    private final byte[] source = new byte[16], destination = new byte[16];
    private final int hosts;
    private long id;

    /** @param hosts from how many addresses of a family it draws; 0 for all there are */
    public RandomRecords(long seed, int hosts) {
        this.random = new SplittableRandom(seed);
        this.hosts = hosts;
    }

    /** The next one, until it is asked again. */
    public FlowRecord next() {
        boolean wide = random.nextInt(3) == 0;
        address(source, wide);
        address(destination, wide);
        long start = NOON + random.nextLong(-DAY, DAY), end = start + number(3 * DAY);
        boolean back = random.nextBoolean();
        int protocol = PROTOCOLS[random.nextInt(PROTOCOLS.length)];
        builder.clear()
                .flowId(random.nextInt(1000) == 0 ? id++ + Long.MAX_VALUE / 2 : ++id)
                .ends(source, random.nextInt(1 << 16), destination, port(), wide ? 6 : 4)
                .protocol(protocol, random.nextBoolean() ? 0 : random.nextInt(1 << 24))
                .forward(
                        1 + number(Long.MAX_VALUE - 1),
                        number(Long.MAX_VALUE),
                        number(Long.MAX_VALUE),
                        flags(),
                        start,
                        end)
                .reverse(
                        back ? number(Long.MAX_VALUE) : 0,
                        back ? number(Long.MAX_VALUE) : 0,
                        back ? number(Long.MAX_VALUE) : 0,
                        back ? flags() : 0,
                        start,
                        end)
                .tcpState(protocol == 6 ? random.nextInt(TcpState.COUNT) : TcpState.NONE)
                .reason(random.nextInt(EndReason.FLUSHED + 1))
                .lifetimeMillis(random.nextInt(5) == 0 ? Lifetime.NEVER : Lifetime.ofMillis(number(1_000_000_000)))
                .offloaded(random.nextInt(4) == 0);
        for (int i = 0; i < 16; i++) {
            builder.info(i, (byte) (random.nextInt(3) == 0 ? random.nextInt(256) : 0));
        }
        builder.event(FlowEvent.ENDED, random.nextInt(3), end + number(DAY));
        return builder.record();
    }

    private long number(long max) {
        return switch (random.nextInt(20)) {
            case 0 -> max;
            case 1 -> 0;
            case 2 -> random.nextLong(max);
            default -> random.nextLong(Math.min(max, 100_000));
        };
    }

    private int flags() {
        return random.nextInt(3) == 0 ? random.nextInt(256) : 0x1B;
    }

    private int port() {
        return random.nextBoolean() ? 443 : random.nextInt(1 << 16);
    }

    private void address(byte[] octets, boolean wide) {
        long low = hosts == 0 ? random.nextLong() : random.nextInt(hosts);
        for (int i = 0; i < 16; i++) {
            int from = wide ? 15 - i : 3 - i;
            octets[i] = from < 0 || from > 7 ? (byte) (wide && i == 0 ? 0x20 : 0) : (byte) (low >>> (8 * from));
        }
    }
}
