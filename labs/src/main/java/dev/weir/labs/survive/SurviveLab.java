package dev.weir.labs.survive;

import dev.weir.labs.Findings;
import dev.weir.labs.Host;
import dev.weir.labs.Lab;
import dev.weir.labs.Running;
import dev.weir.labs.Testbed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Weir is killed under load, again and again: connections that are translated and balanced go on where they were. */
public final class SurviveLab implements Lab {
    private static final int ROUNDS = 4, CONNECTIONS = 20, PATIENCE_SECONDS = 25;
    private static final Pattern BACK = Pattern.compile("state: ([0-9]+) flows and [0-9]+ entries are back");
    private static final long SEED = 20261122;
    private static final String SHARED = "10.0.0.100", FAR = "10.0.0.9", SEEN_AS = "10.0.0.200";

    @Override
    public String name() {
        return "survive";
    }

    @Override
    public String summary() {
        return "killed under load, again and again; connections go on";
    }

    @Override
    public List<String> programs() {
        return List.of("python3:python3", "curl:curl", "iperf3:iperf3");
    }

    @Override
    public void run(Testbed bed, Findings findings) throws IOException, InterruptedException {
        Host client = bed.host("client"), weir = bed.host("weir"), far = bed.host("far");
        bed.cable(client, "eth0", weir, "client0");
        bed.cable(far, "eth0", weir, "far0");
        client.address("eth0", "10.0.0.1/24");
        far.address("eth0", FAR + "/24");
        bed.write("answer.py", bed.resource("answer.py"));
        bed.write("talk.py", bed.resource("talk.py"));
        String configuration = bed.resource("weir.yaml");
        for (int n = 1; n <= 3; n++) {
            Host server = bed.host("server" + n);
            bed.cable(server, "eth0", weir, "server" + n);
            server.address("eth0", "10.0.0.1" + n + "/24");
            server.start("python3", "-u", "answer.py", server.name()).awaitWords("ready");
            configuration = configuration.replace("MAC" + n, server.mac("eth0"));
        }
        bed.write("weir.yaml", configuration);
        far.start("python3", "-u", "answer.py", "far").awaitWords("ready");
        far.serveIperf3();
        // Nobody answers for these: a shared address and one that exists in translation only.
        client.ip("neigh", "add", SHARED, "lladdr", "02:00:00:00:00:64", "dev", "eth0");
        far.ip("neigh", "add", SEEN_AS, "lladdr", client.mac("eth0"), "dev", "eth0");

        Running run = bed.weir(weir, "weir.yaml");
        Running talk = client.startListening(
                "python3", "-u", "talk.py", Integer.toString(CONNECTIONS), SHARED, Integer.toString(CONNECTIONS), FAR);
        talk.awaitWords("talking");
        Running stream = client.start("iperf3", "-c", FAR, "-t", "36000", "-b", "20M", "--forceflush");
        stream.awaitWords("connected");
        Thread.sleep(1500);
        var random = new SplittableRandom(SEED);
        int rounds = bed.rounds(ROUNDS);
        findings.step(rounds + " times kill -9 under load, seed " + SEED);
        int survived = 0;
        String wrong = "";
        for (int round = 1; round <= rounds && wrong.isEmpty(); round++) {
            Thread.sleep(700 + random.nextInt(900));
            run.signal("KILL");
            run.await();
            run = bed.weir(weir, "weir.yaml");
            long back = back(run);
            String said = goOn(talk, Integer.toString(round));
            if (!said.startsWith("all go on")) {
                wrong = "round " + round + ": " + said;
            } else if (back < 2 * CONNECTIONS) {
                wrong = "round " + round + ": only " + back + " flows came back";
            } else {
                survived++;
            }
        }
        findings.equal(
                "restarts after which all " + 2 * CONNECTIONS + " connections went on where they were",
                rounds,
                survived);
        findings.check("nothing broke", wrong.isEmpty(), wrong);
        findings.check("the iperf3 stream lives", stream.isAlive(), lastLine(stream));

        findings.step("a clean stop, and a start");
        findings.succeeded("weir run drained", run.stop());
        findings.check(
                "it says what it kept",
                !line(run, " flows and 0 entries are in ").isEmpty(),
                line(run, "state: "));
        run = bed.weir(weir, "weir.yaml");
        String said = goOn(talk, "clean");
        findings.check("all connections go on", said.startsWith("all go on"), said);
        findings.succeeded("weir ctl snapshot", weir.run(ctl("snapshot")));
        findings.succeeded("weir ctl show state", weir.run(ctl("show", "state")));

        findings.step("the snapshot is damaged while Weir is dead");
        run.signal("KILL");
        run.await();
        Path state = bed.folder().resolve("state");
        byte[] octets = Files.readAllBytes(state);
        octets[octets.length / 2] ^= 0x10;
        Files.write(state, octets);
        run = bed.weir(weir, "weir.yaml");
        String refused = line(run, "state is not used: it is damaged");
        findings.check("it is refused, and Weir runs", !refused.isEmpty(), refused);
        try (Stream<Path> files = Files.list(bed.folder())) {
            long aside = files.filter(file -> file.getFileName().toString().startsWith("state.refused-"))
                    .count();
            findings.equal("it is kept aside", 1L, aside);
        }
        findings.succeeded("weir run drained", run.stop());
    }

    /** How many flows a start brought back. */
    private static long back(Running run) throws IOException {
        Matcher said = BACK.matcher(run.said());
        return said.find() ? Long.parseLong(said.group(1)) : 0;
    }

    private static String[] ctl(String... words) {
        return Testbed.command(Stream.concat(Stream.of("ctl", "--server", "unix:weir.sock"), Stream.of(words))
                        .toArray(String[]::new))
                .toArray(new String[0]);
    }

    /** Waits until every connection had an answer after it was asked; says what it saw. */
    private static String goOn(Running talk, String mark) throws IOException, InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        talk.tell(mark);
        String said = "";
        while (System.nanoTime() < end) {
            String marked = "[" + mark + "] ";
            said = talk.said()
                    .lines()
                    .filter(line -> line.startsWith(marked))
                    .reduce("nothing was said", (_, later) -> later)
                    .replace(marked, "");
            if (!said.startsWith("waiting") && !said.startsWith("nothing")) {
                return said;
            }
            Thread.sleep(100);
        }
        return said;
    }

    private static String lastLine(Running program) throws IOException {
        return line(program, "");
    }

    /** The last line that a program said with these words; empty where it said none. */
    private static String line(Running program, String words) throws IOException {
        return program.said().lines().filter(line -> line.contains(words)).reduce("", (_, later) -> later);
    }
}
