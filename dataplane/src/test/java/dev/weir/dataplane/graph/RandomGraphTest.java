package dev.weir.dataplane.graph;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.testing.Frames;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Random graphs, packet by packet against a walk that does what the contract says in the plainest way. */
class RandomGraphTest {
    private static final int PACKETS = 600;
    private static final String[] ARCS = {"left", "right"};

    /** What a node does with a packet is a function of its number and the packet's, so the plain walk can ask too. */
    private record Chooser(int number, long seed, List<List<Integer>> seen) implements NodeConfig {
        /** 0 next, 1 drop, 2 and 3 the arcs. */
        int choice(int packet) {
            var random = new SplittableRandom(seed + number * 1_000_003L + packet);
            return switch (random.nextInt(10)) {
                case 0 -> 1;
                case 1, 2 -> 2;
                case 3 -> 3;
                default -> 0;
            };
        }

        @Override
        public String type() {
            return "chooser";
        }

        @Override
        public List<String> arcs() {
            return List.of(ARCS);
        }

        @Override
        public List<String> dropReasons() {
            return List.of("chosen");
        }

        @Override
        public boolean takesUnhandled() {
            return true;
        }

        @Override
        public Node create(NodeContext context) {
            return (batch, picks, n) -> {
                for (int j = 0; j < n; j++) {
                    int i = picks[j];
                    int packet = batch.flows.sourcePort(i);
                    seen.get(number).add(packet);
                    batch.egress[i] = 0;
                    switch (choice(packet)) {
                        case 0 -> batch.next(i);
                        case 1 -> batch.drop(i, 0);
                        default -> batch.arc(i, choice(packet) - 2);
                    }
                }
            };
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 0x5EED})
    void graph_random_movesPacketsAsThePlainWalk(long seed) {
        var random = new SplittableRandom(seed);
        int nodes = random.nextInt(1, GraphConfig.MAX_NODES + 1);
        List<List<Integer>> seen = new ArrayList<>();
        var config = GraphConfig.builder().ports("a");
        var choosers = new ArrayList<Chooser>();
        List<Map<String, String>> arcs = new ArrayList<>();
        for (int k = 0; k < nodes; k++) {
            seen.add(new ArrayList<>());
            choosers.add(new Chooser(k, seed, seen));
            arcs.add(Map.of(ARCS[0], target(random, k, nodes), ARCS[1], target(random, k, nodes)));
            config.node("n" + k, choosers.get(k), arcs.get(k));
        }
        boolean[] inChain = new boolean[nodes];
        List<String> chain = IntStream.range(0, nodes)
                .filter(k -> inChain[k] = random.nextInt(3) != 0)
                .mapToObj(k -> "n" + k)
                .toList();
        config.chain("default", new GraphConfig.Chain(chain, chain, chain));
        try (var graph = GraphTester.of(config.build())) {
            for (int packet = 0; packet < PACKETS; packet++) {
                byte[] udp = Frames.udp(packet, 60_000, Frames.payload(8));
                graph.in("a", packet, Frames.ethernet(Frames.ipv4(1, 2, Frames.UDP, udp)));
            }
            graph.run();
            List<List<Integer>> expected = new ArrayList<>();
            var drops = new LinkedHashMap<String, Long>();
            choosers.forEach(_ -> expected.add(new ArrayList<>()));
            long out = 0;
            for (int packet = 0; packet < PACKETS; packet++) {
                out += walk(packet, choosers, arcs, inChain, expected, drops) ? 1 : 0;
            }
            assertThat(seen).as("seed=%d", seed).isEqualTo(expected);
            NodeCounters output = graph.counters(GraphConfig.OUTPUT);
            assertThat(output.packets()).as("seed=%d", seed).isEqualTo(out);
            for (int k = 0; k < nodes; k++) {
                NodeCounters counters = graph.counters("n" + k);
                assertThat(counters.packets()).isEqualTo(expected.get(k).size());
                assertThat(counters.drops().values().stream().mapToLong(n -> n).sum())
                        .as("seed=%d, node %d", seed, k)
                        .isEqualTo(drops.getOrDefault("n" + k, 0L));
            }
        }
    }

    private static String target(SplittableRandom random, int k, int nodes) {
        int to = random.nextInt(k + 1, nodes + 2);
        return to < nodes ? "n" + to : to == nodes ? GraphConfig.OUTPUT : GraphConfig.DROP;
    }

    /** Takes one packet through; whether it comes to the output. */
    private static boolean walk(
            int packet,
            List<Chooser> choosers,
            List<Map<String, String>> arcs,
            boolean[] inChain,
            List<List<Integer>> seen,
            Map<String, Long> drops) {
        int k = after(-1, inChain);
        while (k < inChain.length) {
            seen.get(k).add(packet);
            int choice = choosers.get(k).choice(packet);
            String target = choice < 2 ? "" : arcs.get(k).getOrDefault(ARCS[choice - 2], GraphConfig.DROP);
            if (choice == 1 || GraphConfig.DROP.equals(target)) {
                drops.merge("n" + k, 1L, Long::sum);
                return false;
            }
            if (GraphConfig.OUTPUT.equals(target)) {
                return true;
            }
            k = choice == 0 ? after(k, inChain) : Integer.parseInt(target.substring(1));
        }
        return true;
    }

    private static int after(int k, boolean[] inChain) {
        int next = k + 1;
        while (next < inChain.length && !inChain[next]) {
            next++;
        }
        return next;
    }
}
