package dev.weir.labs.offload;

import dev.weir.labs.Findings;
import dev.weir.labs.Flows;
import dev.weir.labs.Host;
import dev.weir.labs.Lab;
import dev.weir.labs.Result;
import dev.weir.labs.Running;
import dev.weir.labs.Testbed;
import java.io.IOException;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Large flows leave the JVM: the kernel carries them, and their counters, ends and records stay true. */
public final class OffloadLab implements Lab {
    private static final String RIGHT = "10.0.0.2", OUTSIDE = "10.0.0.100";
    private static final int SECONDS = 8, SETTLE_MILLIS = 2500, LOOK_MILLIS = 1000;
    /** Packets a second that may still come up: beginnings, ends, and what programs say beside. */
    private static final long FEW = 50;

    private static final Pattern RECEIVED = Pattern.compile("([0-9.]+) ([KMG])bits/sec.*receiver"),
            DATAGRAMS = Pattern.compile("([0-9]+)/([0-9]+) \\([^)]*\\)\\s+receiver");

    @Override
    public String name() {
        return "offload";
    }

    @Override
    public String summary() {
        return "large flows are carried in the kernel; their counters and records stay exact";
    }

    @Override
    public List<String> programs() {
        return List.of("iperf3:iperf3", "ethtool:ethtool", "curl:curl", "awk:mawk");
    }

    @Override
    public void run(Testbed bed, Findings findings) throws IOException, InterruptedException {
        Testbed.Line line = bed.line("left", "right");
        prepare(line.left(), RIGHT, line.right());
        prepare(line.right(), "10.0.0.1", line.left());
        line.right().ip("neigh", "replace", OUTSIDE, "lladdr", line.left().mac("eth0"), "dev", "eth0");
        line.right().serveIperf3();

        findings.step("every packet through the JVM");
        Running software = bed.weir(line.weir(), "software.yaml");
        double before = throughput(iperf(line.left(), "-t", "3"), findings);
        findings.succeeded("weir run drained", software.stop());

        findings.step("the elephant: more than 1000 packets");
        long sent = Watch.sent(line.left()), back = Watch.sent(line.right());
        Running run = bed.weir(line.weir(), "weir.yaml");
        elephant(line, new Watch(line.weir()), before, findings);

        findings.step("datagrams at a steady rate");
        datagrams(line, findings);

        findings.step("blocked while it goes on: dropped in the kernel");
        blocked(line, new Watch(line.weir()), findings);

        findings.step("the end");
        findings.succeeded("weir run drained", run.stop());
        Flows flows = Flows.read(bed.folder().resolve("flows.csv"));
        exact(flows, Watch.sent(line.left()) - sent, Watch.sent(line.right()) - back, findings);
        findings.equal("checksums that were wrong on the right", 0L, Watch.badChecksums(line.right()));

        translated(bed, line, findings);
        marked(bed, line, findings);
        killed(bed, line, findings);
    }

    /** What a host sends has its checksum, and is no longer than a frame; nobody but the lab's programs says anything. */
    private static void prepare(Host host, String other, Host peer) throws IOException, InterruptedException {
        host.offload("eth0", "off", "tx");
        host.offload("eth0", "on", "gro");
        host.run("sh", "-c", "echo 1 > /proc/sys/net/ipv6/conf/eth0/disable_ipv6");
        host.ip("neigh", "replace", other, "lladdr", peer.mac("eth0"), "dev", "eth0");
    }

    private static Result iperf(Host from, String... options) throws IOException, InterruptedException {
        return from.run(command(options));
    }

    private static String[] command(String... options) {
        String[] command = new String[options.length + 3];
        command[0] = "iperf3";
        command[1] = "-c";
        command[2] = RIGHT;
        System.arraycopy(options, 0, command, 3, options.length);
        return command;
    }

    /** In Gbit/s, as the receiver saw it. */
    private static double throughput(Result iperf, Findings findings) {
        Matcher found = RECEIVED.matcher(iperf.out());
        boolean isThere = iperf.status() == 0 && found.find();
        findings.check("iperf3", isThere, isThere ? found.group() : iperf);
        if (!isThere) {
            return 0;
        }
        double scale = switch (found.group(2)) {
            case "K" -> 1e-6;
            case "M" -> 1e-3;
            default -> 1;
        };
        return Double.parseDouble(found.group(1)) * scale;
    }

    private static void elephant(Testbed.Line line, Watch watch, double before, Findings findings)
            throws IOException, InterruptedException {
        Running iperf = line.left().start(command("-t", Integer.toString(SECONDS)));
        watch.awaitCarried();
        Thread.sleep(LOOK_MILLIS);
        long jvm = watch.ofJvm(), kernel = watch.ofKernel();
        Thread.sleep(LOOK_MILLIS);
        long jvmNow = watch.ofJvm(), kernelNow = watch.ofKernel();
        findings.check("the flow is carried", watch.carried() >= 1, watch.carried());
        findings.check("packets of a second that came to the JVM", jvmNow - jvm < FEW, jvmNow - jvm);
        findings.check("packets of a second that the kernel carried", kernelNow - kernel > 1000, kernelNow - kernel);
        findings.equal("directions that were put, each once", 2L, watch.added());
        findings.equal("directions that were taken out", 0L, watch.removed());
        Result shown = line.weir().run(ctl("show", "offload"));
        findings.check("weir ctl show offload", shown.out().contains("flows"), "\n" + shown.out());
        double after = throughput(iperf.await(), findings);
        findings.check(
                "throughput rises",
                after > before,
                String.format("%.2f to %.2f Gbit/s, %.1f times", before, after, after / before));
    }

    private static String[] ctl(String... words) {
        String[] all = new String[words.length + 3];
        all[0] = "ctl";
        all[1] = "--server";
        all[2] = "unix:weir.sock";
        System.arraycopy(words, 0, all, 3, words.length);
        return Testbed.command(all).toArray(new String[0]);
    }

    private static void datagrams(Testbed.Line line, Findings findings) throws IOException, InterruptedException {
        long unread = Watch.unread(line.right());
        Result iperf = iperf(line.left(), "-u", "-b", "50M", "-l", "1000", "-t", "3");
        Matcher found = DATAGRAMS.matcher(iperf.out());
        boolean isThere = found.find();
        findings.check("iperf3 -u", isThere, isThere ? found.group() : iperf);
        findings.equal(
                "datagrams lost, all of them by the receiver, which read too late",
                Long.toString(Watch.unread(line.right()) - unread),
                isThere ? found.group(1) : "all");
    }

    private static void blocked(Testbed.Line line, Watch watch, Findings findings)
            throws IOException, InterruptedException {
        Running iperf = line.left().start(command("-u", "-b", "20M", "-l", "1000", "-t", "12", "--cport", "40000"));
        Thread.sleep(SETTLE_MILLIS);
        Result update = line.weir()
                .run(ctl(
                        "update",
                        "udp",
                        "10.0.0.1:40000",
                        RIGHT + ":5201",
                        "forward-chain",
                        "blocked",
                        "reverse-chain",
                        "blocked"));
        findings.succeeded("weir ctl update", update);
        Thread.sleep(LOOK_MILLIS);
        long jvm = watch.ofJvm(), kernel = watch.ofKernel(), arrived = Watch.received(line.right());
        Thread.sleep(LOOK_MILLIS);
        long jvmNow = watch.ofJvm(), kernelNow = watch.ofKernel();
        long arrivedNow = Watch.received(line.right());
        findings.check("packets of a second that arrived", arrivedNow - arrived < FEW, arrivedNow - arrived);
        findings.check("that came to the JVM", jvmNow - jvm < FEW, jvmNow - jvm);
        findings.check("that the kernel dropped", kernelNow - kernel > 1000, kernelNow - kernel);
        iperf.signal("INT");
        iperf.await();
    }

    /** All that the hosts sent is on record, to the packet. */
    private static void exact(Flows flows, long sent, long back, Findings findings) {
        Flows fromLeft = flows.where("src_addr", "10.0.0.1"), fromRight = flows.where("src_addr", RIGHT);
        findings.equal(
                "packets of the left host on record", sent, fromLeft.sum("fwd_packets") + fromRight.sum("rev_packets"));
        findings.equal("of the right host", back, fromLeft.sum("rev_packets") + fromRight.sum("fwd_packets"));
        findings.check(
                "the elephant's record",
                flows.where("offloaded", "true").size() >= 1,
                flows.where("offloaded", "true"));
        findings.check(
                "its end was seen",
                flows.where("protocol", "tcp").values("tcp_state").stream()
                        .allMatch(state -> !state.equals("ESTABLISHED")),
                flows.where("protocol", "tcp").values("tcp_state"));
    }

    private static void translated(Testbed bed, Testbed.Line line, Findings findings)
            throws IOException, InterruptedException {
        findings.step("the same with translated addresses and ports");
        carriedToTheEnd(bed, line, "nat.yaml", "translated.csv", findings);
        for (Host host : List.of(line.left(), line.right())) {
            findings.equal("checksums that were wrong on the " + host.name(), 0L, Watch.badChecksums(host));
        }
    }

    /** Who marks the elephant is a program in P4, and there is no policy. */
    private static void marked(Testbed bed, Testbed.Line line, Findings findings)
            throws IOException, InterruptedException {
        findings.step("a program in P4 says which flow is carried");
        String program = Testbed.ofProject("examples/p4/offload/offload.p4").toString();
        bed.write("program.yaml", bed.resource("program.yaml").replace("PROGRAM", program));
        carriedToTheEnd(bed, line, "program.yaml", "marked.csv", findings);
    }

    /** An elephant goes through another Weir, to which nothing comes of it after a while, and whose record has all. */
    private static void carriedToTheEnd(
            Testbed bed, Testbed.Line line, String configuration, String records, Findings findings)
            throws IOException, InterruptedException {
        long sent = Watch.sent(line.left()), back = Watch.sent(line.right());
        Running run = bed.weir(line.weir(), configuration);
        Watch watch = new Watch(line.weir());
        Running iperf = line.left().start(command("-t", Integer.toString(SECONDS)));
        watch.awaitCarried();
        Thread.sleep(LOOK_MILLIS);
        long jvm = watch.ofJvm();
        Thread.sleep(LOOK_MILLIS);
        long jvmNow = watch.ofJvm();
        findings.check("packets of a second that came to the JVM", jvmNow - jvm < FEW, jvmNow - jvm);
        findings.check("packets that the kernel carried", watch.ofKernel() > 1000, watch.ofKernel());
        findings.equal("directions that were put, each once", 2L, watch.added());
        throughput(iperf.await(), findings);
        findings.succeeded("weir run drained", run.stop());
        Flows flows = Flows.read(bed.folder().resolve(records));
        exact(flows, Watch.sent(line.left()) - sent, Watch.sent(line.right()) - back, findings);
    }

    private static void killed(Testbed bed, Testbed.Line line, Findings findings)
            throws IOException, InterruptedException {
        findings.step("killed while it carries");
        Running run = bed.weir(line.weir(), "weir.yaml");
        Running iperf = line.left().start(command("-t", "20"));
        Thread.sleep(SETTLE_MILLIS);
        findings.check("a program is on the interface", hasProgram(line.weir()), "");
        run.signal("KILL");
        run.await();
        Thread.sleep(LOOK_MILLIS);
        findings.check("none is left", !hasProgram(line.weir()), "");
        long arrived = Watch.received(line.right());
        Thread.sleep(LOOK_MILLIS);
        findings.equal("packets that still arrive", arrived, Watch.received(line.right()));
        iperf.signal("KILL");
        iperf.await();
    }

    private static boolean hasProgram(Host weir) throws IOException, InterruptedException {
        return weir.run("ip", "link", "show", "left0").out().contains("xdp");
    }
}
