package dev.weir.labs.loopback;

import dev.weir.labs.Findings;
import dev.weir.labs.Host;
import dev.weir.labs.Lab;
import dev.weir.labs.Result;
import dev.weir.labs.Running;
import dev.weir.labs.Testbed;
import java.io.IOException;
import java.util.List;

/**
 * The round trip of the loopback driver with a data plane at its end: an application sets flows by the API, the driver carries them over its socket to a
 * backend in another process, and packets between two hosts are forwarded by them, and by nothing else.
 */
public final class LoopbackLab implements Lab {
    private static final int PINGS = 20, PING_OCTETS = 14 + 20 + 8 + 100;

    @Override
    public String name() {
        return "loopback";
    }

    @Override
    public String summary() {
        return "flows set by the Flow Table API forward packets in another process";
    }

    @Override
    public List<String> programs() {
        return List.of("ping:iputils-ping", "curl:curl", "python3:python3");
    }

    @Override
    public void run(Testbed bed, Findings findings) throws IOException, InterruptedException {
        Testbed.Line line = bed.line("left", "right");
        for (String file : List.of("forward", "count", "block", "translate")) {
            bed.write(file + ".json", bed.resource(file + ".json"));
        }
        bed.write("hello.txt", "hello\n");
        line.right().serve(8080);
        new RoundTrip(line, bed.weir(line.weir(), "weir.yaml"), findings).run();
    }

    /** One run of it. */
    private static final class RoundTrip {
        private final Host left;
        private final Host right;
        private final Tables tables;
        private final Running daemon;
        private final Findings findings;

        RoundTrip(Testbed.Line line, Running daemon, Findings findings) {
            left = line.left();
            right = line.right();
            tables = new Tables(line.weir());
            this.daemon = daemon;
            this.findings = findings;
        }

        void run() throws IOException, InterruptedException {
            withoutBackend();
            Running backend = tables.startBackend();
            tables.awaitReady();
            withoutFlows();
            forwarded();
            blocked();
            translated();
            Running next = killed(backend);
            findings.step("the flows are deleted");
            findings.succeeded("del-flows", tables.run("del-flows", "unft0", "forward.json"));
            findings.failed("ping", unanswered());
            findings.succeeded("the backend ends when it is asked to", next.stop());
            findings.succeeded("the daemon too", daemon.stop());
        }

        private void withoutBackend() throws IOException, InterruptedException {
            findings.step("no backend listens");
            Result refused = tables.run("get-tables", "unft0");
            findings.failed("get-tables", refused);
            findings.check("it says why", refused.out().contains("no interface yet"), "");
        }

        private void withoutFlows() throws IOException, InterruptedException {
            findings.step("a backend listens, and has no flows");
            Result model = tables.run("get-tables", "unft0");
            findings.check(
                    "get-tables tells what the data plane can",
                    model.out().contains("\"filter\"") && model.out().contains("\"forward\""),
                    "");
            findings.failed("ping", unanswered());
        }

        private void forwarded() throws IOException, InterruptedException {
            findings.step("flows are set");
            findings.succeeded("set-flows", tables.run("set-flows", "unft0", "forward.json"));
            findings.succeeded("ping", ping(1));
            findings.succeeded("ping, IPv6", left.run("ping", "-6", "-c", "1", "-W", "2", "fd00::2"));
            findings.equal("a page", "hello", page("10.0.0.2").lastLine());

            findings.step("what flows count is what was sent");
            findings.succeeded("set-flows", tables.run("set-flows", "unft0", "count.json"));
            findings.succeeded("ping", ping(PINGS));
            String counted = tables.run("get-flows", "unft0", "1").out();
            findings.equal("echo requests", PINGS, Tables.counted(counted, "packets"));
            findings.equal("their octets", PINGS * PING_OCTETS, Tables.counted(counted, "bytes"));
        }

        private void blocked() throws IOException, InterruptedException {
            findings.step("a flow that drops");
            findings.succeeded("set-flows", tables.run("set-flows", "unft0", "block.json"));
            findings.failed("a page", page("10.0.0.2"));
            findings.succeeded("ping", ping(1));
            findings.succeeded("del-flows", tables.run("del-flows", "unft0", "block.json"));
            findings.equal("a page", "hello", page("10.0.0.2").lastLine());
        }

        private void translated() throws IOException, InterruptedException {
            findings.step("flows that translate: nobody has 10.0.0.99 and port 9999");
            left.ip("neigh", "add", "10.0.0.99", "lladdr", right.mac("eth0"), "dev", "eth0");
            findings.succeeded("set-flows", tables.run("set-flows", "--errors", "atomic", "unft0", "translate.json"));
            Result page = left.curl("http://10.0.0.99:9999/hello.txt");
            findings.equal("a page from there", "hello", page.lastLine());
        }

        /** Returns the backend that takes its place. */
        private Running killed(Running backend) throws IOException, InterruptedException {
            findings.step("the backend is killed");
            int before = Tables.flows(tables.run("get-flows", "unft0").out());
            backend.signal("KILL");
            backend.await();
            tables.awaitGone();
            findings.failed("ping", unanswered());
            findings.failed("get-flows", tables.run("get-flows", "unft0"));

            findings.step("another backend listens: the driver gives it the flows again");
            Running next = tables.startBackend();
            tables.awaitReady();
            int after = Tables.flows(tables.run("get-flows", "unft0").out());
            findings.equal("flows", before, after);
            findings.succeeded("ping", ping(3));
            findings.equal(
                    "a page, translated",
                    "hello",
                    left.curl("http://10.0.0.99:9999/hello.txt").lastLine());
            return next;
        }

        private Result ping(int count) throws IOException, InterruptedException {
            return left.run("ping", "-c", Integer.toString(count), "-i", "0.05", "-s", "100", "-W", "2", "10.0.0.2");
        }

        /** A ping that nothing carries, after which the sender does not go on to think that nobody is there. */
        private Result unanswered() throws IOException, InterruptedException {
            Result ping = ping(1);
            for (String state : List.of("incomplete", "failed")) {
                left.ip("neigh", "flush", "dev", "eth0", "nud", state);
            }
            return ping;
        }

        private Result page(String address) throws IOException, InterruptedException {
            return left.curl("http://" + address + ":8080/hello.txt");
        }
    }
}
