package dev.weir.labs.handoff;

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

/**
 * Two workers on interfaces with one queue each (AF_XDP): all packets arrive at the first worker, half of the flows are
 * the second's. They are handed over, and each flow is on record once.
 */
public final class HandoffLab implements Lab {
    private static final int REQUESTS = 40;

    @Override
    public String name() {
        return "handoff";
    }

    @Override
    public String summary() {
        return "packets that arrive at another worker than their flow's";
    }

    @Override
    public List<String> programs() {
        return List.of("curl:curl", "iperf3:iperf3", "ethtool:ethtool", "python3:python3");
    }

    @Override
    public void run(Testbed bed, Findings findings) throws IOException, InterruptedException {
        Testbed.Line line = bed.line("left", "right");
        Host left = line.left(), right = line.right();
        bed.write("hello.txt", "hello\n");
        right.serve(8080);
        right.serveIperf3();
        Running run = bed.weir(line.weir(), "weir.yaml");

        findings.step(REQUESTS + " requests and a transfer");
        int answered = 0;
        for (int i = 0; i < REQUESTS; i++) {
            Result answer = left.curl("http://10.0.0.2:8080/hello.txt");
            answered += answer.lastLine().equals("hello") ? 1 : 0;
        }
        findings.equal("all answered", REQUESTS, answered);
        findings.succeeded("iperf3", left.run("iperf3", "-c", "10.0.0.2", "-t", "1"));

        Result end = run.stop();
        findings.succeeded("weir run drained", end);
        Matcher handed = Pattern.compile("handed=(\\d+)").matcher(end.out());
        long packets = 0;
        while (handed.find()) {
            packets += Long.parseLong(handed.group(1));
        }
        findings.check("packets were handed over", packets > 0, packets);
        Flows web = Flows.read(bed.folder().resolve("flows.csv")).where("dst_port", "8080");
        findings.equal("each flow is on record once", REQUESTS, web.size());
        findings.check(
                "with both directions",
                web.values("rev_packets").stream().noneMatch("0"::equals),
                web.sum("rev_packets") + " packets back");
    }
}
