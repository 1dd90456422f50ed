package dev.weir.table;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.packet.TunnelMode;
import dev.weir.testing.Frames;
import java.lang.foreign.Arena;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The counters of a flow stay exact where they leave their place in the hot line for the wide region. */
class CountersTest {
    @ParameterizedTest(name = "{0} packets of {1} IP octets in frames of {2}, active timeout {3} ms")
    @CsvSource(textBlock = """
            9000000,         20,         64, -1
            1000,    2147483647, 2147483647, -1
            1000,    2147483647,         64, -1
            1000,            20, 2147483647, -1
            1000,    1073741824, 1073741824,  7
            200000,       65535,      65549, -1
            """)
    void flow_ofMuchTraffic_keepsExactSums(int packets, int ipBytes, int frameBytes, int activeTimeout) {
        var random = new SplittableRandom(1);
        var config = FlowTableConfig.defaults().withMaxFlows(2).withActiveTimeout(activeTimeout);
        try (var table = new FlowTable(config);
                Arena arena = Arena.ofConfined()) {
            var extractor = new KeyExtractor(table, TunnelMode.OUTER, TenantMode.NONE);
            var vectors = new Vectors(FlowTable.VECTOR);
            for (int i = 0; i < FlowTable.VECTOR; i++) {
                boolean forth = i == 0 || random.nextInt(3) == 0;
                byte[] udp = Frames.udp(forth ? 1 : 2, forth ? 2 : 1, new byte[0]);
                vectors.add(1, Frames.ethernet(Frames.ipv4(forth ? 8 : 9, forth ? 9 : 8, Frames.UDP, udp)));
            }
            extractor.extract(vectors.flows);
            var records = new FlowRecords(10_000, FlowEvent.ENDED, arena);
            int[] forward = new int[2];
            for (int sent = 0; sent < packets; ) {
                int n = Math.min(FlowTable.VECTOR, packets - sent);
                for (int i = 0; i < n; i++) {
                    long[] words = vectors.flows.words;
                    int p = FlowVector.at(i);
                    words[p + FlowVector.META] = words[p + FlowVector.META] >>> 32 << 32 | ipBytes;
                    vectors.packets.length[i] = frameBytes;
                    vectors.packets.time[i] = sent * 10_000L;
                    boolean forth = (vectors.flows.meta(p) & FlowVector.FROM_UPPER) == 0;
                    forward[forth ? 0 : 1]++;
                }
                table.track(4, vectors.flows, indices(n), 0, n, records);
                sent += n;
            }
            table.assertValid();
            assertThat(table.resize(5, records)).isTrue();
            assertThat(table.flush(records)).isTrue();
            long[] sums = new long[6];
            for (Event e : Event.allOf(records)) {
                add(sums, 0, e.forward());
                add(sums, 3, e.reverse());
            }
            assertThat(sums)
                    .containsExactly(
                            forward[0],
                            forward[0] * (long) ipBytes,
                            forward[0] * (long) frameBytes,
                            forward[1],
                            forward[1] * (long) ipBytes,
                            forward[1] * (long) frameBytes);
        }
    }

    private static void add(long[] sums, int at, Event.Direction d) {
        sums[at] += d.packets();
        sums[at + 1] += d.bytes();
        sums[at + 2] += d.frameBytes();
    }

    private static int[] indices(int n) {
        int[] indices = new int[n];
        for (int i = 0; i < n; i++) {
            indices[i] = i;
        }
        return indices;
    }
}
