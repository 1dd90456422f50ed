package dev.weir.server.api;

import dev.weir.export.filter.FilterException;
import dev.weir.export.filter.FlowFilter;
import dev.weir.table.FlowRecord;
import java.util.function.Predicate;

/**
 * Which flows a request is about; immutable.
 *
 * @param text the filter's normal form; empty for all flows
 */
record Filters(String text, Predicate<FlowRecord> which) {
    private static final Filters ALL = new Filters("", _ -> true);

    /**
     * The filter that a request means.
     *
     * @throws Refusal when it is none, with the place in it
     */
    static Filters read(String filter, String path) {
        if (filter.isBlank()) {
            return ALL;
        }
        try {
            FlowFilter compiled = FlowFilter.compile(filter);
            return new Filters(compiled.toString(), compiled);
        } catch (FilterException e) {
            throw Refusal.field(path, e.report());
        }
    }
}
