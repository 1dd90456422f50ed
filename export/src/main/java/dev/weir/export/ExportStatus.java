package dev.weir.export.ipfix;

import java.util.Map;

/**
 * What was sent to one collector so far.
 *
 * @param place as {@code udp://192.0.2.1:4739}
 * @param connected whether it takes messages, as far as known
 * @param messages that were sent
 * @param records of flows that were in them
 * @param octets of messages
 * @param lost records that did not reach it, by reason: {@code buffer-full}, {@code refused} (UDP: nobody listened), {@code not-sent}, {@code
 *     closing} (still there when it was over)
 * @param waiting records that wait for it
 */
public record ExportStatus(
        String place,
        boolean connected,
        long messages,
        long records,
        long octets,
        Map<String, Long> lost,
        long waiting) {
    /** All that did not reach it. */
    public long lostRecords() {
        return lost.values().stream().mapToLong(Long::longValue).sum();
    }
}
