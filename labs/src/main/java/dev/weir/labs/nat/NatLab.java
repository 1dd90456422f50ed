package dev.weir.labs.nat;

import dev.weir.labs.Findings;
import dev.weir.labs.Flows;
import dev.weir.labs.Host;
import dev.weir.labs.Lab;
import dev.weir.labs.Result;
import dev.weir.labs.Running;
import dev.weir.labs.Testbed;
import java.io.IOException;
import java.util.List;

/** Two inside hosts behind one address, a port that leads inside, ICMP errors that find their way back. */
public final class NatLab implements Lab {
    private static final String ADDRESS = "10.0.0.100", ADDRESS6 = "fd00::100";

    @Override
    public String name() {
        return "nat";
    }

    @Override
    public String summary() {
        return "two hosts behind one address, a port forwarded inside, both families";
    }

    @Override
    public List<String> programs() {
        return List.of("ping:iputils-ping", "curl:curl", "python3:python3");
    }

    @Override
    public void run(Testbed bed, Findings findings) throws IOException, InterruptedException {
        Host one = bed.host("one"), two = bed.host("two"), router = bed.host("router");
        Host weir = bed.host("weir"), outside = bed.host("outside");
        bed.cable(one, "eth0", router, "one0");
        bed.cable(two, "eth0", router, "two0");
        bed.cable(router, "wan0", weir, "inside0");
        bed.cable(outside, "eth0", weir, "outside0");
        inside(one, router, "one0", 1);
        inside(two, router, "two0", 2);
        router.address("wan0", "10.0.0.254/24").address("wan0", "fd00::254/64");
        outside.address("eth0", "10.0.0.9/24").address("eth0", "fd00::9/64");
        router.run(
                "sh", "-c", "echo 1 > /proc/sys/net/ipv4/ip_forward; echo 1 > /proc/sys/net/ipv6/conf/all/forwarding");
        // Weir answers no ARP for an address that only exists in translation: the outside is told who has it.
        for (String address : List.of(ADDRESS, ADDRESS6)) {
            outside.ip("neigh", "add", address, "lladdr", router.mac("wan0"), "dev", "eth0");
        }
        Running run = bed.weir(weir, "weir.yaml");
        bed.write("whoami.py", WHOAMI);
        outside.start("python3", "-u", "whoami.py").awaitWords("ready");
        one.start("python3", "-u", "whoami.py").awaitWords("ready");

        findings.step("out: the outside sees one address");
        for (Host host : List.of(one, two)) {
            Result seen = host.curl("http://10.0.0.9:8080/");
            findings.check(host.name() + " is seen as " + ADDRESS, seen.out().startsWith(ADDRESS + " "), seen.out());
            Result seen6 = host.curl("http://[fd00::9]:8080/");
            findings.check(
                    host.name() + " is seen as " + ADDRESS6, seen6.out().startsWith(ADDRESS6 + " "), seen6.out());
            findings.succeeded(
                    host.name() + " pings through", host.run("ping", "-c", "3", "-i", "0.05", "-W", "1", "10.0.0.9"));
        }
        findings.step("both inside hosts from the same port, at the same time");
        Result first = one.curl("http://10.0.0.9:8080/", "--local-port", "4000");
        Result second = two.curl("http://10.0.0.9:8080/", "--local-port", "4000");
        findings.check("the first is answered", first.out().startsWith(ADDRESS), first.out());
        findings.check(
                "the second has another port",
                second.out().startsWith(ADDRESS) && !second.out().equals(first.out()),
                second.out());

        findings.step("in: port 8000 of the address leads to host one");
        Result forwarded = outside.curl("http://" + ADDRESS + ":8000/");
        findings.check(
                "host one answers, and sees the outside", forwarded.out().startsWith("10.0.0.9 "), forwarded.out());

        findings.step("related: an ICMP error is translated with what it quotes");
        Result probe = two.probeClosedPort("10.0.0.9");
        findings.equal("host two hears that the port is closed", "refused", probe.lastLine());

        findings.succeeded("weir run drained", run.stop());
        Flows web = Flows.read(bed.folder().resolve("flows.csv")).where("dst_port", "8080");
        findings.check(
                "every flow has both directions on one record",
                web.size() >= 6 && web.values("rev_packets").stream().noneMatch("0"::equals),
                web);
    }

    private static void inside(Host host, Host router, String device, int net)
            throws IOException, InterruptedException {
        host.address("eth0", "10." + net + ".0.1/24").address("eth0", "fd0" + net + "::1/64");
        router.address(device, "10." + net + ".0.254/24").address(device, "fd0" + net + "::254/64");
        host.ip("route", "add", "default", "via", "10." + net + ".0.254");
        host.ip("route", "add", "default", "via", "fd0" + net + "::254");
    }

    private static final String WHOAMI = """
            import http.server, socket
            class Handler(http.server.BaseHTTPRequestHandler):
                def do_GET(self):
                    host = self.client_address[0].removeprefix('::ffff:')
                    body = f'{host} {self.client_address[1]}'.encode()
                    self.send_response(200)
                    self.send_header('Content-Length', str(len(body)))
                    self.end_headers()
                    self.wfile.write(body)
            class Server(http.server.ThreadingHTTPServer):
                address_family = socket.AF_INET6
            server = Server(('::', 8080), Handler)
            print('ready')
            server.serve_forever()
            """;
}
