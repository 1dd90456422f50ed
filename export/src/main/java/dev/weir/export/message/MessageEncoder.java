package dev.weir.export.message;

import dev.weir.table.FlowRecord;

/** Makes messages of events of flows. One thread; allocates the message alone. */
public interface MessageEncoder {
    /**
     * The message, in an array of its own.
     *
     * @param sequence the number of the event in the run, from 1
     * @param event any kind of it; its annex is that of the features that the encoder was made for
     */
    byte[] encode(long sequence, FlowRecord event);
}
