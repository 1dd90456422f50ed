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
 * A million flows whose time has run out, ended by the timing wheel, each with its record. Run: {@code weir bench jmh Expire}; gc.alloc.rate.norm must be 0
 * B/op but for what JMH itself allocates once an invocation.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(2)
@Warmup(iterations = 10)
@Measurement(iterations = 10)
public class ExpireBenchmark {
    private static final int FLOWS = 1_000_000;

    @Param({"0", "100"})
    int ipv6;

    private final Arena arena = Arena.ofShared();
    private final FlowRecords records =
            new FlowRecords(FlowTable.VECTOR * FlowTable.RECORDS_PER_PACKET, FlowEvent.ENDED, arena);
    private final FlowTableConfig config = FlowTableConfig.defaults()
            .withMaxFlows(FLOWS)
            .withLifetime(Lifetime.ofSeconds(1))
            .withHashSeed(1);
    private FlowTable table = new FlowTable(config);
    private KeyedVectors vectors = new KeyedVectors(TrafficShape.of(1, 1), table);

    @Setup
    public void make() {
        vectors.close();
        vectors = new KeyedVectors(
                new TrafficShape(FLOWS, FLOWS, 128, ipv6, 0, 50, Order.ROUND_ROBIN, 1, 0, 1, 1), table);
    }

    @Setup(Level.Invocation)
    public void fill() {
        table.close();
        table = new FlowTable(config);
        vectors.trackAll(table, records);
        table.advance(table.now() + 2_000_000_000L);
    }

    @Benchmark
    @OperationsPerInvocation(FLOWS)
    public void expire() {
        boolean done;
        do {
            records.clear();
            done = table.expire(records);
        } while (!done);
    }

    @TearDown
    public void free() {
        vectors.close();
        table.close();
        arena.close();
    }
}
