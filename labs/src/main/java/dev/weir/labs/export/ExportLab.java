package dev.weir.labs.export;

import dev.weir.labs.Findings;
import dev.weir.labs.Host;
import dev.weir.labs.Lab;
import dev.weir.labs.Result;
import dev.weir.labs.Running;
import dev.weir.labs.Testbed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Stock collectors read what Weir exports, live and from a capture, and Weir reads what stock exporters send; SQL sees what was sent: to the octet. */
public final class ExportLab implements Lab {
    private static final int SETTLE_MILLIS = 500, INTERRUPTED = 130;
    /** A ping's octets, as Open vSwitch's NetFlow counts: with the link header. */
    private static final int FRAME = 428 + 14;

    private static final Pattern PROTOCOL = Pattern.compile("(?m)^ +[\\w-]+ \\(\\d+\\): +(\\d+) +(\\d+) ");

    @Override
    public String name() {
        return "export";
    }

    @Override
    public String summary() {
        return "IPFIX and NetFlow to nfcapd, nfacctd and tshark, and from softflowd, nfreplay and Open vSwitch; SQL over a daemon";
    }

    @Override
    public List<String> programs() {
        return List.of(
                "ping:iputils-ping",
                "curl:curl",
                "iperf3:iperf3",
                "python3:python3",
                "tcpdump:tcpdump",
                "tshark:tshark",
                "nfcapd:nfdump",
                "softflowd:softflowd",
                "nfacctd:pmacct",
                "ipfixDump:libfixbuf-tools",
                "ethtool:ethtool",
                "ovs-vswitchd:openvswitch-switch");
    }

    @Override
    public void run(Testbed bed, Findings findings) throws IOException, InterruptedException {
        Testbed.Line line = bed.line("left", "right");
        line.right().serve(8080);
        line.right().serveIperf3();
        live(bed, findings, line);
        LiveQueries.run(bed, findings, line);
        Path capture = bed.folder().resolve("left.pcap");
        offline(bed, findings, line.weir(), capture);
        exporters(bed, findings, line.weir(), capture);
        openvSwitch(bed, findings, line);
    }

    private static void live(Testbed bed, Findings findings, Testbed.Line line)
            throws IOException, InterruptedException {
        findings.step("weir run exports to four collectors, and to nobody, while programs make traffic");
        Host weir = line.weir();
        var nfcapd = new Nfcapd(weir, bed.folder().resolve("nfcapd"), 9001);
        var nfcapdV9 = new Nfcapd(weir, bed.folder().resolve("nfcapd-v9"), 9002);
        var nfacctd = new Nfacctd(bed, weir, 9003);
        Collector collector = new Collector(bed, weir, "tcp://127.0.0.1:9004", "collected.csv");
        Running exported = capture(weir, "lo", "exported.pcap", "udp");
        Running traffic = capture(line.left(), "eth0", "left.pcap", "");
        Running run = bed.weir(weir, "weir.yaml");
        traffic(findings, line.left());
        Thread.sleep(SETTLE_MILLIS);
        Result ended = run.stop();
        findings.succeeded("weir run drained", ended);
        findings.check(
                "what nobody took was counted, and told",
                ended.out().contains("export.nobody: udp://127.0.0.1:9005 nobody listens there"),
                ended.lastLine());
        stop(findings, traffic);
        stop(findings, exported);
        Totals records = Totals.ofWeir(bed.folder().resolve("records.csv"));
        findings.check("records of weir run", records.packets() > 100, records);
        findings.equal("nfcapd, IPFIX with biflows over UDP", records, nfcapd.end());
        findings.equal("nfcapd, NetFlow v9", records, nfcapdV9.end());
        findings.equal("nfacctd, IPFIX over UDP", records, nfacctd.end());
        findings.equal("weir collect, IPFIX over TCP", records, collector.end(findings));
        same(
                findings,
                "weir collect: the records, but for their order",
                sorted(bed.folder().resolve("records.csv")),
                sorted(bed.folder().resolve("collected.csv")));
        dissected(findings, weir, "exported.pcap", "-d", "udp.port==9001-9005,cflow");
    }

    private static void offline(Testbed bed, Findings findings, Host weir, Path capture)
            throws IOException, InterruptedException {
        findings.step("weir track exports a capture, and writes an IPFIX file of it");
        var nfcapd = new Nfcapd(weir, bed.folder().resolve("nfcapd-again"), 9001);
        var nfcapdV9 = new Nfcapd(weir, bed.folder().resolve("nfcapd-v9-again"), 9002);
        findings.succeeded(
                "weir track",
                weir.run(weir(
                        "track",
                        capture.toString(),
                        "-w",
                        "track.csv",
                        "--export",
                        "udp://127.0.0.1:9001",
                        "--export",
                        "udp://127.0.0.1:9002?version=9&message-size=512")));
        Totals tracked = Totals.ofWeir(bed.folder().resolve("track.csv"));
        Thread.sleep(SETTLE_MILLIS);
        findings.equal("nfcapd, IPFIX", tracked, nfcapd.end());
        findings.equal("nfcapd, NetFlow v9", tracked, nfcapdV9.end());
        findings.succeeded("weir track to a file", weir.run(weir("track", capture.toString(), "-w", "track.ipfix")));
        dissected(findings, weir, "track.ipfix");
        FileReaders.compare(findings, weir, bed, "track.ipfix", 9001, tracked);
        findings.succeeded("weir track of that file", weir.run(weir("track", "track.ipfix", "-w", "again.csv")));
        same(
                findings,
                "the same records, every column",
                Files.readString(bed.folder().resolve("track.csv")).lines().toList(),
                Files.readString(bed.folder().resolve("again.csv")).lines().toList());
    }

    private static void exporters(Testbed bed, Findings findings, Host weir, Path capture)
            throws IOException, InterruptedException {
        for (String version : List.of("5", "9", "10")) {
            findings.step("softflowd, version " + version);
            var nfcapd = new Nfcapd(weir, bed.folder().resolve("softflowd-" + version), 9001);
            Collector collector = new Collector(bed, weir, "udp://127.0.0.1:9004", "softflowd-" + version + ".csv");
            Result said = weir.run(
                    "softflowd",
                    "-r",
                    capture.toString(),
                    "-n",
                    "127.0.0.1:9001,127.0.0.1:9004",
                    "-v",
                    version,
                    "-d",
                    "-p",
                    bed.folder().resolve("softflowd.pid").toString(),
                    "-c",
                    "none");
            findings.succeeded("softflowd", said);
            Thread.sleep(SETTLE_MILLIS);
            Totals collected = collector.end(findings);
            findings.check("weir collect", collected.packets() > 100, collected);
            findings.equal("nfcapd read the same", collected, nfcapd.end());
            if (!version.equals("5")) { // which has no IPv6
                findings.equal("softflowd counted the same", ofSoftflowd(said.out()), collected);
            }
        }
        findings.step("nfpcapd's flows by nfreplay, NetFlow v9");
        Path flows = Files.createDirectories(bed.folder().resolve("nfpcapd"));
        findings.succeeded("nfpcapd", weir.run("nfpcapd", "-r", capture.toString(), "-w", flows.toString()));
        findings.succeeded("nfdump", weir.run("nfdump", "-R", flows.toString(), "-w", "nfpcapd.nf"));
        Collector collector = new Collector(bed, weir, "udp://127.0.0.1:9004", "nfreplay.csv");
        findings.succeeded(
                "nfreplay", weir.run("nfreplay", "-r", "nfpcapd.nf", "-H", "127.0.0.1", "-p", "9004", "-v", "9"));
        Thread.sleep(SETTLE_MILLIS);
        Totals collected = collector.end(findings);
        findings.check("weir collect", collected.packets() > 100, collected);
        findings.equal("nfdump counted the same", Nfcapd.of(weir, flows), collected);
    }

    /** No ARP from here on: Open vSwitch counts it among all packets, and has no flow of it with addresses. */
    private static void knowEachOther(Host one, String its, Host other, String others)
            throws IOException, InterruptedException {
        one.ip("neigh", "replace", others, "lladdr", other.mac("eth0"), "dev", "eth0", "nud", "permanent");
        other.ip("neigh", "replace", its, "lladdr", one.mac("eth0"), "dev", "eth0", "nud", "permanent");
    }

    private static void openvSwitch(Testbed bed, Findings findings, Testbed.Line line)
            throws IOException, InterruptedException {
        findings.step("Open vSwitch, IPFIX and NetFlow v5");
        Host weir = line.weir();
        for (Host host : List.of(line.left(), line.right())) {
            host.offload("eth0", "off", "tx"); // its datapath in user space leaves checksums unfinished
        }
        knowEachOther(line.left(), "10.0.0.1", line.right(), "10.0.0.2");
        var ovs = new OpenvSwitch(bed, weir, "left0", "right0");
        for (boolean ipfix : new boolean[] {true, false}) {
            String name = ipfix ? "ovs-ipfix" : "ovs-v5";
            var nfcapd = new Nfcapd(weir, bed.folder().resolve(name), 9001);
            Collector collector = new Collector(bed, weir, "udp://127.0.0.1:9004", name + ".csv");
            ovs.exports(ipfix, List.of("127.0.0.1:9001", "127.0.0.1:9004"));
            findings.succeeded(
                    "ping", line.left().run("ping", "-c", "50", "-i", "0.01", "-s", "400", "-W", "2", "10.0.0.2"));
            findings.succeeded("curl", line.left().curl("http://10.0.0.2:8080/", "-o", "page"));
            ovs.exportsNothing();
            Thread.sleep(SETTLE_MILLIS);
            Totals collected = collector.end(findings);
            findings.check("weir collect has the traffic", collected.packets() >= 100, collected);
            if (ipfix) { // whose records say how much there was so far, too, and nfcapd takes that for the flow's
                findings.equal("Open vSwitch counted the same", nfcapd.endRunningTotal(), collected);
            } else {
                findings.equal("nfcapd read the same", collected, nfcapd.end());
                Totals pings = ofIcmp(bed.folder().resolve(name + ".csv"));
                findings.equal("the ping, there and back", new Totals(100, 100 * FRAME), pings);
            }
        }
    }

    /** {@code weir collect}, which ends when it is told to. */
    private static final class Collector {
        private final Running running;
        private final Path csv;

        Collector(Testbed bed, Host host, String address, String file) throws IOException, InterruptedException {
            csv = bed.folder().resolve(file);
            running = host.start(weir("collect", address, "-w", csv.toString(), "--stats"))
                    .awaitWords("weir: listening on");
        }

        /** Ends it, and finds whether it understood everything. */
        Totals end(Findings findings) throws IOException, InterruptedException {
            running.signal("INT");
            Result ended = running.await();
            findings.equal("weir collect ended because it was told to", INTERRUPTED, ended.status());
            List<String> faults = ended.out()
                    .lines()
                    .filter(line -> line.matches("(malformed|sets-|templates-refused).* [1-9][0-9]*"))
                    .toList();
            findings.equal("what it did not understand", List.of(), faults);
            return Totals.ofWeir(csv);
        }
    }

    private static String[] weir(String... words) {
        return Testbed.command(words).toArray(new String[0]);
    }

    private static Running capture(Host host, String device, String file, String filter)
            throws IOException, InterruptedException {
        return host.start(
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
                        file,
                        filter)
                .awaitWords("listening on");
    }

    private static void stop(Findings findings, Running tcpdump) throws IOException, InterruptedException {
        tcpdump.signal("INT");
        findings.succeeded("tcpdump", tcpdump.await());
    }

    private static void traffic(Findings findings, Host from) throws IOException, InterruptedException {
        for (String peer : List.of("10.0.0.2", "fd00::2")) {
            String name = peer.indexOf(':') >= 0 ? "[" + peer + "]" : peer;
            findings.succeeded("ping " + peer, from.run("ping", "-c", "10", "-i", "0.02", "-W", "2", peer));
            String pages = "http://" + name + ":8080/?[1-20]";
            findings.succeeded("curl " + peer, from.curl(pages, "-o", "page", "--no-keepalive"));
            findings.succeeded("TCP to " + peer, from.run("iperf3", "-c", peer, "-n", "2M"));
            findings.succeeded("UDP to " + peer, from.run("iperf3", "-c", peer, "-n", "1M", "-b", "20M", "-u"));
        }
    }

    /** Every datagram to a collector, or message of a file, is one that tshark knows, and it finds nothing to remark. */
    private static void dissected(Findings findings, Host host, String file, String... options)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("tshark", "-n", "-r", file));
        command.addAll(List.of(options));
        command.addAll(List.of(
                "-Y",
                "not icmp",
                "-T",
                "fields",
                "-E",
                "separator=|",
                "-e",
                "cflow.version",
                "-e",
                "_ws.expert.message",
                "-e",
                "_ws.malformed"));
        Result said = host.run(command.toArray(new String[0]));
        List<String> lines = said.out()
                .lines()
                .filter(line -> !line.startsWith("Running as user"))
                .toList();
        List<String> remarks =
                lines.stream().filter(line -> !line.matches("(9|10)\\|\\|")).toList();
        findings.check("tshark dissects every message of " + file, !lines.isEmpty(), lines.size() + " messages");
        findings.equal("what tshark remarks", List.of(), remarks);
    }

    private static Totals ofIcmp(Path csv) throws IOException {
        List<String> lines = Files.readAllLines(csv);
        return Totals.ofCsv(
                lines.stream().filter(line -> line.equals(lines.getFirst()) || line.contains(",icmp,")),
                List.of("fwd_packets"),
                List.of("fwd_bytes"));
    }

    /** The last words of softflowd: octets and packets by protocol. */
    private static Totals ofSoftflowd(String said) {
        Totals sum = Totals.NOTHING;
        Matcher protocols = PROTOCOL.matcher(said);
        while (protocols.find()) {
            sum = sum.plus(new Totals(Long.parseLong(protocols.group(2)), Long.parseLong(protocols.group(1))));
        }
        return sum;
    }

    private static void same(Findings findings, String what, List<String> expected, List<String> seen) {
        List<String> strange = new ArrayList<>(seen);
        strange.removeAll(expected);
        findings.check(what, expected.equals(seen) && seen.size() > 1, seen.size() - 1 + " records " + strange);
    }

    private static List<String> sorted(Path csv) throws IOException {
        return Files.readAllLines(csv).stream().sorted().toList();
    }
}
