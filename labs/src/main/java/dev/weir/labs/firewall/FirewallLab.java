package dev.weir.labs.firewall;

import dev.weir.labs.Findings;
import dev.weir.labs.Host;
import dev.weir.labs.Lab;
import dev.weir.labs.Result;
import dev.weir.labs.Running;
import dev.weir.labs.Testbed;
import java.io.IOException;
import java.util.List;

/** An inside that may ask the outside, an outside that may reach one port: rules decide on new flows only. */
public final class FirewallLab implements Lab {
    @Override
    public String name() {
        return "firewall";
    }

    @Override
    public String summary() {
        return "rules for new flows; established and related packets pass";
    }

    @Override
    public List<String> programs() {
        return List.of("ping:iputils-ping", "curl:curl", "nc:netcat-openbsd", "python3:python3");
    }

    @Override
    public void run(Testbed bed, Findings findings) throws IOException, InterruptedException {
        Testbed.Line line = bed.line("inside", "outside");
        Host inside = line.left(), outside = line.right();
        for (Host host : List.of(inside, outside)) {
            host.serve(80);
            host.serve(81);
        }
        Running run = bed.weir(line.weir(), "weir.yaml");

        findings.step("inside asks outside: allowed, answers pass as established");
        findings.succeeded("ping", inside.run("ping", "-c", "3", "-i", "0.05", "10.0.0.2"));
        findings.succeeded("ping over IPv6", inside.run("ping", "-c", "3", "-i", "0.05", "fd00::2"));
        findings.succeeded("port 80", curl(inside, "http://10.0.0.2/"));
        findings.succeeded("port 81 over IPv6", curl(inside, "http://[fd00::2]:81/"));

        findings.step("outside asks inside: port 80 only");
        findings.succeeded("port 80 is open", curl(outside, "http://10.0.0.1/"));
        findings.succeeded("port 80 is open over IPv6", curl(outside, "http://[fd00::1]/"));
        refused(findings, "port 81 is refused by a reset, at once", curl(outside, "http://10.0.0.1:81/"));
        refused(findings, "port 81 is refused over IPv6", curl(outside, "http://[fd00::1]:81/"));
        for (String address : List.of("10.0.0.1", "fd00::1")) {
            Result ping = outside.run("ping", "-c", "2", "-i", "0.2", "-W", "1", address);
            findings.failed("ping of " + address + " is dropped", ping);
            findings.check("without an answer", ping.out().contains("100% packet loss"), ping.lastLine());
        }
        Result udp = outside.probeClosedPort("10.0.0.1");
        findings.equal("UDP is answered by ICMP, which its program is told of", "prohibited", udp.lastLine());

        findings.step("neighbour discovery passes, by its types alone");
        for (Host host : List.of(inside, outside)) {
            host.ip("-6", "neigh", "flush", "dev", "eth0");
        }
        findings.succeeded("outside finds inside anew", curl(outside, "http://[fd00::1]/"));
        Result neighbour = outside.run("ip", "-6", "neigh", "show", "fd00::1");
        findings.check("by its Ethernet address", neighbour.out().contains(inside.mac("eth0")), neighbour.out());

        findings.step("related: a port unreachable from outside belongs to the datagram from inside");
        Result probe = inside.probeClosedPort("10.0.0.2");
        findings.equal("the inside program hears that the port is closed", "refused", probe.lastLine());

        findings.step("a reload that closes port 80 leaves the flow that is open alone");
        outside.run("true");
        Running slow = outside.start(
                "curl",
                "-sS",
                "--limit-rate",
                "400",
                "-o",
                "/dev/null",
                "http://10.0.0.1/slow.txt",
                "--max-time",
                "20");
        bed.write("weir.yaml", bed.resource("weir.yaml").replace("destination-port: 80", "destination-port: 8000"));
        Thread.sleep(500);
        int said = run.said().length();
        run.signal("HUP");
        run.awaitWords("reloaded", said);
        refused(findings, "a new flow to port 80 is refused", curl(outside, "http://10.0.0.1/"));
        findings.succeeded("the open one goes on to its end", slow.await());
        findings.succeeded("weir run drained", run.stop());
    }

    private static Result curl(Host from, String url) throws IOException, InterruptedException {
        return from.curl(url, "-o", "/dev/null");
    }

    /** curl says 7 when a connection was refused, and 28 when it waited in vain. */
    private static void refused(Findings findings, String what, Result curl) {
        findings.check(what, curl.status() == 7, curl.lastLine());
    }
}
