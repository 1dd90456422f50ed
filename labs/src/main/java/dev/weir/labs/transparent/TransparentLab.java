package dev.weir.labs.transparent;

import dev.weir.labs.Findings;
import dev.weir.labs.Flows;
import dev.weir.labs.Host;
import dev.weir.labs.Lab;
import dev.weir.labs.Result;
import dev.weir.labs.Running;
import dev.weir.labs.Testbed;
import java.io.IOException;
import java.util.List;

/** Two hosts through the flow table, both families: nothing changes for them, and every flow is on record. */
public final class TransparentLab implements Lab {
    private static final int PINGS = 10;
    private static final int FILE_BYTES = 4 << 20;

    @Override
    public String name() {
        return "transparent";
    }

    @Override
    public String summary() {
        return "two hosts through the flow table, both families";
    }

    @Override
    public List<String> programs() {
        return List.of("ping:iputils-ping", "curl:curl", "iperf3:iperf3", "python3:python3");
    }

    @Override
    public void run(Testbed bed, Findings findings) throws IOException, InterruptedException {
        Testbed.Line line = bed.line("left", "right");
        Host left = line.left(), right = line.right();
        Running run = bed.weir(line.weir(), "weir.yaml");

        findings.step("ping, " + PINGS + " times, both families");
        for (String address : List.of("10.0.0.2", "fd00::2")) {
            Result ping = left.run("ping", "-c", "" + PINGS, "-i", "0.05", "-W", "2", address);
            findings.check(
                    "all echoes of " + address + " came back", ping.out().contains(" 0% packet loss"), ping.lastLine());
        }
        findings.step("a file over HTTP, both families");
        byte[] file = new byte[FILE_BYTES];
        new java.util.SplittableRandom(1).nextBytes(file);
        java.nio.file.Files.write(bed.folder().resolve("file.bin"), file);
        right.serve(8080);
        for (String address : List.of("10.0.0.2", "[fd00::2]")) {
            Result curl = left.curl("http://" + address + ":8080/file.bin", "-o", "got.bin", "--max-time", "30");
            findings.succeeded("curl from " + address, curl);
            byte[] got = java.nio.file.Files.readAllBytes(bed.folder().resolve("got.bin"));
            findings.check("every octet arrived", java.util.Arrays.equals(file, got), got.length + " octets");
        }
        findings.step("iperf3, a second each way");
        right.serveIperf3();
        findings.succeeded("iperf3 forward", left.run("iperf3", "-c", "10.0.0.2", "-t", "1"));
        findings.succeeded("iperf3 reverse", left.run("iperf3", "-c", "fd00::2", "-t", "1", "-R"));

        findings.step("the records");
        findings.succeeded("weir run drained", run.stop());
        Flows flows = Flows.read(bed.folder().resolve("flows.csv"));
        for (String protocol : List.of("icmp", "ipv6-icmp")) {
            Flows echo = flows.where("protocol", protocol).where(f -> !"0".equals(f.get("src_port")));
            findings.equal(protocol + ": one flow of echoes", 1, echo.size());
            findings.equal(protocol + ": requests", (long) PINGS, echo.sum("fwd_packets"));
            findings.equal(protocol + ": replies", (long) PINGS, echo.sum("rev_packets"));
        }
        Flows web = flows.where("dst_port", "8080");
        findings.equal("two web flows", 2, web.size());
        findings.check(
                "their octets are those of the file and its headers",
                web.sum("rev_bytes") > 2L * FILE_BYTES && web.sum("rev_bytes") < 2.2 * FILE_BYTES,
                web.sum("rev_bytes"));
        findings.check(
                "each began and ended with flags",
                web.values("fwd_tcp_flags").stream().allMatch(f -> f.contains("S") && f.contains("F")),
                web.values("fwd_tcp_flags"));
    }
}
