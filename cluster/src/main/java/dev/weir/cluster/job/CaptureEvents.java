package dev.weir.cluster.job;

import dev.weir.wire.CaptureHead;
import dev.weir.wire.PartIndex;
import org.apache.flink.api.connector.source.SourceEvent;
import org.jspecify.annotations.Nullable;

/** What the enumerator and the readers of captures tell each other. */
final class CaptureEvents {
    private CaptureEvents() {}

    /** To a reader: look at the file's head. */
    record AskHead(int capture, String file) implements SourceEvent {}

    /**
     * From a reader: what the file is.
     *
     * @param start time of its first packet, if the file cannot be cut; else {@link Long#MIN_VALUE}
     * @param fault why it cannot be read; null where it can
     */
    record Head(
            int capture,
            @Nullable CaptureHead head,
            long start,
            @Nullable String fault) implements SourceEvent {}

    /** To a reader: walk over a part, which begins at {@code from} or, to be searched for, behind it. */
    @SuppressWarnings("ArrayRecordComponent")
    record AskIndex(
            int capture, int part, CaptureHead head, byte[] prologue, long from, long to, long lastTime, boolean search)
            implements SourceEvent {}

    /** From a reader: what it found. */
    record Index(
            int capture,
            int part,
            boolean searched,
            @Nullable PartIndex index,
            @Nullable String fault) implements SourceEvent {}

    /** From a reader of a capture that cannot be cut: no packet of it that is still to be read counts at an earlier time. */
    record Clock(long time) implements SourceEvent {}

    /** To a reader: what nobody reads yet has no packet from before that time. */
    record LowMark(long time) implements SourceEvent {}
}
