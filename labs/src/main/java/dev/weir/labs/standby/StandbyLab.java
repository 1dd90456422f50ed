package dev.weir.labs.standby;

import dev.weir.labs.Findings;
import dev.weir.labs.Host;
import dev.weir.labs.Lab;
import dev.weir.labs.Result;
import dev.weir.labs.Running;
import dev.weir.labs.Testbed;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Two machines: one is killed, told to yield, cut off, made slow; connections that are translated and balanced go on through the other. */
public final class StandbyLab implements Lab {
    private static final int CONNECTIONS = 20, PATIENCE_SECONDS = 30;
    private static final String SHARED = "10.0.0.100", FAR = "10.0.0.9", SEEN_AS = "10.0.0.200";
    private static final String IN_STEP = "in step, ", RUNS = "weir: running", SURVIVE = "/dev/weir/labs/survive/";
    private static final Pattern TAKEN = Pattern.compile("standby: ([0-9]+) flows are taken over, in ([0-9]+) ms");

    @Override
    public String name() {
        return "standby";
    }

    @Override
    public String summary() {
        return "two machines: one is killed, cut off, slow; connections go on through the other";
    }

    @Override
    public List<String> programs() {
        return List.of("python3:python3", "iperf3:iperf3", "openssl:openssl");
    }

    /** A machine of the pair: its host, its cable to the switches. */
    private static final class Machine {
        private final Testbed bed;
        private final String name;
        private final Host host;
        private final Host near, off;

        Machine(Testbed bed, String name, Host near, Host off) throws IOException, InterruptedException {
            this.bed = bed;
            this.name = name;
            this.near = near;
            this.off = off;
            host = bed.host("weir" + name);
            bed.cable(near, "to" + name, host, "client0");
            bed.cable(off, "to" + name, host, "far0");
            near.ip("link", "set", "to" + name, "master", "br0");
            off.ip("link", "set", "to" + name, "master", "br0");
            connect("down");
        }

        /** What VRRP or a router's ports would do. */
        void connect(String upOrDown) throws IOException, InterruptedException {
            near.ip("link", "set", "to" + name, upOrDown);
            off.ip("link", "set", "to" + name, upOrDown);
        }

        Running start() throws IOException {
            return host.start(
                    Testbed.command("run", bed.folder().resolve(name + ".yaml").toString())
                            .toArray(new String[0]));
        }

        Result ctl(String... words) throws IOException, InterruptedException {
            return host.run(Testbed.command(
                            Stream.concat(Stream.of("ctl", "--server", "unix:" + name + ".sock"), Stream.of(words))
                                    .toArray(String[]::new))
                    .toArray(new String[0]));
        }

        String show() throws IOException, InterruptedException {
            return ctl("show", "standby").out();
        }
    }

    @Override
    public void run(Testbed bed, Findings findings) throws IOException, InterruptedException {
        Host client = bed.host("client"), far = bed.host("far"), near = bed.host("near"), off = bed.host("off");
        near.ip("link", "add", "br0", "type", "bridge");
        off.ip("link", "add", "br0", "type", "bridge");
        near.ip("link", "set", "br0", "up");
        off.ip("link", "set", "br0", "up");
        plug(bed, client, near, "10.0.0.1/24");
        plug(bed, far, off, FAR + "/24");
        bed.write("answer.py", bed.resource(SURVIVE + "answer.py"));
        bed.write("talk.py", bed.resource(SURVIVE + "talk.py"));
        String configuration = bed.resource("weir.yaml");
        for (int n = 1; n <= 2; n++) {
            Host server = bed.host("server" + n);
            plug(bed, server, off, "10.0.0.1" + n + "/24");
            server.start("python3", "-u", "answer.py", server.name()).awaitWords("ready");
            configuration = configuration.replace("MAC" + n, server.mac("eth0"));
        }
        far.start("python3", "-u", "answer.py", "far").awaitWords("ready");
        far.serveIperf3();
        // Nobody answers for these: a shared address and one that exists in translation only.
        client.ip("neigh", "add", SHARED, "lladdr", "02:00:00:00:00:64", "dev", "eth0");
        far.ip("neigh", "add", SEEN_AS, "lladdr", client.mac("eth0"), "dev", "eth0");
        Machine a = new Machine(bed, "a", near, off), b = new Machine(bed, "b", near, off);
        bed.cable(a.host, "sync0", b.host, "sync0");
        a.host.address("sync0", "10.9.0.1/24");
        b.host.address("sync0", "10.9.0.2/24");
        secrets(bed);
        bed.write("a.yaml", of(configuration, "a", "10.9.0.1", "10.9.0.2", "true"));
        bed.write("b.yaml", of(configuration, "b", "10.9.0.2", "10.9.0.1", "false"));
        new Course(findings, client, a, b).run();
    }

    private static void plug(Testbed bed, Host host, Host into, String address)
            throws IOException, InterruptedException {
        bed.cable(host, "eth0", into, host.name());
        into.ip("link", "set", host.name(), "master", "br0");
        host.address("eth0", address);
    }

    private static String of(String configuration, String name, String own, String other, String begins) {
        return configuration
                .replace("NAME", name)
                .replace("OWN", own)
                .replace("OTHER", other)
                .replace("BEGINS", begins);
    }

    /** A certificate that both machines show, and the token that each has for the other. */
    private static void secrets(Testbed bed) throws IOException, InterruptedException {
        bed.build(
                Path.of("openssl"),
                ("req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out certificate.pem -days 2 -subj /CN=weir"
                                + " -addext subjectAltName=IP:10.9.0.1,IP:10.9.0.2")
                        .split(" "));
        bed.write("token", "of-this-lab-alone");
        // the SHA-256 of the token
        bed.write("tokens", "pair administer " + sha256("of-this-lab-alone") + "\n");
    }

    private static String sha256(String text) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /** What happens, step by step. */
    private record Course(Findings findings, Host client, Machine a, Machine b) {
        void run() throws IOException, InterruptedException {
            Running first = a.start().awaitWords(RUNS);
            a.connect("up");
            Running second = b.start().awaitWords(IN_STEP);
            Running talk = client.startListening(
                    "python3",
                    "-u",
                    "talk.py",
                    Integer.toString(CONNECTIONS),
                    SHARED,
                    Integer.toString(CONNECTIONS),
                    FAR);
            talk.awaitWords("talking");
            Running stream = client.start("iperf3", "-c", FAR, "-t", "36000", "-b", "20M", "--forceflush");
            stream.awaitWords("connected");
            Thread.sleep(1500);

            findings.step("started twice");
            Result twice = b.start().await();
            findings.check("the second one is refused", twice.status() != 0, twice.out());
            String shown = b.show();
            findings.check(
                    "b stands by, in step", has(shown, "role", "standby") && has(shown, "in step", "yes"), shown);
            findings.check("a is followed", has(a.show(), "followed", "yes"), a.show());

            findings.step("a is killed: b takes over");
            first.signal("KILL");
            first.await();
            long begin = System.nanoTime();
            second.awaitWords(RUNS);
            move(a, b);
            findings.check(
                    "b has the flows",
                    taken(second) >= 2 * CONNECTIONS,
                    line(second, "taken over") + ", forwards after " + (System.nanoTime() - begin) / 1_000_000 + " ms");
            goOn(talk, "killed");
            findings.check("the iperf3 stream lives", stream.isAlive(), line(stream, "sec"));

            findings.step("a comes back: it follows, and takes over by command");
            first = a.start().awaitWords(IN_STEP);
            Thread.sleep(300);
            findings.succeeded("weir ctl standby take-over", a.ctl("standby", "take-over"));
            first.awaitWords(RUNS);
            move(b, a);
            Result yielded = second.await();
            findings.check(
                    "b ended, and says what it dropped",
                    yielded.out().contains("flows are dropped"),
                    line(second, "dropped"));
            findings.check("a has the flows", taken(first) >= 2 * CONNECTIONS, line(first, "taken over"));
            goOn(talk, "commanded");

            findings.step("the machines are cut off from each other: both forward; then they hear of each other");
            second = b.start().awaitWords(IN_STEP);
            Thread.sleep(300);
            a.host.ip("link", "set", "sync0", "down");
            second.awaitWords(RUNS);
            findings.check("a goes on", has(a.show(), "role", "primary"), a.show());
            findings.check("b forwards too", has(b.show(), "role", "primary"), b.show());
            a.host.ip("link", "set", "sync0", "up");
            Result ended = first.await();
            findings.check(
                    "a yields, and says what it dropped",
                    ended.out().contains("flows are dropped"),
                    line(first, "dropped"));
            findings.check("b goes on", has(b.show(), "role", "primary") && second.isAlive(), b.show());
            move(a, b);
            goOn(talk, "cut");

            findings.step("a follows on a slow line, and stands still for a while");
            first = a.start().awaitWords(IN_STEP);
            findings.succeeded(
                    "a line of 2 Mbit/s",
                    b.host.run(
                            "tc", "qdisc", "add", "dev", "sync0", "root", "tbf", "rate", "2mbit", "burst", "16k",
                            "latency", "100ms"));
            Thread.sleep(2000);
            findings.check("a stands by on it", has(a.show(), "role", "standby"), a.show());
            goOn(talk, "slow");
            b.host.run("tc", "qdisc", "del", "dev", "sync0", "root");
            first.signal("STOP");
            Thread.sleep(4000);
            goOn(talk, "still");
            first.signal("CONT");
            Thread.sleep(3000);
            shown = a.show();
            findings.check(
                    "a still stands by, in step", has(shown, "role", "standby") && has(shown, "in step", "yes"), shown);
            findings.check("b never yielded", second.isAlive() && has(b.show(), "followed", "yes"), b.show());
            findings.check("the iperf3 stream lives", stream.isAlive(), line(stream, "sec"));

            findings.step("clean stops: first b, so that a takes over; then a");
            findings.succeeded("b drained", second.stop());
            first.awaitWords(RUNS);
            move(b, a);
            goOn(talk, "stopped");
            findings.succeeded("a drained", first.stop());
        }

        private static void move(Machine from, Machine to) throws IOException, InterruptedException {
            from.connect("down");
            to.connect("up");
        }

        /** Waits until every connection had an answer after it was asked. */
        private void goOn(Running talk, String mark) throws IOException, InterruptedException {
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
            talk.tell(mark);
            String said = "nothing was said";
            while (System.nanoTime() < end && (said.startsWith("waiting") || said.startsWith("nothing"))) {
                Thread.sleep(100);
                String marked = "[" + mark + "] ";
                said = talk.said()
                        .lines()
                        .filter(line -> line.startsWith(marked))
                        .reduce("nothing was said", (_, later) -> later)
                        .replace(marked, "");
            }
            findings.check(
                    "all " + 2 * CONNECTIONS + " connections go on where they were",
                    said.startsWith("all go on"),
                    said);
        }
    }

    private static boolean has(String shown, String name, String value) {
        return shown.lines().anyMatch(line -> line.startsWith(name + " ") && line.endsWith(" " + value));
    }

    private static long taken(Running run) throws IOException {
        Matcher said = TAKEN.matcher(run.said());
        return said.find() ? Long.parseLong(said.group(1)) : 0;
    }

    /** The last line that a program said with these words; empty where it said none. */
    private static String line(Running program, String words) throws IOException {
        return program.said().lines().filter(line -> line.contains(words)).reduce("", (_, later) -> later);
    }
}
