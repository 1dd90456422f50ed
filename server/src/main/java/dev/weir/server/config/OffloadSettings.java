package dev.weir.server.config;

import dev.weir.dataplane.graph.OffloadPolicy;
import dev.weir.wire.linux.XdpOptions;
import java.time.Duration;
import java.util.List;

/**
 * What carries decided flows below the data plane; immutable.
 *
 * @param mode where in the kernel its program runs
 * @param ports names of the ports whose flows it carries
 * @param flows how many of each address family there is room for
 * @param policy which flows are carried without anybody asking for it
 * @param interval how often counters are read
 */
public record OffloadSettings(
        XdpOptions.Mode mode, List<String> ports, int flows, OffloadPolicy policy, Duration interval) {
    public OffloadSettings {
        ports = List.copyOf(ports);
    }
}
