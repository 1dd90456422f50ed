package dev.weir.labs.mirror;

import dev.weir.labs.Findings;
import dev.weir.labs.Host;
import dev.weir.labs.Lab;
import dev.weir.labs.Running;
import dev.weir.labs.Testbed;
import java.io.IOException;
import java.util.List;

/**
 * An application behind a mirror: it sees the first packets of a flow, marks the flow offloaded, gets no more copies, and
 * is still told what the flow carried when it ended.
 */
public final class MirrorLab implements Lab {
    private static final int DATAGRAMS = 30, LOOKED_AT = 3, CTX_ID = 7;

    @Override
    public String name() {
        return "mirror";
    }

    @Override
    public String summary() {
        return "an application sees the first packets of a flow, and how it ended";
    }

    @Override
    public List<String> programs() {
        return List.of("python3:python3");
    }

    @Override
    public void run(Testbed bed, Findings findings) throws IOException, InterruptedException {
        Testbed.Line line = bed.line("left", "right");
        Host left = line.left(), weir = line.weir(), right = line.right(), watcher = bed.host("watcher");
        bed.cable(watcher, "eth0", weir, "mirror0");
        for (String program : List.of("watch.py", "send.py", "receive.py", "weir.yaml")) {
            bed.write(program, bed.resource(program));
        }
        Running application = watcher.start("python3", "-u", "watch.py").awaitWords("watching");
        List<String> embedded = Testbed.java("dev.weir.labs.mirror.EmbeddedWeir", "weir.yaml");
        Running run = weir.startListening(embedded.toArray(new String[0])).awaitWords("running");
        Running receiver = right.start("python3", "-u", "receive.py").awaitWords("ready");

        findings.step(DATAGRAMS + " datagrams; the application has seen enough after " + LOOKED_AT);
        Running sender = left.start("python3", "-u", "send.py", "" + DATAGRAMS);
        application.awaitWords("copy " + LOOKED_AT);
        run.tell("10.0.0.1 4000 10.0.0.2 9 17 " + CTX_ID);
        run.awaitWords("offloaded");
        findings.succeeded("the sender ended", sender.await());
        receiver.awaitWords("got " + DATAGRAMS);
        findings.check("all datagrams arrived", true, DATAGRAMS);
        long copies = lines(application, "copy");
        findings.check(
                "copies stopped when the flow was marked",
                copies >= LOOKED_AT && copies < DATAGRAMS / 2,
                copies + " copies of " + DATAGRAMS);

        findings.step("the flow ends after a second of idleness");
        application.awaitWords("ended ctx_id=" + CTX_ID);
        findings.equal(
                "the application is told all of it",
                1L,
                lines(application, "ended ctx_id=7 client=" + DATAGRAMS + " server=0 idle offloaded"));
        findings.check("the data plane never stopped", run.isAlive(), "");
    }

    private static long lines(Running program, String prefix) throws IOException {
        return program.said().lines().filter(line -> line.startsWith(prefix)).count();
    }
}
