package dev.weir.bench;

import dev.weir.bench.TrafficShape.Order;
import dev.weir.packet.Headers;
import dev.weir.packet.PacketParser;
import dev.weir.packet.PacketVector;
import dev.weir.packet.TunnelMode;
import dev.weir.table.FlowTable;
import dev.weir.table.FlowTableConfig;
import dev.weir.table.FlowVector;
import dev.weir.table.KeyExtractor;
import dev.weir.table.TenantMode;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * A packet's headers: the general parser, and what the data plane does, which is parse, key and hash. Run: {@code weir bench jmh Parse};
 * gc.alloc.rate.norm must be 0 B/op.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(2)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class ParseBenchmark {
    private static final int PACKETS = FlowTable.VECTOR;

    /** Percent of IPv6; the packets are TCP and UDP in equal parts. */
    @Param({"0", "50", "100"})
    int ipv6;

    private final PacketVector packets = new PacketVector(PACKETS);
    private final FlowVector keys = new FlowVector(packets);
    private final Headers headers = new Headers();
    private final PacketParser parser = new PacketParser(TunnelMode.OUTER);
    private final FlowTable table = new FlowTable(FlowTableConfig.defaults().withMaxFlows(1));
    private final KeyExtractor extractor = new KeyExtractor(table, TunnelMode.OUTER, TenantMode.NONE);
    private Trace trace = new Trace(TrafficShape.of(1, 1));

    @Setup
    public void make() {
        trace.close();
        trace = new Trace(new TrafficShape(1 << 16, 4096, 128, ipv6, 50, 50, Order.RANDOM, 1, 0, 1_000, 1));
    }

    /** Costs 1 ns a packet, which is part of the results. */
    @Setup(Level.Invocation)
    public void next() {
        if (trace.read(packets) == 0) {
            trace.rewind(1);
            trace.read(packets);
        }
    }

    @Benchmark
    @OperationsPerInvocation(PACKETS)
    public int parse() {
        int sum = 0;
        for (int i = 0; i < packets.size; i++) {
            sum += parser.parse(
                    packets.data, packets.offset[i], packets.captured[i], packets.length[i], packets.link[i], headers);
            sum += headers.transport;
        }
        return sum;
    }

    @Benchmark
    @OperationsPerInvocation(PACKETS)
    public FlowVector parseKeyHash() {
        extractor.extract(keys);
        return keys;
    }

    @TearDown
    public void free() {
        trace.close();
        table.close();
    }
}
