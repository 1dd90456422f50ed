package dev.weir.export;

import dev.weir.dataplane.RecordSink;
import java.util.List;
import java.util.function.LongSupplier;

/** Takes records to other machines, with a buffer and a thread of its own. One thread calls it; {@link #status} is for any. */
public interface Exporter extends RecordSink {
    /** What became of the records, a place each. */
    List<ExportStatus> status();

    /** Where the number of packets comes from that are in no flow, for who tells it. */
    default void ignoredPackets(LongSupplier source) {}

    /**
     * The source is stopped before its end, and flows will be ended that would have gone on: where the same source can be read again from its
     * beginning, nothing more is taken. Any thread.
     */
    default void cut() {}

    /** How many records an earlier start of the same run had sent, so that they were not sent again. The sink's thread, or after it. */
    default long sentBefore() {
        return 0;
    }
}
