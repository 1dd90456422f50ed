package dev.weir.server.metrics;

import dev.weir.p4.control.CacheState;
import dev.weir.server.metrics.ProgramMetrics.ProgramTable;
import dev.weir.table.cache.CacheFigures;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.ToLongFunction;

/** What tables of programs keep that are caches, by tenant where they have tenants. */
final class CacheMetrics {
    private static final List<String> LABELS = List.of("node", "table", "tenant");
    private static final List<String> DIRECTED = List.of("node", "table", "tenant", "result");

    static final List<Family<List<ProgramTable>>> FAMILIES = List.of(
            gauge("entries", "Entries that a cache has now.", CacheFigures::size),
            gauge("pinned", "Entries that never go for another one.", CacheFigures::pinned),
            looked(
                    "packets",
                    "Packets that a cache had an entry for or not.",
                    f -> f.hitPackets(),
                    f -> f.missPackets()),
            looked("bytes", "Octets of these packets.", f -> f.hitBytes(), f -> f.missBytes()),
            counter("admitted", "Entries that packets have added.", CacheFigures::admitted),
            counter("rejected", "Entries that were not taken, what was there being used more.", CacheFigures::rejected),
            counter("evicted", "Entries that went for another one.", CacheFigures::evicted),
            counter("expired", "Entries that were not hit for their lifetime.", CacheFigures::expired));

    private CacheMetrics() {}

    private static Family<List<ProgramTable>> gauge(String name, String help, ToLongFunction<CacheFigures> value) {
        return Family.gauge(
                "weir_program_cache_" + name,
                help,
                LABELS,
                (tables, points) ->
                        each(tables, (labels, figures) -> points.add((double) value.applyAsLong(figures), labels)));
    }

    private static Family<List<ProgramTable>> counter(String name, String help, ToLongFunction<CacheFigures> value) {
        return Family.counter(
                "weir_program_cache_" + name,
                help,
                LABELS,
                (tables, points) ->
                        each(tables, (labels, figures) -> points.add((double) value.applyAsLong(figures), labels)));
    }

    private static Family<List<ProgramTable>> looked(
            String name, String help, ToLongFunction<CacheFigures> hit, ToLongFunction<CacheFigures> miss) {
        return Family.counter(
                "weir_program_cache_" + name,
                help,
                DIRECTED,
                (tables, points) -> each(tables, (labels, figures) -> {
                    points.add((double) hit.applyAsLong(figures), labels[0], labels[1], labels[2], "hit");
                    points.add((double) miss.applyAsLong(figures), labels[0], labels[1], labels[2], "miss");
                }));
    }

    /** Those of each tenant; where there are none, of all with an empty label. */
    private static void each(List<ProgramTable> tables, BiConsumer<String[], CacheFigures> visit) {
        for (ProgramTable table : tables) {
            CacheState cache = table.state().cache();
            if (cache == null) continue;
            if (cache.says().tenant() == null) {
                visit.accept(new String[] {table.node(), table.path(), ""}, cache.all());
            }
            cache.tenants()
                    .forEach((tenant, figures) -> visit.accept(
                            new String[] {table.node(), table.path(), Long.toUnsignedString(tenant)}, figures));
        }
    }
}
