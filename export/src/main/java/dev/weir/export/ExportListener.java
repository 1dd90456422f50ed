package dev.weir.export;

/** Hears what becomes of collectors. Called by the collectors' threads. */
public interface ExportListener {
    /** Hears nothing. */
    ExportListener NOBODY = (place, what) -> {};

    /** First thing in the thread of a collector: to give up rights, for instance. */
    default void started() {}

    /** What has changed of the collector at that place: a clause for a person, a few a minute at the most. */
    void changed(String place, String what);
}
