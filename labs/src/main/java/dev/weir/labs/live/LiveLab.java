package dev.weir.labs.live;

import dev.weir.labs.Findings;
import dev.weir.labs.Host;
import dev.weir.labs.Lab;
import dev.weir.labs.Result;
import dev.weir.labs.Running;
import dev.weir.labs.Testbed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code weir track IFACE} says of live traffic what it says of a capture of the same traffic, both families. */
public final class LiveLab implements Lab {
    private static final int POLL_MILLIS = 20, POLLS = 1500, SETTLE_MILLIS = 500, INTERRUPTED = 130;
    /** Columns. */
    private static final int START = 1, END = 2, AFTER_TIMES = 4;
    /** Two readings of a clock, one after the other, by a kernel that may be interrupted in between. */
    private static final long CLOCK_NANOS = 10_000_000;

    private static final Pattern LATE = Pattern.compile("stamped late +(\\d+)"),
            LOST = Pattern.compile("dropped by the capture +(\\d+)");

    @Override
    public String name() {
        return "live";
    }

    @Override
    public String summary() {
        return "weir track on an interface gives the records of a capture of it";
    }

    @Override
    public List<String> programs() {
        return List.of("ping:iputils-ping", "curl:curl", "iperf3:iperf3", "python3:python3", "tcpdump:tcpdump");
    }

    @Override
    public void run(Testbed bed, Findings findings) throws IOException, InterruptedException {
        Testbed.Line line = bed.line("left", "right");
        Host left = line.left(), near = bed.host("near");
        bed.cable(left, "eth1", near, "eth0");
        left.address("eth1", "10.0.1.1/24").address("eth1", "fd01::1/64");
        near.address("eth0", "10.0.1.2/24").address("eth0", "fd01::2/64");
        Running run = bed.weir(line.weir(), "weir.yaml");
        for (Host server : List.of(line.right(), near)) {
            server.serve(8080);
            server.serveIperf3();
        }

        findings.step("through Weir: packets that the kernel stamps once for all");
        Captured through = capture(bed, findings, left, "eth0", "10.0.0.2", "fd00::2");
        findings.equal("packets stamped late", 0L, through.late);
        findings.check(
                "the records are the capture's, to the nanosecond",
                through.live.equals(through.captured) && !through.live.isEmpty(),
                through);

        findings.step("a cable alone: packets that carry the time at which TCP wanted them sent");
        Captured direct = capture(bed, findings, left, "eth1", "10.0.1.2", "fd01::2");
        findings.check("packets stamped late", direct.late > 0, direct.late);
        findings.check(
                "records without TCP are the capture's, to the nanosecond",
                only(direct.live, false).equals(only(direct.captured, false))
                        && !only(direct.live, false).isEmpty(),
                only(direct.live, false).size());
        long apart = apart(only(direct.live, true), only(direct.captured, true));
        findings.check(
                "records of TCP are the capture's, but for as much as two readings of a clock take",
                apart <= CLOCK_NANOS,
                apart + " ns");
        findings.succeeded("weir run drained", run.stop());
    }

    /** A flow's record but for its number, which is that of its first packet. */
    private record Flow(String start, String end, List<String> rest) {
        static Flow of(String line) {
            List<String> values = List.of(line.split(",", -1));
            return new Flow(values.get(START), values.get(END), values.subList(AFTER_TIMES, values.size()));
        }

        boolean isTcp() {
            return rest.getFirst().equals("tcp");
        }
    }

    private static List<Flow> read(Path csv) throws IOException {
        return Files.readAllLines(csv).stream()
                .skip(1)
                .map(Flow::of)
                .sorted(Comparator.comparing(flow -> flow.rest().toString() + flow.start()))
                .toList();
    }

    private static List<Flow> only(List<Flow> flows, boolean tcp) {
        return flows.stream().filter(flow -> flow.isTcp() == tcp).toList();
    }

    /** By how many nanoseconds the times of records differ at the most that are the same otherwise; more than any where they are not. */
    private static long apart(List<Flow> some, List<Flow> others) {
        if (some.isEmpty() || some.size() != others.size()) return Long.MAX_VALUE;
        long most = 0;
        for (int i = 0; i < some.size(); i++) {
            Flow one = some.get(i), other = others.get(i);
            if (!one.rest.equals(other.rest)) return Long.MAX_VALUE;
            most = Math.max(most, Math.max(apart(one.start, other.start), apart(one.end, other.end)));
        }
        return most;
    }

    private static long apart(String time, String other) {
        return Duration.between(Instant.parse(time), Instant.parse(other)).abs().toNanos();
    }

    /** The records of an interface and of a capture of it, in one order, and what {@code --stats} said of its stamps. */
    private record Captured(List<Flow> live, List<Flow> captured, long late) {
        @Override
        public String toString() {
            var text = new StringBuilder(live.size() + " records, " + captured.size() + " of the capture");
            live.stream()
                    .filter(flow -> !captured.contains(flow))
                    .forEach(flow -> text.append("\nlive     ").append(flow));
            captured.stream()
                    .filter(flow -> !live.contains(flow))
                    .forEach(flow -> text.append("\ncaptured ").append(flow));
            return text.toString();
        }
    }

    private static Captured capture(Testbed bed, Findings findings, Host host, String device, String... peers)
            throws IOException, InterruptedException {
        Path records = bed.folder().resolve(device + ".csv"),
                again = bed.folder().resolve(device + "-again.csv");
        String capture = device + ".pcap", filter = "host " + String.join(" or host ", peers);
        Running tcpdump = host.start(
                "tcpdump",
                "-i",
                device,
                "--immediate-mode",
                "-U",
                "-B",
                "32768",
                "--time-stamp-precision=nano",
                "-Z",
                "root",
                "-w",
                capture,
                filter);
        Running track = host.start(weir("track", device, "-f", filter, "-w", records.toString(), "--stats"));
        tcpdump.awaitWords("listening on");
        await(records);
        for (String peer : peers) {
            traffic(findings, host, peer);
        }
        Thread.sleep(SETTLE_MILLIS);
        track.signal("INT");
        Result live = track.await();
        tcpdump.signal("INT");
        findings.succeeded("tcpdump", tcpdump.await());
        findings.equal("weir track ended because it was told to", INTERRUPTED, live.status());
        findings.equal("packets that weir track lost", 0L, number(LOST, live.out()));
        findings.succeeded("weir track on the capture", host.run(weir("track", capture, "-w", again.toString())));
        return new Captured(read(records), read(again), number(LATE, live.out()));
    }

    private static String[] weir(String... words) {
        return Testbed.command(words).toArray(new String[0]);
    }

    /** Waits for a file that is made when the interface is open. */
    private static void await(Path file) throws IOException, InterruptedException {
        for (int poll = 0; poll < POLLS && !Files.exists(file); poll++) {
            Thread.sleep(POLL_MILLIS);
        }
        if (!Files.exists(file)) throw new IOException("weir track never began");
    }

    private static void traffic(Findings findings, Host from, String peer) throws IOException, InterruptedException {
        String name = peer.indexOf(':') >= 0 ? "[" + peer + "]" : peer;
        findings.succeeded("ping " + peer, from.run("ping", "-c", "10", "-i", "0.02", "-W", "2", peer));
        findings.succeeded("curl " + peer, from.curl("http://" + name + ":8080/", "-o", "page"));
        findings.succeeded("TCP to " + peer, from.run("iperf3", "-c", peer, "-t", "1", "-b", "50M"));
        findings.succeeded("TCP from " + peer, from.run("iperf3", "-c", peer, "-t", "1", "-b", "50M", "-R"));
        findings.succeeded("UDP to " + peer, from.run("iperf3", "-c", peer, "-t", "1", "-b", "10M", "-u"));
    }

    private static long number(Pattern what, String said) throws IOException {
        Matcher matcher = what.matcher(said);
        if (!matcher.find()) throw new IOException("weir track --stats did not say it: " + said);
        return Long.parseLong(matcher.group(1));
    }
}
