package dev.weir.labs.export;

import dev.weir.labs.Host;
import dev.weir.labs.Result;
import dev.weir.labs.Running;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** nfdump's collector: listens on a port, writes files of its own, which nfdump sums up. */
final class Nfcapd {
    private final Host host;
    private final Path folder;
    private final Running running;

    Nfcapd(Host host, Path folder, int port) throws IOException, InterruptedException {
        this.host = host;
        this.folder = Files.createDirectories(folder);
        this.running = host.start(
                "nfcapd",
                "-w",
                folder.toString(),
                "-b",
                "127.0.0.1",
                "-p",
                Integer.toString(port),
                "-B",
                "8000000",
                "-t",
                "3600");
        running.awaitWords("Startup");
    }

    /** Ends it and reads what it has. */
    Totals end() throws IOException, InterruptedException {
        running.stop();
        return of(host, folder);
    }

    /** The same where each record has the exporter's count so far: the largest. */
    Totals endRunningTotal() throws IOException, InterruptedException {
        running.stop();
        return Totals.mostOfCsv(csv(host, folder).lines(), "ipkt", "ibyt");
    }

    /** What nfdump says of a folder of its files. */
    static Totals of(Host host, Path folder) throws IOException, InterruptedException {
        return Totals.ofCsv(csv(host, folder).lines(), List.of("ipkt", "opkt"), List.of("ibyt", "obyt"));
    }

    private static String csv(Host host, Path folder) throws IOException, InterruptedException {
        Result said = host.run("nfdump", "-R", folder.toString(), "-N", "-o", "csv");
        if (said.status() != 0) {
            throw new IOException(said.toString());
        }
        return said.out();
    }
}
