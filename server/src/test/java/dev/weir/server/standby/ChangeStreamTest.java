package dev.weir.server.standby;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.dataplane.graph.Dataplane;
import dev.weir.dataplane.graph.DataplaneOptions;
import dev.weir.dataplane.graph.FlowFollowing;
import dev.weir.dataplane.graph.FlowRestore;
import dev.weir.dataplane.graph.GraphConfig;
import dev.weir.dataplane.nodes.FlowMatch;
import dev.weir.dataplane.nodes.IpPrefix;
import dev.weir.dataplane.nodes.PortRange;
import dev.weir.dataplane.nodes.crossconnect.CrossConnectConfig;
import dev.weir.dataplane.nodes.nat.NatConfig;
import dev.weir.dataplane.nodes.nat.SourceRule;
import dev.weir.server.api.TestPort;
import dev.weir.server.state.Chunks;
import dev.weir.server.state.SnapshotException;
import dev.weir.testing.Frames;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What one machine sends of its flows is what another goes on with; what is damaged is refused. */
@Timeout(120)
class ChangeStreamTest {
    private static final long SECOND = 1_000_000_000L;

    private static GraphConfig graph(int workers) {
        return GraphConfig.builder()
                .ports("inside", "outside")
                .node(
                        "nat",
                        NatConfig.ofSource(SourceRule.toPool(
                                "out",
                                FlowMatch.ALL.from(IpPrefix.of("10.0.0.0/8")),
                                PortRange.of("20000-30000"),
                                IpPrefix.of("198.51.100.1"))))
                .node("wires", new CrossConnectConfig(List.of(new CrossConnectConfig.Pair("inside", "outside"))))
                .workers(workers)
                .build();
    }

    /** A machine that forwards. */
    private static final class Machine implements AutoCloseable {
        private final int workers;
        private final List<TestPort> ports;
        private final Dataplane plane;

        Machine(int workers, DataplaneOptions options) throws IOException {
            this.workers = workers;
            ports = List.of(new TestPort("inside", workers), new TestPort("outside", workers));
            plane = Dataplane.start(graph(workers), ports, options);
        }

        void packet(int flow, long time) {
            ports.get(0).put(flow % workers, time, Frames.udpFrame("10.0.0.1", 1000 + flow, "192.0.2.1", 53, 8));
        }

        void settle() {
            while (!plane.isFinished()) {
                LockSupport.parkNanos(500_000);
            }
        }

        List<String> flows() {
            List<String> all = new ArrayList<>();
            plane.list(_ -> true, 100_000)
                    .join()
                    .forEach(flow -> all.add(flow.key() + " " + flow.flowId() + " " + flow.forwardPackets()));
            return all;
        }

        @Override
        public void close() {
            plane.close();
        }
    }

    private static void round(FlowFollowing following, ChangeWriter writer) throws IOException {
        writer.beginRound();
        assertThat(following.round(writer, 1)).isTrue();
    }

    @ParameterizedTest(name = "{0} workers, then {1}, seed {2}")
    @CsvSource({"1, 1, 1", "2, 1, 2", "1, 3, 3", "3, 2, 4"})
    void flows_ofAMachineThatIsGone_goOnInAnother(int before, int after, long seed) throws IOException {
        var random = new SplittableRandom(seed);
        var reader = new ChangeReader();
        List<String> expected;
        try (var machine = new Machine(before, DataplaneOptions.defaults())) {
            reader.begin();
            List<ByteBuffer> header = List.of(Chunks.header(1, false));
            assertThat(reader.read(header.getFirst())).isNull();
            var writer = new ChangeWriter(reader::read);
            try (FlowFollowing following = machine.plane.followFlows()) {
                for (int step = 0; step < 20; step++) {
                    for (int n = random.nextInt(200); n > 0; n--) {
                        machine.packet(random.nextInt(1500), (1 + step) * SECOND);
                    }
                    machine.settle();
                    if (random.nextBoolean()) {
                        machine.plane.purge(flow -> flow.flowId() % 5 == 0).join();
                    }
                    round(following, writer);
                }
                round(following, writer);
            }
            expected = machine.flows();
        }
        var told = new ArrayList<FlowRestore>();
        Replica whole = Objects.requireNonNull(reader.whole());
        assertThat(whole.flows()).isEqualTo(expected.size()).isGreaterThan(300);
        DataplaneOptions options = DataplaneOptions.defaults().withRestore(into -> {
            assertThat(whole.restore(into)).isEmpty();
            told.add(into);
        });
        try (var next = new Machine(after, options)) {
            assertThat(told.getFirst().leftOut()).isEmpty();
            assertThat(next.flows()).containsExactlyInAnyOrderElementsOf(expected);
        }
        reader.clear();
    }

    @Test
    void octets_thatAreDamaged_areRefused_andNothingElseHappens() throws IOException {
        List<byte[]> chunks = new ArrayList<>();
        try (var machine = new Machine(1, DataplaneOptions.defaults())) {
            for (int flow = 0; flow < 5; flow++) {
                machine.packet(flow, SECOND);
            }
            machine.settle();
            var writer = new ChangeWriter(chunk -> {
                byte[] octets = new byte[chunk.remaining()];
                chunk.get(octets);
                chunks.add(octets);
            });
            try (FlowFollowing following = machine.plane.followFlows()) {
                round(following, writer);
            }
        }
        assertThat(chunks).hasSize(3);
        var random = new SplittableRandom(9);
        for (int attempt = 0; attempt < 3000; attempt++) {
            var reader = new ChangeReader();
            reader.begin();
            int at = random.nextInt(chunks.size());
            byte[] damaged = chunks.get(at).clone();
            int octet = random.nextInt(damaged.length);
            damaged[octet] ^= (byte) (1 << random.nextInt(8));
            if (random.nextBoolean()) { // as somebody would who computes the checksum
                var chunk = ByteBuffer.wrap(damaged).order(ByteOrder.LITTLE_ENDIAN);
                Chunks.seal(chunk, chunk.getInt(0));
            }
            try {
                reader.read(Chunks.header(1, false));
                for (int i = 0; i < chunks.size(); i++) {
                    reader.read(ByteBuffer.wrap(i == at ? damaged : chunks.get(i)));
                }
            } catch (SnapshotException e) {
                assertThat(e).hasMessageNotContaining("null");
            }
            reader.clear();
        }
        var reader = new ChangeReader();
        reader.begin();
        assertThatThrownBy(() -> reader.read(ByteBuffer.wrap(chunks.getFirst())))
                .isInstanceOf(SnapshotException.class)
                .hasMessageContaining("does not begin with the header");
        reader.read(Chunks.header(1, false));
        assertThatThrownBy(() -> reader.read(ByteBuffer.wrap(chunks.get(1))))
                .isInstanceOf(SnapshotException.class)
                .hasMessageContaining("before it says what their numbers mean");
    }
}
