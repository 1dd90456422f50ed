package dev.weir.cli;

import dev.weir.dataplane.TrackSummary;
import dev.weir.export.kafka.DigestSink;
import dev.weir.packet.PacketVector;
import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;

/** Reads a source to its end for the sake of the topics that its packets go to; keeps no flows. One thread runs it. */
final class DigestDrain {
    private static final int PACKETS = 2048;
    private static final String UNHANDLED = "UNHANDLED", MALFORMED = "malformed:";

    private final DigestTap tap;
    private volatile boolean stopped;
    private volatile long packets;

    DigestDrain(DigestTap tap) {
        this.tap = tap;
    }

    /** Ends it after what was read. Any thread. */
    void stop() {
        stopped = true;
    }

    /** How many packets were read so far. Any thread. */
    long packets() {
        return packets;
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // one writer
    TrackSummary run(DigestSink counted) throws IOException {
        var vector = new PacketVector(PACKETS);
        int read = 0;
        while (!stopped && (read = tap.read(vector)) != 0) {
            packets += Math.max(0, read);
        }
        Map<String, Long> all = counted.counters();
        Map<String, Long> malformed = new TreeMap<>();
        all.forEach((name, count) -> {
            if (name.startsWith(MALFORMED)) {
                malformed.put(name.substring(MALFORMED.length()), count);
            }
        });
        return new TrackSummary(
                all.getOrDefault("packets", 0L),
                all.getOrDefault("octets", 0L),
                0,
                all.getOrDefault("late", 0L),
                Map.of(UNHANDLED, all.getOrDefault(UNHANDLED, 0L)),
                malformed);
    }
}
