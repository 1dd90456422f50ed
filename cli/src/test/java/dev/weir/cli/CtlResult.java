package dev.weir.cli;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** What {@code weir ctl} printed, and how it ended. */
record CtlResult(int status, String out, String err) {
    /** Flows of {@code samples/web.pcap}: that of most octets, and a small one. */
    static final String LARGEST = "tcp 192.0.2.10:59034 > 203.0.113.80:443",
            SMALL = "tcp 192.0.2.10:58204 > 203.0.113.80:80";

    /** Runs it, asking the daemon that listens at {@code place}. */
    static CtlResult of(Interruption interruption, String place, String... args) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(), err = new ByteArrayOutputStream();
        List<String> words = new ArrayList<>(List.of("ctl", "--server", place));
        words.addAll(Arrays.asList(args));
        Streams streams =
                new Streams(out, new PrintStream(err, true, StandardCharsets.UTF_8), Terminal.NONE, interruption);
        int status = Main.run(words, streams);
        return new CtlResult(status, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    List<String> lines() {
        return out.lines().toList();
    }
}
