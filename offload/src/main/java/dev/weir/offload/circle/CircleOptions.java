package dev.weir.offload.circle;

import java.time.Duration;
import java.util.List;

/**
 * How the circle works; immutable.
 *
 * @param ports names of the graph's ports, in the order in which the driver knows them
 * @param room how many directions of each address family the driver has room for
 * @param interval how often counters are read
 */
public record CircleOptions(List<String> ports, int room, Duration interval) {
    public CircleOptions {
        ports = List.copyOf(ports);
    }
}
