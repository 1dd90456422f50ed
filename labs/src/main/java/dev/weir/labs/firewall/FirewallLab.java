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
        Host inside = bed.host("inside"), weir = bed.host("weir"), outside = bed.host("outside");
        bed.cable(inside, "eth0", weir, "inside0");
        bed.cable(outside, "eth0", weir, "outside0");
        inside.address("eth0", "10.0.0.1/24").address("eth0", "fd00::1/64");
        outside.address("eth0", "10.0.0.2/24").address("eth0", "fd00::2/64");
        for (Host host : List.of(inside, outside)) {
            host.start("python3", "-u", "-m", "http.server", "--bind", "::", "80")
                    .awaitWords("Serving");
            host.start("python3", "-u", "-m", "http.server", "--bind", "::", "81")
                    .awaitWords("Serving");
        }
        Running run = bed.weir(weir, "weir.yaml");

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
        Result ping = outside.run("ping", "-c", "2", "-i", "0.2", "-W", "1", "10.0.0.1");
        findings.failed("ping is dropped", ping);
        findings.check("without an answer", ping.out().contains("100% packet loss"), ping.lastLine());
        Result udp = outside.run("nc", "-u", "-w", "1", "-v", "-z", "10.0.0.1", "5000");
        findings.failed("UDP is answered by ICMP, which nc takes for a refusal", udp);

        findings.step("related: a port unreachable from outside belongs to the datagram from inside");
        Running closed = inside.start("python3", "-u", "-c", PROBE);
        Result probe = closed.await();
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

    private static final String PROBE = """
            import socket
            s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            s.settimeout(3)
            s.connect(('10.0.0.2', 9))
            s.send(b'anybody?')
            try:
                s.recv(100)
            except ConnectionRefusedError:
                print('refused')
            """;

    private static Result curl(Host from, String url) throws IOException, InterruptedException {
        return from.run("curl", "-sS", "-o", "/dev/null", "--max-time", "3", url);
    }

    /** curl says 7 when a connection was refused, and 28 when it waited in vain. */
    private static void refused(Findings findings, String what, Result curl) {
        findings.check(what, curl.status() == 7, curl.lastLine());
    }
}
