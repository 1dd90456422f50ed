package dev.weir.bench;

import dev.weir.bench.TrafficShape.Order;
import dev.weir.export.filter.FilterException;
import dev.weir.export.filter.FlowFilter;
import dev.weir.table.FlowEvent;
import dev.weir.table.FlowRecord;
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
 * A filter over the records of flows, half of them TCP, that lie one after the other in memory, more than the second-level cache holds;
 * {@code flow_id > 0} is little more than the loop. Run: {@code weir bench jmh Filter}; gc.alloc.rate.norm must be 0 B/op.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 4, time = 1)
public class FilterBenchmark {
    /** 11 MB of records. */
    private static final int FLOWS = 1 << 16;

    @Param({
        "flow_id > 0",
        "dst_port in {80, 443}",
        "host in 10.0.0.0/9",
        "proto == tcp && dst_port in {80, 443} && bytes > 1M && src in 10.0.0.0/8",
        "bytes > 100 && packets < 10 && duration < 1h && host not in {192.0.2.0/24, 198.51.100.0/24, 203.0.113.0/24}",
        "rate > 1M"
    })
    String filter = "true";

    private final Arena arena = Arena.ofShared();
    private final FlowRecords records = new FlowRecords(FLOWS, FlowEvent.ENDED, arena);
    private final FlowRecord view = new FlowRecord();
    private FlowFilter compiled = compile("true");

    @Setup
    public void fill() {
        compiled = compile(filter);
        var config = FlowTableConfig.defaults()
                .withMaxFlows(2 * FLOWS)
                .withLifetime(Lifetime.NEVER)
                .withHashSeed(1);
        var shape = new TrafficShape(4 * FLOWS, FLOWS, 128, 0, 50, 50, Order.ROUND_ROBIN, 1, 0, 1_000, 1);
        try (var table = new FlowTable(config);
                var vectors = new KeyedVectors(shape, table)) {
            vectors.trackAll(table, records);
            table.purge(_ -> true, records);
        }
    }

    private static FlowFilter compile(String expression) {
        try {
            return FlowFilter.compile(expression);
        } catch (FilterException e) {
            throw new IllegalArgumentException(e.report(), e);
        }
    }

    @Benchmark
    @OperationsPerInvocation(FLOWS)
    public int test() {
        int matching = 0;
        for (int i = 0; i < records.size(); i++) {
            if (compiled.test(records.get(i, view))) matching++;
        }
        return matching;
    }

    @TearDown
    public void free() {
        arena.close();
    }
}
