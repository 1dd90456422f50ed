package dev.weir.labs.tenants;

import dev.weir.labs.Findings;
import dev.weir.labs.Flows;
import dev.weir.labs.Host;
import dev.weir.labs.Lab;
import dev.weir.labs.Result;
import dev.weir.labs.Running;
import dev.weir.labs.Testbed;
import java.io.IOException;
import java.util.List;

/** Two customers with the same addresses and the same ports: two flows, two rules, nothing crosses. */
public final class TenantsLab implements Lab {
    @Override
    public String name() {
        return "tenants";
    }

    @Override
    public String summary() {
        return "two customers with equal addresses stay apart";
    }

    @Override
    public List<String> programs() {
        return List.of("curl:curl", "python3:python3");
    }

    @Override
    public void run(Testbed bed, Findings findings) throws IOException, InterruptedException {
        Host weir = bed.host("weir");
        Host red = pair(bed, weir, "red"), blue = pair(bed, weir, "blue");
        Running run = bed.weir(weir, "weir.yaml");

        findings.step("both ask 10.0.0.2:8080 from 10.0.0.1:4000");
        for (Host host : List.of(red, blue)) {
            Result answer = host.curl("http://10.0.0.2:8080/name.txt", "--local-port", "4000");
            findings.equal(host.name() + " is answered by its own server", host.name(), answer.lastLine());
        }
        findings.step("port 8081 is closed to blue alone, by its chain");
        findings.succeeded("red reaches it", red.curl("http://10.0.0.2:8081/name.txt"));
        findings.failed("blue does not", blue.curl("http://10.0.0.2:8081/name.txt"));

        findings.succeeded("weir run drained", run.stop());
        Flows flows = Flows.read(bed.folder().resolve("flows.csv")).where("src_port", "4000");
        findings.equal("two flows with the same five numbers", 2, flows.size());
        findings.equal(
                "told apart by their tenant",
                List.of("1", "2"),
                flows.values("tenant").stream().sorted().toList());
    }

    private static Host pair(Testbed bed, Host weir, String name) throws IOException, InterruptedException {
        Host client = bed.host(name), server = bed.host(name + "-server");
        bed.cable(client, "eth0", weir, name + "0");
        bed.cable(server, "eth0", weir, name + "1");
        client.address("eth0", "10.0.0.1/24");
        server.address("eth0", "10.0.0.2/24");
        java.nio.file.Files.createDirectories(bed.folder().resolve(name + "-files"));
        bed.write(name + "-files/name.txt", name);
        for (String port : List.of("8080", "8081")) {
            server.start("python3", "-u", "-m", "http.server", "-d", name + "-files", port)
                    .awaitWords("Serving");
        }
        return client;
    }
}
