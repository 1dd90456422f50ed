package dev.weir.export;

import java.util.List;

/** Where records can be sent: a collector, or a topic of a broker. Immutable, equal where all settings are. */
public interface ExportPlace {
    /** As {@code udp://192.0.2.1:4739} or {@code kafka://192.0.2.1:9092/flows}. */
    String place();

    /** Names or addresses of machines that have to be there. */
    List<String> hosts();

    /**
     * Whether all kinds of events go there, or ended flows alone.
     */
    default boolean events() {
        return false;
    }

    /** Whether it cannot be open beside that one: who begins later would end the one before, with what still waits there. */
    default boolean replaces(ExportPlace other) {
        return false;
    }

    /** Begins to send what it will be given. What is wrong with the place shows when it is reached: the listener is told, or the sink fails. */
    Exporter open(ExportRun run, ExportListener listener);
}
