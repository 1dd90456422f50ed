package dev.weir.server.metrics;

import dev.weir.p4.control.TableState;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** What tables of programs in P4 hold and have seen. Any thread. */
final class ProgramMetrics implements MultiCollector {
    private static final List<String> LABELS = List.of("node", "table");

    static final List<Family<List<ProgramTable>>> FAMILIES = List.of(
            Family.gauge(
                    "weir_program_table_entries",
                    "Entries that a program's table has now.",
                    LABELS,
                    (tables, points) ->
                            tables.forEach(each -> points.add(each.state().entries(), each.node(), each.path()))),
            Family.gauge(
                    "weir_program_table_size",
                    "Room for entries that a program's table has in each worker.",
                    LABELS,
                    (tables, points) -> tables.forEach(
                            each -> points.add(each.state().table().size(), each.node(), each.path()))),
            Family.counter(
                    "weir_program_table_hits",
                    "Packets that found an entry in a program's table.",
                    LABELS,
                    (tables, points) -> tables.forEach(
                            each -> points.add((double) each.state().hits(), each.node(), each.path()))),
            Family.counter(
                    "weir_program_table_misses",
                    "Packets that found none.",
                    LABELS,
                    (tables, points) -> tables.forEach(
                            each -> points.add((double) each.state().missed(), each.node(), each.path()))));

    private final Latest<List<ProgramTable>> latest;

    /** @param clock nanoseconds that never go back */
    ProgramMetrics(Supplier<CompletableFuture<List<ProgramTable>>> source, LongSupplier clock) {
        latest = new Latest<>(source, clock);
    }

    /** A table of the program that a node runs. */
    record ProgramTable(String node, TableState state) {
        String path() {
            return state.table().path();
        }
    }

    @Override
    public MetricSnapshots collect() {
        List<ProgramTable> tables = latest.get();
        return tables == null
                ? new MetricSnapshots()
                : new MetricSnapshots(Stream.concat(FAMILIES.stream(), CacheMetrics.FAMILIES.stream())
                        .<MetricSnapshot>map(family -> family.snapshot(tables))
                        .toList());
    }
}
