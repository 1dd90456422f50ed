package dev.weir.labs.faults;

import dev.weir.labs.Findings;
import dev.weir.labs.Host;
import dev.weir.labs.Lab;
import dev.weir.labs.Result;
import dev.weir.labs.Running;
import dev.weir.labs.Testbed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What goes wrong around a box in the path, in one running Weir: drops are counted by reason, and traffic flows again. */
public final class FaultsLab implements Lab {
    private static final int RELOADS = 10, ATTEMPTS = 5;
    /** Capabilities by their bits. */
    private static final String NO_RIGHTS = "0000000000000000",
            NET_RAW = "0000000000002000",
            SYS_NICE = "0000000000800000";
    /** SCHED_RR of sched(7). */
    private static final String REAL_TIME = "2";

    private static final long PATIENCE_NANOS = 5_000_000_000L;

    @Override
    public String name() {
        return "faults";
    }

    @Override
    public String summary() {
        return "pulled cable, killed peer, full ring, small MTU, jumbo frames, reload under load, a processor to itself";
    }

    @Override
    public List<String> programs() {
        return List.of("ping:iputils-ping", "iperf3:iperf3", "tc:iproute2");
    }

    @Override
    public void run(Testbed bed, Findings findings) throws IOException, InterruptedException {
        Host left = bed.host("left"), weir = bed.host("weir"), right = bed.host("right");
        bed.cable(left, "eth0", weir, "left0");
        left.address("eth0", "10.0.0.1/24").address("eth0", "fd00::1/64");
        connect(bed, left, weir, right);
        Running run = bed.weir(weir, "weir.yaml");
        var scene = new Scene(bed, findings, run, left, weir);
        scene.flows("before");
        findings.equal("rights of the worker", NO_RIGHTS, rights(run, "weir-worker-0"));
        findings.equal("rights of the thread that passes records on", NO_RIGHTS, rights(run, "weir-records"));
        findings.equal("rights of the thread that opens ports again", NET_RAW, rights(run, "weir-ports"));
        findings.equal("rights of the thread that schedules workers", SYS_NICE, rights(run, "weir-real-time"));
        findings.equal("scheduling class of the worker", REAL_TIME, awaitRealTime(run, "weir-worker-0"));

        pulledCable(scene, right);
        right = killedPeer(scene, right);
        fullRing(scene);
        smallMtu(scene);
        jumboFrames(scene, right);
        reload(scene);

        findings.check("weir never stopped", run.isAlive(), "");
        findings.check("nothing failed inside", !run.said().contains("internal error"), "");
        findings.succeeded("weir run drained", run.stop());
        isolated(bed, findings, weir);
    }

    /** A Weir that keeps all others off its worker's processor: this process is one of those. */
    private static void isolated(Testbed bed, Findings findings, Host weir) throws IOException, InterruptedException {
        findings.step("another Weir has a processor to itself");
        String before = processors(Path.of("/proc/self"));
        findings.check("all may run on two processors at least", before.matches("0-\\d+"), before);
        Running run = bed.weir(weir, "isolated.yaml");
        run.awaitWords("kept off processors [1]");
        findings.equal("processors of the worker", "1", processors(task(run, "weir-worker-0")));
        findings.equal("another thread may run there", false, mayRunOnOne(task(run, "weir-records")));
        findings.equal("this process may run there", false, mayRunOnOne(Path.of("/proc/self")));
        findings.succeeded("weir run drained", run.stop());
        findings.equal("processors of this process at the end", before, processors(Path.of("/proc/self")));
    }

    private static boolean mayRunOnOne(Path task) throws IOException {
        return processors(task).matches("1|0-[1-9].*|1[,-].*|0,1.*");
    }

    private static String processors(Path task) throws IOException {
        return field(task, "Cpus_allowed_list:");
    }

    /** What a thread may do, as proc(5) has it. */
    private static String rights(Running run, String thread) throws IOException {
        return field(task(run, thread), "CapPrm:");
    }

    /** A line of status in proc(5), behind its name. */
    private static String field(Path task, String name) throws IOException {
        return Files.readAllLines(task.resolve("status")).stream()
                .filter(line -> line.startsWith(name))
                .map(line -> line.substring(line.indexOf('\t') + 1))
                .findFirst()
                .orElse("");
    }

    /** The class of a worker, once it is the real-time one, or after some seconds: one that is busy is not in it all the time. */
    private static String awaitRealTime(Running run, String thread) throws IOException, InterruptedException {
        long end = System.nanoTime() + PATIENCE_NANOS;
        String policy = policy(run, thread);
        while (!policy.equals(REAL_TIME) && System.nanoTime() < end) {
            Thread.sleep(10);
            policy = policy(run, thread);
        }
        return policy;
    }

    /** The 41st field of stat in proc(5); those before the third hold the name, in parentheses. */
    private static String policy(Running run, String thread) throws IOException {
        String stat = Files.readString(task(run, thread).resolve("stat"));
        return List.of(stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1)).get(38);
    }

    private static Path task(Running run, String thread) throws IOException {
        try (Stream<Path> all = Files.list(Path.of("/proc/" + run.pid() + "/task"))) {
            for (Path task : all.toList()) {
                if (Files.readString(task.resolve("comm")).strip().equals(thread)) return task;
            }
        }
        throw new IOException("no thread of that name: name=" + thread);
    }

    /** The far host, its cable to Weir, and its Ethernet address told to the near one, so that nobody has to ask for it. */
    private static void connect(Testbed bed, Host left, Host weir, Host right)
            throws IOException, InterruptedException {
        bed.cable(right, "eth0", weir, "right0");
        right.address("eth0", "10.0.0.2/24").address("eth0", "fd00::2/64");
        for (String address : List.of("10.0.0.2", "fd00::2")) {
            left.ip("neigh", "replace", address, "lladdr", right.mac("eth0"), "dev", "eth0");
        }
    }

    private static void pulledCable(Scene scene, Host right) throws IOException, InterruptedException {
        scene.findings.step("the cable is pulled at the far end");
        int said = scene.said();
        right.ip("link", "set", "eth0", "down");
        scene.run.awaitWords("right0: is down or without carrier", said);
        scene.findings.failed("no ping meanwhile", scene.ping("-c", "20", "-i", "0.01"));
        scene.dropped("port-down", 20);
        said = scene.said();
        right.ip("link", "set", "eth0", "up");
        right.address("eth0", "fd00::2/64"); // the kernel takes it away with the carrier
        scene.run.awaitWords("right0: is up", said);
        scene.flows("again");
    }

    private static Host killedPeer(Scene scene, Host right) throws IOException, InterruptedException {
        scene.findings.step("the far host is killed, its interface with it, and another one comes");
        int said = scene.said();
        scene.bed.kill(right);
        scene.run.awaitWords("right0: is gone", said);
        scene.findings.failed("no ping meanwhile", scene.ping("-c", "20", "-i", "0.01"));
        scene.dropped("port-down", 40);
        said = scene.said();
        Host another = scene.bed.host("right");
        connect(scene.bed, scene.left, scene.weir, another);
        scene.run.awaitWords("right0: is up", said);
        scene.flows("to the new host");
        return another;
    }

    private static void fullRing(Scene scene) throws IOException, InterruptedException {
        scene.findings.step("frames leave at 1 Mbit/s and come at ten times that: the transmit ring fills");
        scene.tc("qdisc", "add", "dev", "right0", "root", "tbf", "rate", "1mbit", "burst", "3000", "limit", "1000000");
        scene.ping("-c", "500", "-i", "0.001", "-s", "1400");
        scene.dropped("tx-ring-full", 50);
        scene.tc("qdisc", "del", "dev", "right0", "root");
        scene.flows("again");
    }

    private static void smallMtu(Scene scene) throws IOException, InterruptedException {
        scene.findings.step("the way out takes 1000 octets, the way in 1500");
        scene.weir.ip("link", "set", "right0", "mtu", "1000");
        Thread.sleep(500);
        scene.findings.failed("no long ping", scene.ping("-c", "20", "-i", "0.01", "-s", "1200"));
        scene.dropped("too-long", 20);
        scene.flows("as long as frames are short");
        scene.weir.ip("link", "set", "right0", "mtu", "1500");
        Thread.sleep(500);
        scene.findings.succeeded("a long ping again", scene.ping("-c", "3", "-i", "0.05", "-s", "1200"));
    }

    private static void jumboFrames(Scene scene, Host right) throws IOException, InterruptedException {
        scene.findings.step("frames of 9000 octets, through rings that were made for 1500");
        for (String device : List.of("left0", "right0")) {
            scene.weir.ip("link", "set", device, "mtu", "9000");
        }
        scene.left.ip("link", "set", "eth0", "mtu", "9000");
        right.ip("link", "set", "eth0", "mtu", "9000");
        Thread.sleep(500);
        for (String address : List.of("10.0.0.2", "fd00::2")) {
            scene.findings.succeeded(
                    "jumbo pings to " + address,
                    scene.left.run("ping", "-c", "20", "-i", "0.01", "-W", "2", "-M", "do", "-s", "8900", address));
        }
        right.start("iperf3", "-s", "--forceflush").awaitWords("listening");
        scene.findings.succeeded("jumbo TCP", scene.left.run("iperf3", "-c", "10.0.0.2", "-t", "1"));
    }

    private static void reload(Scene scene) throws IOException, InterruptedException {
        scene.findings.step("the configuration changes " + RELOADS + " times under load");
        Running load = scene.left.start("iperf3", "-c", "fd00::2", "-t", "5", "-b", "200M");
        Running pings = scene.left.start("ping", "-c", "400", "-i", "0.01", "-W", "2", "10.0.0.2");
        pings.awaitWords("icmp_seq=1 ");
        String one = scene.bed.resource("weir.yaml"), other = scene.bed.resource("more.yaml");
        for (int reload = 1; reload <= RELOADS; reload++) {
            int said = scene.said();
            scene.bed.write("weir.yaml", reload % 2 == 0 ? one : other);
            scene.run.signal("HUP");
            scene.run.awaitWords("reloaded: 1 change", said);
        }
        Result answered = pings.await();
        scene.findings.check("no echo was lost", answered.out().contains(" 0% packet loss"), answered.lastLine());
        scene.findings.succeeded("the transfer went through", load.await());
        scene.flows("as before");
    }

    /** The lab as it goes on. */
    private record Scene(Testbed bed, Findings findings, Running run, Host left, Host weir) {
        int said() throws IOException {
            return run.said().length();
        }

        Result ping(String... options) throws IOException, InterruptedException {
            var command = new ArrayList<>(List.of("ping", "-W", "1"));
            command.addAll(List.of(options));
            command.add("10.0.0.2");
            return left.run(command.toArray(new String[0]));
        }

        void tc(String... words) throws IOException, InterruptedException {
            var command = new ArrayList<>(List.of("tc"));
            command.addAll(List.of(words));
            Result result = weir.run(command.toArray(new String[0]));
            if (result.status() != 0) throw new IOException(result.toString());
        }

        /** That both families get through; each may take a moment. */
        void flows(String when) throws IOException, InterruptedException {
            for (String address : List.of("10.0.0.2", "fd00::2")) {
                Result result = null;
                for (int attempt = 0; attempt < ATTEMPTS && (result == null || result.status() != 0); attempt++) {
                    result = left.run("ping", "-c", "3", "-i", "0.05", "-W", "2", address);
                }
                findings.check("ping " + address + " " + when, result != null && result.status() == 0, "");
            }
        }

        /** That so many or more frames to the far host were dropped for a reason, by the port and the output alike. */
        void dropped(String reason, long atLeast) throws IOException, InterruptedException {
            int from = said();
            run.signal("USR1");
            run.awaitWords("flow table:", from);
            String counters = run.said().substring(from);
            long port = number(counters, "port right: .* " + reason),
                    output = number(counters, "node output: .* drop:" + reason);
            findings.check("dropped as " + reason + " by the port", port >= atLeast, port);
            findings.equal("and counted alike by the output", port, output);
        }

        private static long number(String text, String what) {
            Matcher matcher = Pattern.compile(what + "=(\\d+)").matcher(text);
            return matcher.find() ? Long.parseLong(matcher.group(1)) : 0;
        }
    }
}
