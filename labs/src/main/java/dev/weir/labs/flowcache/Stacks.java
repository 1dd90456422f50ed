package dev.weir.labs.flowcache;

import static dev.weir.labs.flowcache.Network.S2;
import static dev.weir.labs.flowcache.Network.S2_IPV6;
import static dev.weir.labs.flowcache.Network.TENANT;
import static dev.weir.labs.flowcache.Network.TENANT_IPV6;

import dev.weir.labs.Findings;
import dev.weir.labs.Host;
import dev.weir.labs.Result;
import dev.weir.labs.Running;
import dev.weir.labs.Testbed;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Real programs from tenants, through the kernel's VXLAN devices and the gateway, to servers with an IP stack, and back. */
final class Stacks {
    private static final Pattern RECEIVED = Pattern.compile("([0-9.]+) ([KMG])bits/sec.*receiver");

    private final Testbed bed;
    private final Network network;
    private final Gateway gateway;

    Stacks(Testbed bed, Network network, Gateway gateway) {
        this.bed = bed;
        this.network = network;
        this.gateway = gateway;
    }

    /** @param captures are over before packets are lost, as in what follows some must be */
    void check(Captures captures, Findings findings) throws IOException, InterruptedException {
        Running access = bed.weir(network.servers, "access.yaml");
        pings(findings);
        pages(findings);
        captures.check(findings);
        tooLarge(findings);
        throughput(findings);
        findings.succeeded("the servers' access ports drained", access.stop());
    }

    private void pings(Findings findings) throws IOException, InterruptedException {
        findings.step("ping, both ways and both families, to a server with a stack");
        Map<Gateway.Event, Long> before = gateway.events();
        ping(findings, "t1 to S2", network.t1, S2);
        ping(findings, "S2 to t1", network.s2, TENANT);
        ping(findings, "t1 to S2 by IPv6", network.t1, S2_IPV6);
        ping(findings, "S2 to t1 by IPv6", network.s2, TENANT_IPV6);
        findings.check("the gateway", !gateway.since(before).contains("malformed"), gateway.since(before));
        String ttl = network.t1.run("ping", "-c", "1", S2).out();
        findings.check("one hop was counted", ttl.contains("ttl=63"), first(ttl, "ttl="));
    }

    private static void ping(Findings findings, String what, Host from, String to)
            throws IOException, InterruptedException {
        Result pinged = from.run("ping", "-c", "10", "-i", "0.05", "-W", "2", to);
        findings.check(what, pinged.out().contains(" 0% packet loss"), first(pinged.out(), "loss"));
    }

    private static String first(String text, String with) {
        return text.lines().filter(line -> line.contains(with)).findFirst().orElse(text);
    }

    private void pages(Findings findings) throws IOException, InterruptedException {
        findings.step("curl: two tenants with equal addresses ask servers with equal addresses");
        for (Host server : List.of(network.s2, network.other)) {
            Files.createDirectories(bed.folder().resolve(server.name() + "-files"));
            bed.write(server.name() + "-files/name.txt", server.name());
            server.start("python3", "-u", "-m", "http.server", "-b", "::", "-d", server.name() + "-files", "8080")
                    .awaitWords("Serving");
        }
        String page = "http://" + S2 + ":8080/name.txt";
        findings.equal("t1 reaches that of VLAN 10", "s2", network.t1.curl(page).lastLine());
        findings.equal(
                "by IPv6 too",
                "s2",
                network.t1.curl("http://[" + S2_IPV6 + "]:8080/name.txt").lastLine());
        Result other = network.t2.curl(page);
        findings.equal("t2 reaches that of VLAN 20", "other", other.lastLine());
    }

    /** The server's interface takes more than the tunnel: the gateway tells it, as a router would. */
    private void tooLarge(Findings findings) throws IOException, InterruptedException {
        findings.step("packets that are too large for the tunnel");
        Map<Gateway.Event, Long> before = gateway.events();
        Result told = network.s2.run("ping", "-c", "2", "-W", "1", "-M", "do", "-s", "1472", TENANT);
        findings.check(
                "S2 is told the limit",
                told.out().contains("mtu=1450") || told.out().contains("mtu = 1450"),
                first(told.out(), "mtu"));
        Result told6 = network.s2.run("ping", "-c", "2", "-W", "1", "-M", "do", "-s", "1452", TENANT_IPV6);
        findings.check(
                "by IPv6 too",
                told6.out().contains("mtu=1450")
                        || told6.out().contains("mtu: 1450")
                        || told6.out().contains("mtu = 1450"),
                first(told6.out(), "mtu"));
        findings.check(
                "its kernel believes it",
                network.s2.run("ip", "route", "get", TENANT).out().contains("mtu 1450")
                        && network.s2
                                .run("ip", "-6", "route", "get", TENANT_IPV6)
                                .out()
                                .contains("mtu 1450"),
                network.s2.run("ip", "route", "get", TENANT).out());
        findings.check("the gateway", gateway.since(before).contains("too_large="), gateway.since(before));
    }

    private void throughput(Findings findings) throws IOException, InterruptedException {
        findings.step("iperf3 for 2 s each way");
        network.s2.serveIperf3();
        Map<Gateway.Event, Long> before = gateway.events();
        double to = megabits(network.t1.run("iperf3", "-c", S2, "-t", "2"));
        findings.check("t1 to S2", to > 1, to + " Mbit/s");
        double from = megabits(network.t1.run("iperf3", "-c", S2, "-t", "2", "-R"));
        findings.check("S2 to t1", from > 1, from + " Mbit/s");
        findings.check(
                "hardly any of it by the OTR",
                gateway.since(before, Gateway.Event.UNKNOWN) < 100,
                gateway.since(before));
    }

    private static double megabits(Result iperf) {
        Matcher found = RECEIVED.matcher(iperf.out());
        if (!found.find()) return -1;
        double number = Double.parseDouble(found.group(1));
        return switch (found.group(2)) {
            case "G" -> number * 1000;
            case "K" -> number / 1000;
            default -> number;
        };
    }
}
