package dev.weir.labs.flowtracker;

import static dev.weir.labs.flowtracker.Commands.TABLE;
import static dev.weir.labs.flowtracker.Commands.key;

import dev.weir.labs.Findings;
import dev.weir.labs.Host;
import dev.weir.labs.Lab;
import dev.weir.labs.Result;
import dev.weir.labs.Running;
import dev.weir.labs.Testbed;
import java.io.IOException;
import java.util.List;
import java.util.OptionalLong;

/** The flow tracker in P4, loaded into a running data plane: its entries come, live and go as its original's page says. */
public final class FlowTrackerLab implements Lab {
    private static final long MILLI = 1_000_000L;
    private static final int IDLE_MILLIS = 30_000, EXACT_MILLIS = 1000;
    private static final int LOOKS = 50, LOOK_MILLIS = 100;
    private static final String PORTS = "dst_port id:6 size:16b type:be16 exact fieldval ";

    private static final String READ_JSON = """
            import json, sys
            header, body = json.load(sys.stdin)
            for entry in body['entries']:
                print(header['pname'], entry['tblname'], entry['key'][0]['fieldval'], entry['key'][5]['fieldval'],
                      entry['create_whodunnit'], entry['dynamic'])
            """;

    @Override
    public String name() {
        return "flow-tracker";
    }

    @Override
    public String summary() {
        return "a program in P4 is loaded, tracks flows, is asked and replaced";
    }

    @Override
    public List<String> programs() {
        return List.of("nc:netcat-openbsd", "ping:iputils-ping", "python3:python3", "timeout:coreutils");
    }

    @Override
    public void run(Testbed bed, Findings findings) throws IOException, InterruptedException {
        Testbed.Line line = bed.line("left", "right");
        Running run = bed.weir(line.weir(), "weir.yaml");
        Commands weir = new Commands(line.weir());
        String program =
                Testbed.ofProject("examples/p4/flow-tracker/flow-tracker.p4").toString();

        findings.step("the program is loaded into the running data plane");
        findings.equal(
                "load",
                "loaded flow_tracker(id 1): node flow_tracker",
                weir.p4("load", program).lastLine());
        findings.succeeded("and listed", weir.p4("list"));
        Running monitor = weir.start("mon");
        Running stamped = weir.start("mon", "-j");
        while (Event.all(monitor.said()).isEmpty()
                || stamped.said().isEmpty()) { // it tells what happens from when it has connected
            weir.p4("create", TABLE, key(7), "action seen");
            weir.p4("delete", TABLE, key(7));
        }

        String port = connects(line, monitor, bed, findings);
        long typed = System.currentTimeMillis();
        dumps(weir, line.weir(), bed, findings);
        profiles(weir, monitor, findings);
        people(weir, monitor, findings);
        secondProgram(weir, program, line.left(), findings);
        expires(monitor, stamped, port, typed, findings);

        findings.step("the end");
        findings.succeeded("unloaded", weir.p4("unload", "flow_tracker"));
        findings.succeeded("packets pass", line.left().run("ping", "-c", "3", "-i", "0.05", "10.0.0.2"));
        monitor.signal("INT");
        findings.equal(
                "the monitor ends when it is interrupted", 130, monitor.await().status());
        findings.succeeded("weir run drained", run.stop());
    }

    /** @return the port that the connection comes from */
    private static String connects(Testbed.Line line, Running monitor, Testbed bed, Findings findings)
            throws IOException, InterruptedException {
        findings.step("nc connects, somebody types");
        Host left = line.left();
        Running server = line.right().startListening("nc", "-l", "10.0.0.2", "1234");
        left.run("ping", "-c", "1", "10.0.0.2");
        long begun = System.nanoTime();
        Running nc = left.startListening("nc", "10.0.0.2", "1234");
        Event created = Event.await(monitor::said, "created", PORTS + "1234/0xffff", 20);
        long millis = (System.nanoTime() - begun) / MILLI;
        findings.check(
                "the entry is told of within a second", millis < EXACT_MILLIS, millis + " ms after nc was started");
        String port = created.value("src_port");
        findings.equal(
                "in the original's form",
                Event.lines(bed.resource("created.txt").replace("PORT", port)),
                created.lines());
        Thread.sleep(2000);
        nc.tell("keep this flow alive");
        server.awaitWords("keep this flow alive");
        return port;
    }

    private static void dumps(Commands weir, Host host, Testbed bed, Findings findings)
            throws IOException, InterruptedException {
        findings.step("the table is dumped");
        Result text = weir.p4("get", TABLE);
        findings.check(
                "as text, a flow a direction",
                text.out().contains("fieldval  left") && text.out().contains("fieldval  right"),
                text.out()
                        .lines()
                        .filter(each -> each.contains("used"))
                        .findFirst()
                        .orElse(""));
        Result json = weir.p4("get", "-j", TABLE);
        bed.write("table.json", json.out());
        Result read = host.run("sh", "-c", "python3 -c \"$0\" <table.json", READ_JSON);
        findings.check(
                "as JSON", read.out().contains("flow_tracker Track/flows left 1234/0xffff kernel true"), read.out());
    }

    private static void profiles(Commands weir, Running monitor, Findings findings)
            throws IOException, InterruptedException {
        findings.step("profiles 1 to 3 get 2, 4 and 6 s, and entries live as long");
        String set = " timer_profile id 1 aging 2000 timer_profile id 2 aging 4000 timer_profile id 3 aging 6000";
        findings.succeeded("profiles are set", weir.p4("update", TABLE, "tbl_attrs" + set));
        for (int profile = 1; profile <= 3; profile++) {
            findings.succeeded(
                    "entry of profile " + profile,
                    weir.p4("create", TABLE, key(profile), "dynamic profile_id " + profile, "action seen"));
        }
        for (int profile = 1; profile <= 3; profile++) {
            Event deleted = Event.await(monitor::said, "deleted", PORTS + profile + "/0xffff", 10);
            int seconds = 2 * profile;
            findings.check(
                    "deleted by the timer, " + seconds + " s old",
                    deleted.says("deleted by: timer (id 3)")
                            && deleted.says("created " + seconds + " sec used " + seconds + " sec"),
                    deleted.lines().getLast());
        }
    }

    private static void people(Commands weir, Running monitor, Findings findings)
            throws IOException, InterruptedException {
        findings.step("people add and delete entries, as far as they may");
        findings.succeeded("an entry that stays", weir.p4("create", TABLE, key(80), "action seen"));
        Event created = Event.await(monitor::said, "created", PORTS + "80/0xffff", 5);
        findings.check(
                "by whom",
                created.says("created by: tc (id 2)") && created.says("created by process: weir-ctl"),
                String.join(
                        ", ",
                        created.lines()
                                .subList(
                                        created.lines().size() - 4,
                                        created.lines().size())));
        findings.succeeded("it is deleted", weir.p4("delete", TABLE, key(80)));
        Event deleted = Event.await(monitor::said, "deleted", PORTS + "80/0xffff", 5);
        findings.check("by whom", deleted.says("deleted by: tc (id 2)"), "tc (id 2)");
        findings.succeeded(
                "an entry to be read only", weir.p4("create", TABLE, key(81), "permissions 0x1024 action seen"));
        findings.failed("nobody deletes it", weir.p4("delete", TABLE, key(81)));
        findings.failed(
                "permissions of the table stay while there are entries",
                weir.p4("update", TABLE, "tbl_attrs tbl_permissions 0x3da4"));
        findings.failed("an entry of another program's table", weir.p4("create", "nothing/table/Track/flows", key(1)));
    }

    /** A program beside the first one comes, changes and goes while packets flow. */
    private static void secondProgram(Commands weir, String program, Host left, Findings findings)
            throws IOException, InterruptedException {
        findings.step("a second program is loaded, replaced and unloaded while a ping goes through");
        Running ping = left.start("ping", "-i", "0.02", "-c", "500", "10.0.0.2");
        findings.succeeded("load", weir.p4("load", "--name", "second", "--port", "left", program));
        String table = TABLE.replace("flow_tracker", "second");
        findings.succeeded("packets may not add", weir.p4("update", table, "tbl_attrs tbl_permissions 0x3da4"));
        left.run("timeout", "1", "nc", "-z", "-w", "1", "10.0.0.2", "4321");
        Result empty = weir.p4("get", table);
        findings.check("so nothing is added", !empty.out().contains("entry key"), empty.lastLine());
        findings.succeeded("replace", weir.p4("load", "--name", "second", "-D", "FLOWS=100", program));
        findings.succeeded("unload", weir.p4("unload", "second"));
        findings.equal(
                "the tracker itself is replaced",
                "replaced flow_tracker(id 1): node flow_tracker",
                weir.p4("load", program).lastLine());
        Result kept = weir.p4("get", TABLE, "filter key.dst_port = 1234");
        findings.check("and keeps its entries", kept.out().contains("fieldval  1234/0xffff"), kept.lastLine());
        Result pinged = ping.await();
        findings.check(
                "no ping was lost",
                pinged.out().contains(" 0% packet loss"),
                pinged.out()
                        .lines()
                        .filter(each -> each.contains("loss"))
                        .findFirst()
                        .orElse(pinged.out()));
    }

    private static void expires(Running monitor, Running stamped, String port, long typed, Findings findings)
            throws IOException, InterruptedException {
        findings.step("nothing is typed for 30 s");
        Event deleted = Event.await(
                monitor::said, "deleted", "src_port id:5 size:16b type:be16 exact fieldval " + port + "/0xffff", 40);
        long millis = deletedAt(stamped, port) - typed;
        findings.check(
                "the timer deletes the entry 30 s after the last packet",
                Math.abs(millis - IDLE_MILLIS) < EXACT_MILLIS,
                millis + " ms");
        findings.check(
                "and says so in the original's form",
                deleted.says("created by: kernel (id 1)")
                        && deleted.says("deleted by: timer (id 3)")
                        && deleted.says("dynamic true")
                        && deleted.says("table aging 30000")
                        && deleted.lines().stream().anyMatch(line -> line.contains(" used 30 sec"))
                        && deleted.says("tmpl created false"),
                String.join(", ", deleted.lines().subList(11, deleted.lines().size())));
    }

    /** When the entry of that source port was deleted, in milliseconds since 1970; the two monitors tell of it one after the other. */
    private static long deletedAt(Running stamped, String port) throws IOException, InterruptedException {
        for (int look = 0; look < LOOKS; look++) {
            OptionalLong nanos = stamped.said()
                    .lines()
                    .filter(event -> event.contains("\"deleted\":true"))
                    .filter(event -> event.matches(".*\"src_port\"[^}]*\"fieldval\":\"" + port + "/0xffff\".*"))
                    .mapToLong(event -> Long.parseLong(event.replaceAll(".*\"at_ns\":([0-9]+).*", "$1")))
                    .findFirst();
            if (nanos.isPresent()) return nanos.getAsLong() / MILLI;
            Thread.sleep(LOOK_MILLIS);
        }
        throw new IOException("no event in JSON says that it was deleted: " + stamped.said());
    }
}
