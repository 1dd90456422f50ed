package dev.weir.bench;

import dev.weir.bench.TrafficShape.Order;
import dev.weir.table.FlowEvent;
import dev.weir.table.FlowRecords;
import dev.weir.table.FlowTable;
import dev.weir.table.FlowTableConfig;
import dev.weir.table.Lifetime;
import java.lang.foreign.Arena;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
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
 * Packets of known flows through the table alone, their keys made before. Run: {@code weir bench jmh Lookup}; gc.alloc.rate.norm must be 0 B/op.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(2)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class LookupBenchmark {
    private static final int PACKETS = 1 << 18;

    /** 512 KiB and 61 MiB of IPv4 flows. */
    @Param({"8192", "1000000"})
    int flows;

    @Param({"0", "100"})
    int ipv6;

    private final Arena arena = Arena.ofShared();
    private final FlowRecords records =
            new FlowRecords(FlowTable.VECTOR * FlowTable.RECORDS_PER_PACKET, FlowEvent.ENDED, arena);
    private FlowTable table = new FlowTable(FlowTableConfig.defaults().withMaxFlows(1));
    private KeyedVectors vectors = new KeyedVectors(TrafficShape.of(1, 1), table);
    private int at;

    @Setup
    public void fill() {
        free();
        var config = FlowTableConfig.defaults()
                .withMaxFlows(flows)
                .withLifetime(Lifetime.NEVER)
                .withHashSeed(1);
        table = new FlowTable(config);
        var shape = new TrafficShape(flows, flows, 128, ipv6, 0, 50, Order.ROUND_ROBIN, 1, 0, 0, 1);
        try (var creating = new KeyedVectors(shape, table)) {
            creating.trackAll(table, records);
        }
        vectors = new KeyedVectors(new TrafficShape(PACKETS, flows, 128, ipv6, 0, 50, Order.RANDOM, 1, 0, 0, 1), table);
    }

    @Benchmark
    @OperationsPerInvocation(FlowTable.VECTOR)
    public void hit() {
        vectors.track(at, table, records);
        at = at + 1 == vectors.size() ? 0 : at + 1;
    }

    @TearDown
    public void free() {
        vectors.close();
        table.close();
    }
}
