package dev.weir.cli.ctl;

import com.google.protobuf.Duration;
import dev.weir.api.v1.TracePacketsRequest;
import dev.weir.cli.CommandException;
import dev.weir.cli.Streams;
import java.io.IOException;
import java.util.List;

/** {@code trace}: the next packets that come to a node, and their way. */
final class TraceVerb extends Verb {
    private static final String WAIT = "--wait";
    private static final int MAX_PACKETS = 1000, DEFAULT_PACKETS = 10, MAX_SECONDS = 60, DEFAULT_SECONDS = 5;

    TraceVerb(Streams streams) {
        super(streams, "trace", "Follows the next packets that come to a node until they leave.");
        words(
                "NODE [N]",
                "1..2",
                "A node of show nodes, flow-table for all packets; how many packets, 10 if not said.");
        own().addOption(Options.text(
                "T", "Wait so long for them, a minute at most. Default: " + DEFAULT_SECONDS + "s.", WAIT));
        examples("  weir ctl trace flow-table 1", "  weir ctl trace firewall 20 --wait 30s");
    }

    @Override
    protected int run(Session session) throws CommandException, IOException {
        List<String> words = words();
        int packets = words.size() < 2 ? DEFAULT_PACKETS : (int) Words.number("N", words.get(1), 1, MAX_PACKETS);
        String said = said(WAIT);
        double wait = said == null ? DEFAULT_SECONDS : Options.seconds(WAIT, said);
        if (wait > MAX_SECONDS) {
            throw CommandException.usage(WAIT + ": " + said + ": is too long; give a minute at most");
        }
        long nanos = (long) (wait * 1e9);
        List<String> traces = session.client()
                .dataplane(wait)
                .tracePackets(TracePacketsRequest.newBuilder()
                        .setNode(words.getFirst())
                        .setPackets(packets)
                        .setLimit(Duration.newBuilder()
                                .setSeconds(nanos / 1_000_000_000)
                                .setNanos((int) (nanos % 1_000_000_000)))
                        .build())
                .getPacketsList();
        int number = 0;
        for (String trace : traces) {
            number++;
            String text = trace.stripTrailing();
            session.printLine(
                    session.json()
                            ? new Json()
                                    .number("packet", number)
                                    .texts("lines", text.lines().toList())
                            : (number > 1 ? "\n" : "") + text);
        }
        if (traces.size() < packets) {
            session.streams()
                    .err()
                    .println("weir: only " + traces.size() + " of " + packets
                            + " packets came in that time; --wait waits longer");
        }
        return CommandException.DONE;
    }
}
