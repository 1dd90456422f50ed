package dev.weir.export.message;

import dev.weir.table.FlowRecord;
import java.util.List;

/**
 * A message that was read: what happened to a flow, and who saw it. Sensor, run and sequence number together name it.
 *
 * @param sensor who saw the flow
 * @param run which run of the sensor
 * @param sequence what the run had to send is counted from 1; numbers that are missing were lost
 * @param flow the event with the flow as it was then, in memory of its own; it has no annex
 * @param features what was measured beyond the counters; often nothing
 */
public record FlowMessage(String sensor, String run, long sequence, FlowRecord flow, List<FlowFeature> features) {
    /** No name of a sensor or run is longer. */
    public static final int MAX_NAME = 100;

    public FlowMessage {
        features = List.copyOf(features);
    }

    /** Whether sensors and runs can be called so: letters, digits, dots, dashes and underscores of ASCII. */
    public static boolean isName(String text) {
        return !text.isEmpty()
                && text.length() <= MAX_NAME
                && text.chars()
                        .allMatch(c -> (c >= 'a' && c <= 'z')
                                || (c >= 'A' && c <= 'Z')
                                || (c >= '0' && c <= '9')
                                || c == '.'
                                || c == '-'
                                || c == '_');
    }

    /** What names the message among all others. */
    public String id() {
        return sensor + "/" + run + "/" + sequence;
    }
}
