package dev.weir.offload.xdp;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.weir.table.FlowKey;
import dev.weir.wire.linux.EbpfMap;
import dev.weir.wire.linux.EbpfMapType;
import dev.weir.wire.linux.EbpfUse;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * How many flows a second go to the kernel and back: the best of five rounds of 65,536 IPv4 directions. Run as root in a
 * network namespace of its own, whose loopback it takes: {@code ip netns exec NAME java --enable-native-access=ALL-UNNAMED
 * -cp ... dev.weir.offload.xdp.XdpRates}.
 */
final class XdpRates {
    private static final int FLOWS = 1 << 16, ROUNDS = 5;

    private XdpRates() {}

    public static void main(String[] args) throws Exception {
        maps();
        List<XdpFlow> flows = new ArrayList<>();
        List<FlowKey> keys = new ArrayList<>();
        for (int i = 0; i < FLOWS; i++) {
            byte[] source = {10, (byte) (i >>> 16), (byte) (i >>> 8), (byte) i};
            FlowKey key = new FlowKey(
                    InetAddress.getByAddress(source), 1000, InetAddress.ofLiteral("192.0.2.1"), 443, XdpFlow.TCP, 0);
            keys.add(key);
            flows.add(new XdpFlow(key, XdpAction.to(0)));
        }
        try (XdpDriver driver = XdpDriver.open(List.of("lo"), XdpDriverOptions.defaults())) {
            double[] best = new double[4];
            for (int round = 0; round < ROUNDS; round++) {
                best[0] = Math.max(best[0], rate(() -> driver.put(flows)));
                best[1] = Math.max(best[1], rate(() -> keys.forEach(driver::counters)));
                best[2] = Math.max(best[2], rate(() -> driver.forEach((key, counters) -> {})));
                best[3] = Math.max(best[3], rate(() -> driver.remove(keys)));
            }
            System.out.printf(
                    "put %,.0f/s, counters of one %,.0f/s, list %,.0f/s, remove %,.0f/s%n",
                    best[0], best[1], best[2], best[3]);
        }
    }

    private static double rate(Runnable work) {
        long before = System.nanoTime();
        work.run();
        return FLOWS * 1e9 / (System.nanoTime() - before);
    }

    /** The kernel's part alone: a call an element, and a call for all. */
    private static void maps() throws Exception {
        EbpfMap.Shape shape = new EbpfMap.Shape(EbpfMapType.HASH, "weir_rates", KeyLayout.SIZE4, Integer.BYTES, FLOWS);
        try (Arena arena = Arena.ofConfined();
                EbpfMap map = EbpfMap.create("rates", new EbpfUse(Set.of(), "do without"), shape)) {
            MemorySegment keys = arena.allocate((long) FLOWS * KeyLayout.SIZE4, 8);
            MemorySegment values = arena.allocate((long) FLOWS * Integer.BYTES, 8);
            for (int i = 0; i < FLOWS; i++) keys.set(JAVA_INT, (long) i * KeyLayout.SIZE4, i);
            MemorySegment[] each = new MemorySegment[FLOWS];
            for (int i = 0; i < FLOWS; i++) each[i] = keys.asSlice((long) i * KeyLayout.SIZE4, KeyLayout.SIZE4);
            double[] best = new double[2];
            for (int round = 0; round < ROUNDS; round++) {
                best[0] = Math.max(best[0], rate(() -> {
                    for (MemorySegment key : each) map.put(key, values, EbpfMap.ONLY_NEW);
                }));
                map.removeAll(keys, FLOWS);
                best[1] = Math.max(best[1], rate(() -> map.putAll(keys, values, FLOWS)));
                map.removeAll(keys, FLOWS);
            }
            System.out.printf("map updates: one a call %,.0f/s, all in a call %,.0f/s%n", best[0], best[1]);
        }
    }
}
