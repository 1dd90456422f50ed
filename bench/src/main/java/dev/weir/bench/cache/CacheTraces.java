package dev.weir.bench.cache;

import java.util.Arrays;
import java.util.SplittableRandom;

/** Makes traces from seeds. The sizes of a flow's packets are its own: a third has 64 to 127 octets, a third up to 575, a third up to 1518. Stateless. */
public final class CacheTraces {
    private CacheTraces() {}

    /** Flow n has n to the power of {@code -exponent} of the packets, each drawn by itself. */
    public static CacheTrace zipf(double exponent, int flows, int packets, long seed) {
        return drawn("Zipf %.1f".formatted(exponent), exponent, flows, packets, 0, 0, seed);
    }

    /** The same, and every so many packets a rank, drawn evenly, is another flow's, which was not there before. */
    public static CacheTrace drifting(double exponent, int flows, int packets, int every, long seed) {
        return drawn("drifting set, Zipf %.1f".formatted(exponent), exponent, flows, packets, every, 0, seed);
    }

    /** The same without a drift, and of so many packets in a hundred each is a flow's that is seen once. */
    public static CacheTrace scanned(double exponent, int flows, int packets, int percent, long seed) {
        String name = "Zipf %.1f, %d %% a scan".formatted(exponent, percent);
        return drawn(name, exponent, flows, packets, 0, percent, seed);
    }

    private static CacheTrace drawn(
            String name, double exponent, int ranks, int packets, int every, int scanPercent, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        double[] upTo = new double[ranks];
        double sum = 0;
        for (int rank = 0; rank < ranks; rank++) upTo[rank] = sum += Math.pow(rank + 1, -exponent);
        int[] flowOf = new int[ranks];
        Arrays.setAll(flowOf, rank -> rank);
        int flows = ranks;
        int[] flow = new int[packets], bytes = new int[packets];
        for (int i = 0; i < packets; i++) {
            if (every > 0 && i % every == every - 1) flowOf[random.nextInt(ranks)] = flows++;
            if (scanPercent > 0 && random.nextInt(100) < scanPercent) {
                flow[i] = flows++;
            } else {
                int found = Arrays.binarySearch(upTo, random.nextDouble() * sum);
                flow[i] = flowOf[Math.min(ranks - 1, found < 0 ? -found - 1 : found)];
            }
            bytes[i] = size(flow[i], seed);
        }
        return compact(name, flow, bytes);
    }

    /** The size of all packets of a flow. */
    private static int size(int flow, long seed) {
        SplittableRandom own = new SplittableRandom(seed * 31 + flow);
        return switch (own.nextInt(3)) {
            case 0 -> own.nextInt(64, 128);
            case 1 -> own.nextInt(128, 576);
            default -> own.nextInt(576, 1519);
        };
    }

    /** Numbers without gaps, in the order in which flows come. */
    static CacheTrace compact(String name, int[] flow, int[] bytes) {
        int[] number = new int[Arrays.stream(flow).max().orElse(-1) + 1];
        int flows = 0;
        int[] compact = new int[flow.length];
        for (int i = 0; i < flow.length; i++) {
            if (number[flow[i]] == 0) number[flow[i]] = ++flows;
            compact[i] = number[flow[i]] - 1;
        }
        return new CacheTrace(name, compact, bytes, flows);
    }
}
