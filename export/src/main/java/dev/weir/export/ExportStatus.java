package dev.weir.export;

import java.util.Map;

/**
 * What was sent to one collector or topic so far.
 *
 * @param place as {@code udp://192.0.2.1:4739} or {@code kafka://192.0.2.1:9092/flows}
 * @param connected whether it takes messages, as far as known
 * @param messages that were sent
 * @param records of flows that were in them
 * @param octets of messages
 * @param lost records that did not reach it, by reason: {@code buffer-full}, {@code refused} (UDP: nobody listened, or a topic is another's now), {@code
 *     not-sent}, {@code closing} (still there when it was over)
 * @param waiting records that wait for it
 * @param gaps runs before this one that ended without saying so; what they had not sent is lost, and nobody knows how much
 */
public record ExportStatus(
        String place,
        boolean connected,
        long messages,
        long records,
        long octets,
        Map<String, Long> lost,
        long waiting,
        long gaps) {
    /** All that did not reach it. */
    public long lostRecords() {
        return lost.values().stream().mapToLong(Long::longValue).sum();
    }
}
