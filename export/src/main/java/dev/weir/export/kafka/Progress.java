package dev.weir.export.kafka;

import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.jspecify.annotations.Nullable;

/**
 * How far a producer has come, as it commits it with each transaction: the offset of a group is the last sequence number that is in the topic, and
 * the text beside it says whose.
 *
 * @param owner the producer that wrote it, drawn when that was made
 * @param run of the sensor
 * @param sequence the last that was committed; 0 for none
 * @param atMillis when, since 1970
 * @param live whether nothing of the run can be had again
 * @param closed whether the run has said that it is over
 */
record Progress(String owner, String run, long sequence, long atMillis, boolean live, boolean closed) {
    private static final String VERSION = "weir-1";

    OffsetAndMetadata offset() {
        return new OffsetAndMetadata(
                sequence,
                VERSION + " owner=" + owner + " run=" + run + " at=" + atMillis + " live=" + live + " closed="
                        + closed);
    }

    /** Null where it is none of ours. */
    static @Nullable Progress of(@Nullable OffsetAndMetadata offset) {
        if (offset == null || !offset.metadata().startsWith(VERSION + " ")) {
            return null;
        }
        Map<String, String> words = new HashMap<>();
        for (String word : offset.metadata().substring(VERSION.length() + 1).split(" ", -1)) {
            int equals = word.indexOf('=');
            words.put(word.substring(0, Math.max(0, equals)), word.substring(equals + 1));
        }
        String owner = words.get("owner"), run = words.get("run"), at = words.get("at");
        if (owner == null || run == null || at == null || !at.matches("[0-9]{1,18}")) {
            return null;
        }
        return new Progress(
                owner,
                run,
                offset.offset(),
                Long.parseLong(at),
                Boolean.parseBoolean(words.get("live")),
                Boolean.parseBoolean(words.get("closed")));
    }
}
