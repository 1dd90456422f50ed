package dev.weir.dataplane.graph;

import dev.weir.dataplane.RecordSink;
import dev.weir.table.FlowEvent;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link Dataplane} works with beside its configuration; immutable.
 *
 * @param sink where records and events go, one thread of the data plane's calls; closed by who made it
 * @param kinds which {@link FlowEvent} kinds it wants
 * @param listener is told of ports and faults
 * @param processors which worker runs on which, by number; those beyond the list run on any
 * @param scheduling of the workers
 * @param restore puts flows of another run back before the first packet; null for none
 */
public record DataplaneOptions(
        @Nullable RecordSink sink,
        int kinds,
        DataplaneListener listener,
        List<Integer> processors,
        Scheduling scheduling,
        @Nullable Consumer<? super FlowRestore> restore) {
    public DataplaneOptions {
        processors = List.copyOf(processors);
    }

    /** No records, nobody told, workers on any processor. */
    public static DataplaneOptions defaults() {
        return new DataplaneOptions(null, 0, new DataplaneListener() {}, List.of(), Scheduling.FAIR, null);
    }

    /** With final records to {@code records}. */
    public DataplaneOptions withSink(RecordSink records) {
        return withSink(records, FlowEvent.ENDED);
    }

    /** With events of these kinds to {@code records}. */
    public DataplaneOptions withSink(RecordSink records, int eventKinds) {
        return new DataplaneOptions(records, eventKinds, listener, processors, scheduling, restore);
    }

    public DataplaneOptions withListener(DataplaneListener told) {
        return new DataplaneOptions(sink, kinds, told, processors, scheduling, restore);
    }

    public DataplaneOptions withProcessors(List<Integer> byWorker) {
        return new DataplaneOptions(sink, kinds, listener, byWorker, scheduling, restore);
    }

    public DataplaneOptions withScheduling(Scheduling how) {
        return new DataplaneOptions(sink, kinds, listener, processors, how, restore);
    }

    /** With somebody who puts flows back that were there in another run. */
    public DataplaneOptions withRestore(Consumer<? super FlowRestore> from) {
        return new DataplaneOptions(sink, kinds, listener, processors, scheduling, from);
    }
}
