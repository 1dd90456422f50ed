package dev.weir.export.ipfix;

import java.util.function.LongSupplier;

/** What one exporter has sent to one place, and what it could not; told in options records. The exporter's thread. */
final class ExportTotals {
    /** Messages, records of flows and octets that were sent. */
    long messages, flows, octets;
    /** Records of flows that were made and not sent. */
    long notSentFlows;
    /** Packets that were seen and are in no flow; asked when it is told. */
    LongSupplier ignoredPackets = () -> 0;
}
