package dev.weir.bench.wire;

import java.io.IOException;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** One TCP connection of iperf3 from the generator's namespace to the sink's. */
final class WireTcp {
    private static final Pattern RECEIVED =
            Pattern.compile("\"sum_received\":\\s*\\{[^}]*\"bits_per_second\":\\s*([0-9.eE+]+)");
    private static final int START_SECONDS = 10;

    private WireTcp() {}

    /** Bits of payload a second that arrived. */
    static double bitsPerSecond(WireTestbed bed, String sinkAddress, int seconds) throws IOException {
        Process server =
                bed.start(bed.sink, "iperf3", List.of("iperf3", "-s", "-1", "--forceflush", "-B", sinkAddress));
        try {
            bed.await(server, "iperf3", "listening", START_SECONDS);
            String said = bed.inside(
                    bed.generator,
                    "iperf3",
                    "-J",
                    "-c",
                    sinkAddress,
                    "--connect-timeout",
                    "3000",
                    "-t",
                    Integer.toString(seconds));
            return parse(said);
        } finally {
            bed.stop(server);
        }
    }

    static double parse(String json) throws IOException {
        Matcher matcher = RECEIVED.matcher(json);
        if (!matcher.find()) throw new IOException("iperf3 told no rate: " + json.strip());
        return Double.parseDouble(matcher.group(1));
    }
}
