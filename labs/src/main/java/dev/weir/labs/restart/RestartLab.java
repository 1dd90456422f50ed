package dev.weir.labs.restart;

import dev.weir.labs.Findings;
import dev.weir.labs.Host;
import dev.weir.labs.Lab;
import dev.weir.labs.Result;
import dev.weir.labs.Running;
import dev.weir.labs.Testbed;
import java.io.IOException;
import java.util.List;

/** The interface goes down and up, goes away and comes back: Weir says so, and packets flow again. */
public final class RestartLab implements Lab {
    @Override
    public String name() {
        return "restart";
    }

    @Override
    public String summary() {
        return "an interface goes and comes back; traffic flows again";
    }

    @Override
    public List<String> programs() {
        return List.of("ping:iputils-ping");
    }

    @Override
    public void run(Testbed bed, Findings findings) throws IOException, InterruptedException {
        Testbed.Line line = bed.line("left", "right");
        Host left = line.left(), weir = line.weir(), right = line.right();
        Running run = bed.weir(weir, "weir.yaml");
        findings.succeeded("ping before", ping(left));

        findings.step("the cable is pulled and put back");
        int said = run.said().length();
        weir.ip("link", "set", "right0", "down");
        run.awaitWords("right0", said);
        findings.failed("no ping while it is down", ping(left));
        weir.ip("link", "set", "right0", "up");
        findings.succeeded("ping again", pingUntilItWorks(left));

        findings.step("the interface goes away and another one of its name comes");
        said = run.said().length();
        weir.ip("link", "del", "right0");
        run.awaitWords("right0", said);
        findings.failed("no ping without it", ping(left));
        bed.cable(right, "eth0", weir, "right0");
        right.address("eth0", "10.0.0.2/24");
        left.ip("neigh", "flush", "dev", "eth0");
        findings.succeeded("ping through the new one", pingUntilItWorks(left));

        findings.check("weir never stopped", run.isAlive(), "");
        findings.succeeded("weir run drained", run.stop());
    }

    private static Result ping(Host from) throws IOException, InterruptedException {
        return from.run("ping", "-c", "2", "-i", "0.2", "-W", "1", "10.0.0.2");
    }

    private static Result pingUntilItWorks(Host from) throws IOException, InterruptedException {
        Result result = ping(from);
        for (int attempt = 0; attempt < 5 && result.status() != 0; attempt++) {
            result = ping(from);
        }
        return result;
    }
}
