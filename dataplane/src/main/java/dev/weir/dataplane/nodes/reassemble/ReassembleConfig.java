package dev.weir.dataplane.nodes.reassemble;

import java.time.Duration;

/**
 * How fragments wait for their first one, which alone has the ports that name their flow. Immutable.
 *
 * @param fragments how many a worker holds at the most
 * @param bytes how many octets of them
 * @param time how long one waits; then it is dropped, as no host can use it without the first
 */
public record ReassembleConfig(int fragments, int bytes, Duration time) {
    /** What there can be. */
    public static final int FRAGMENTS_LIMIT = 1 << 16, LEAST_BYTES = 1 << 16, BYTES_LIMIT = 1 << 28;

    private static final Duration TIME_LIMIT = Duration.ofMinutes(1);

    /** A thousand fragments, two mebibytes, a second. */
    public static final ReassembleConfig DEFAULT = new ReassembleConfig(1024, 1 << 21, Duration.ofSeconds(1));

    public ReassembleConfig {
        if (fragments < 1 || fragments > FRAGMENTS_LIMIT) {
            throw new IllegalArgumentException(
                    "fragments: " + fragments + " is out of range; give 1 to " + FRAGMENTS_LIMIT);
        }
        if (bytes < LEAST_BYTES || bytes > BYTES_LIMIT) {
            throw new IllegalArgumentException(
                    "bytes: " + bytes + " is out of range; give " + LEAST_BYTES + " to " + BYTES_LIMIT);
        }
        if (time.isNegative() || time.isZero() || time.compareTo(TIME_LIMIT) > 0) {
            throw new IllegalArgumentException("time: " + time.toMillis()
                    + " ms is out of range; give up to a minute, the reassembly time of RFC 8200 section 4.5");
        }
    }
}
