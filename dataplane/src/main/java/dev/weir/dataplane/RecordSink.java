package dev.weir.dataplane;

import dev.weir.table.FlowRecord;
import java.io.Closeable;
import java.io.IOException;

/**
 * Where records and events go, in order. One thread calls it. The view is valid only during the call: copy what must
 * be kept.
 */
public interface RecordSink extends Closeable {
    /** Takes one record or event. */
    void accept(FlowRecord record) throws IOException;

    /** Events are missing here: so many were dropped, because more came than could be taken. Never final records. */
    default void dropped(long events) throws IOException {}

    /** Makes what was accepted so far visible to readers; called when nothing more comes for the moment. */
    default void flush() throws IOException {}

    /** Nothing came for a moment; called some thousand times a second while that lasts. For what is due at a time of its own. */
    default void idle() throws IOException {}

    @Override
    default void close() throws IOException {}
}
