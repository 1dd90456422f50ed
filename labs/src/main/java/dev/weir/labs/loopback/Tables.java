package dev.weir.labs.loopback;

import dev.weir.labs.Host;
import dev.weir.labs.Result;
import dev.weir.labs.Running;
import dev.weir.labs.Testbed;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code weir flow-table} commands on a host. */
final class Tables {
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(30);

    private final Host host;

    Tables(Host host) {
        this.host = host;
    }

    private static String[] command(String... words) {
        List<String> all = new ArrayList<>(List.of("flow-table"));
        all.addAll(List.of(words));
        return Testbed.command(all.toArray(new String[0])).toArray(new String[0]);
    }

    /** Asks the lab's daemon. */
    Result run(String verb, String... words) throws IOException, InterruptedException {
        List<String> all = new ArrayList<>(List.of(verb, "--server", "unix:weir.sock"));
        all.addAll(List.of(words));
        return host.run(command(all.toArray(new String[0])));
    }

    /** Starts a backend that forwards packets. */
    Running startBackend() throws IOException, InterruptedException {
        return host.start(command("backend", "--socket", "unft0.sock", "--ports", "left0,right0"))
                .awaitWords("backend: running");
    }

    void awaitReady() throws IOException, InterruptedException {
        await("\"ready\":true");
    }

    void awaitGone() throws IOException, InterruptedException {
        await("\"ready\":false");
    }

    private void await(String words) throws IOException, InterruptedException {
        long end = System.nanoTime() + PATIENCE_NANOS;
        Result drivers = run("drivers", "--json");
        while (!drivers.out().contains(words)) {
            if (System.nanoTime() > end) throw new IOException("drivers: never said " + words + ": " + drivers);
            drivers = run("drivers", "--json");
        }
    }

    /** How many flows a document lists. */
    static int flows(String document) {
        return document.split("\"flow\"", -1).length - 1;
    }

    /** A number of the first flow of a document. */
    static int counted(String document, String key) {
        Matcher found = Pattern.compile("\"" + key + "\": (\\d+)").matcher(document);
        return found.find() ? Integer.parseInt(found.group(1)) : -1;
    }
}
