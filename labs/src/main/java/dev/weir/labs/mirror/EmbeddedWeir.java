package dev.weir.labs.mirror;

import dev.weir.server.Daemon;
import dev.weir.server.DaemonLog;
import dev.weir.server.config.ConfigurationFile;
import dev.weir.table.FlowKey;
import dev.weir.table.FlowUpdate;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The data plane as a library: runs a configuration and marks flows offloaded as standard input says, a line each:
 * {@code SOURCE PORT DESTINATION PORT PROTOCOL CTX-ID}. Ends with its input.
 */
final class EmbeddedWeir {
    private EmbeddedWeir() {}

    public static void main(String[] args) throws IOException {
        var log = new DaemonLog(System.err);
        switch (ConfigurationFile.read(Files.readAllBytes(Path.of(args[0])))) {
            case ConfigurationFile.Invalid(var faults) -> throw new IOException(faults.toString());
            case ConfigurationFile.Valid(var configuration) -> {
                try (Daemon daemon = Daemon.start(configuration, log)) {
                    System.out.println("running");
                    var lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
                    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                        System.out.println(offload(daemon, line) ? "offloaded" : "no such flow");
                    }
                    System.out.println(daemon.counters());
                }
            }
        }
    }

    private static boolean offload(Daemon daemon, String line) throws IOException {
        List<String> words = List.of(line.split(" ", -1));
        var key = new FlowKey(
                InetAddress.getByName(words.get(0)),
                Integer.parseInt(words.get(1)),
                InetAddress.getByName(words.get(2)),
                Integer.parseInt(words.get(3)),
                Integer.parseInt(words.get(4)),
                0);
        return daemon.update(key, FlowUpdate.NOTHING.withOffloaded(true).withCtxId(Integer.parseInt(words.get(5))));
    }
}
