package dev.weir.labs.balance;

import dev.weir.labs.Findings;
import dev.weir.labs.Host;
import dev.weir.labs.Lab;
import dev.weir.labs.Result;
import dev.weir.labs.Running;
import dev.weir.labs.Testbed;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** One address, three servers behind it: new flows take turns, a server that drains gets none, those open go on. */
public final class BalanceLab implements Lab {
    private static final int REQUESTS = 30;
    private static final String ADDRESS = "10.0.0.100";

    @Override
    public String name() {
        return "balance";
    }

    @Override
    public String summary() {
        return "one address, three servers: turns, drain, the way back";
    }

    @Override
    public List<String> programs() {
        return List.of("curl:curl", "python3:python3");
    }

    @Override
    public void run(Testbed bed, Findings findings) throws IOException, InterruptedException {
        Host client = bed.host("client"), weir = bed.host("weir");
        bed.cable(client, "eth0", weir, "client0");
        client.address("eth0", "10.0.0.1/24");
        List<Host> servers = new ArrayList<>();
        for (int n = 1; n <= 3; n++) {
            Host server = bed.host("server" + n);
            servers.add(server);
            bed.cable(server, "eth0", weir, "server" + n);
            server.address("eth0", "10.0.0.1" + n + "/24");
            bed.write("name.py", NAME);
            server.start("python3", "-u", "name.py", server.name()).awaitWords("ready");
        }
        String configuration = bed.resource("weir.yaml");
        for (int n = 1; n <= 3; n++) {
            configuration = configuration.replace("MAC" + n, servers.get(n - 1).mac("eth0"));
        }
        bed.write("weir.yaml", configuration);
        // The shared address has a station address of its own: one of a server's would seem to move from port to port.
        client.ip("neigh", "add", ADDRESS, "lladdr", "02:00:00:00:00:64", "dev", "eth0");
        Running run = bed.weir(weir, "weir.yaml");

        findings.step(REQUESTS + " requests, round robin");
        Map<String, Integer> answers = requests(client, REQUESTS);
        findings.equal("a third each", Map.of("server1", 10, "server2", 10, "server3", 10), answers);

        findings.step("server2 drains while a transfer from it is under way");
        Running slow = client.start("curl", "-sS", "--max-time", "20", "http://" + ADDRESS + "/slow");
        Thread.sleep(300);
        int said = run.said().length();
        bed.write("weir.yaml", configuration.replace("drain: false", "drain: true"));
        run.signal("HUP");
        run.awaitWords("reloaded", said);
        answers = requests(client, REQUESTS);
        findings.check(
                "the others take all new flows", !answers.containsKey("server2") && answers.size() == 2, answers);
        Result transfer = slow.await();
        findings.succeeded("the transfer goes on to its end", transfer);
        findings.check("from one server", transfer.out().lines().distinct().count() == 1, transfer.lastLine());
        findings.succeeded("weir run drained", run.stop());
    }

    private static Map<String, Integer> requests(Host client, int count) throws IOException, InterruptedException {
        Map<String, Integer> answers = new TreeMap<>();
        for (int i = 0; i < count; i++) {
            Result answer = client.curl("http://" + ADDRESS + "/");
            answers.merge(answer.out().strip(), 1, Integer::sum);
        }
        return answers;
    }

    private static final String NAME = """
            import http.server, sys, time
            class Handler(http.server.BaseHTTPRequestHandler):
                def do_GET(self):
                    self.send_response(200)
                    self.end_headers()
                    for i in range(30 if self.path == '/slow' else 1):
                        self.wfile.write((sys.argv[1] + '\\n').encode())
                        self.wfile.flush()
                        if self.path == '/slow':
                            time.sleep(0.1)
            server = http.server.ThreadingHTTPServer(('0.0.0.0', 80), Handler)
            print('ready')
            server.serve_forever()
            """;
}
