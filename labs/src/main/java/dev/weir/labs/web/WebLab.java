package dev.weir.labs.web;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.weir.labs.Findings;
import dev.weir.labs.Host;
import dev.weir.labs.Lab;
import dev.weir.labs.Result;
import dev.weir.labs.Running;
import dev.weir.labs.Testbed;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;

/** The web page in a real browser: its figures are the API's, it does what roles allow, and it stays quick with a million flows. */
public final class WebLab implements Lab {
    private static final String PAGE = "http://127.0.0.1:8080/", TOKEN = "lab-token-of-the-operator";
    /** Columns of a record. */
    private static final int FORWARD_PACKETS = 11, REVERSE_PACKETS = 14;

    private static final int FLOWS_A_SECOND = 27_000, FLOOD_SECONDS = 300;
    /** Each flow begins and ends, so that there are 54 thousand events a second; a machine that does much else has fewer. With less than this there was no flood. */
    private static final int FEWEST_EVENTS_A_SECOND = 5_000;

    @Override
    public String name() {
        return "web";
    }

    @Override
    public String summary() {
        return "the web page in a headless Chromium: figures, actions, light, dark and narrow, a million flows";
    }

    @Override
    public List<String> programs() {
        return List.of(
                "chromium:chromium",
                "curl:curl",
                "iperf3:iperf3",
                "ping:iputils-ping",
                "python3:python3",
                "nc:netcat-openbsd");
    }

    @Override
    public void run(Testbed bed, Findings findings) throws IOException, InterruptedException {
        Testbed.Line line = bed.line("left", "right");
        Host weir = line.weir();
        for (Host host : List.of(line.left(), line.right())) {
            host.offload("eth0", "off", "tx", "tso", "gso", "gro");
        }
        bed.write("tokens", "operator operate " + sha256(TOKEN) + "\n");
        Running run = bed.weir(weir, "weir.yaml");
        List<Running> traffic = traffic(line);
        try (Chromium browser = Chromium.start(weir, bed.folder())) {
            var page = new WebPageChecks(bed, findings, weir, browser);
            browser.look(Chromium.Look.LIGHT);
            browser.open(PAGE);
            page.opens();
            page.offload();
            Result loaded = weir.run(Testbed.command(
                            "p4",
                            "load",
                            Testbed.ofProject("examples/p4/elephants/elephants.p4")
                                    .toString(),
                            "--server",
                            "unix:weir.sock")
                    .toArray(new String[0]));
            findings.succeeded("a program is loaded while the page is open", loaded);
            page.programs();
            page.graph();
            page.pictures();
            for (Running each : traffic) each.stop();
            page.figuresAreTheApis();
            page.filter();
            page.mayOnlyLook();
            page.actions(TOKEN);
            page.events(line.left());
            page.keyboard();
            page.othersAreRefused();
            findings.step("the daemon ends, and comes again");
            run.stop();
            findings.check("the page says so", browser.waitFor(text(".lamp") + "==='not reached'", 20), "");
            findings.check("and what to do", browser.waitFor(text("main") + ".includes('start it again')", 5), "");
            browser.takeErrors(); // of requests that nobody answered
            Running again = bed.weir(weir, "weir.yaml");
            findings.check("it goes on by itself", browser.waitFor(text(".lamp") + "==='running'", 20), "");
            again.stop();
            tracks(bed, findings, line);
            wide(bed, findings, line, page, browser);
        }
    }

    /** {@code weir track --web} of an interface, where both directions are heard, and of a capture. */
    private static void tracks(Testbed bed, Findings findings, Testbed.Line line)
            throws IOException, InterruptedException {
        findings.step("weir track --web: an interface, as one of its machine's users sees it");
        Running wire = bed.weir(line.weir(), "wire.yaml");
        Host right = line.right();
        Running live = right.start(Testbed.command("track", "eth0", "--web").toArray(new String[0]))
                .awaitWords("open " + PAGE);
        findings.succeeded("ping", right.run("ping", "-c", "10", "-i", "0.05", "10.0.0.1"));
        String echo = "v1/flows?filter=proto%3D%3Dicmp";
        String flows = right.curl(PAGE + echo).out();
        findings.check("what came and what went is seen", directions(flows).equals("10 10"), directions(flows));
        findings.check("its page is there", right.curl(PAGE).out().contains("/web/page.js"), "");
        findings.succeeded("and ends when it is asked to", live.stop());
        wire.stop();

        findings.step("weir track --web: a capture");
        String file = Testbed.ofProject("samples/web.pcap").toString();
        Running capture = right.start(Testbed.command("track", "--web", "--web-port", "8081", file)
                        .toArray(new String[0]))
                .awaitWords("open http://127.0.0.1:8081/");
        Result records = right.run(Testbed.command("track", "--format", "csv", "--idle-timeout", "never", file)
                .toArray(new String[0]));
        long packets = records.out().lines().skip(1).mapToLong(WebLab::packets).sum();
        String counters = right.curl("http://127.0.0.1:8081/v1/counters").out();
        for (int i = 0; i < 40 && !counters.contains("\"THRU\":\"" + packets + "\""); i++) {
            Thread.sleep(250);
            counters = right.curl("http://127.0.0.1:8081/v1/counters").out();
        }
        findings.equal(
                "all packets of its flows have gone through",
                Long.toString(packets),
                object(parse(counters), "flowTable").get("THRU").getAsString());
        findings.check(
                "some of its flows are still there to be looked at",
                parse(counters).has("flows"),
                counters);
        findings.succeeded("it ends when it is asked to", capture.stop());
        Result other = right.run(
                Testbed.command("track", "--web", "--where", "true", file).toArray(new String[0]));
        findings.check("what does not go with it is refused", other.status() == 2, other.lastLine());
    }

    /** Of the only flow: packets there and back. */
    private static String directions(String flows) {
        JsonObject flow = parse(flows).getAsJsonArray("flows").get(0).getAsJsonObject();
        return object(flow, "forward").get("packets").getAsString() + " "
                + object(flow, "reverse").get("packets").getAsString();
    }

    /** Of a record in CSV, of both directions. */
    private static long packets(String line) {
        String[] columns = line.split(",", -1);
        return Long.parseLong(columns[FORWARD_PACKETS]) + Long.parseLong(columns[REVERSE_PACKETS]);
    }

    /** A million flows, 50 thousand events a second: the page answers, and packets go on. */
    private static void wide(Testbed bed, Findings findings, Testbed.Line line, WebPageChecks page, Chromium browser)
            throws IOException, InterruptedException {
        findings.step("a million flows, of which 27 thousand begin and as many end in a second");
        Running run = bed.weir(line.weir(), "wide.yaml");
        browser.evaluate("location.hash='overview'");
        browser.open(PAGE);
        Running flood = line.left()
                .start(Testbed.java(
                                "dev.weir.labs.web.Flood",
                                "eth0",
                                Integer.toString(FLOWS_A_SECOND),
                                Integer.toString(FLOOD_SECONDS))
                        .toArray(new String[0]));
        flood.awaitWords("flooding");
        boolean million = browser.waitFor("Number(document.querySelector('#flow-count')?.dataset.value)>=1000000", 70);
        findings.check("the page shows a million flows", million, browser.evaluate(text("#flow-count")));
        for (int i = 0; i < 40 && page.ended() == 0; i++) Thread.sleep(500); // the first ones live for as long as all
        long events = page.events(), begun = System.nanoTime();
        page.quick();
        double seconds = (System.nanoTime() - begun) / 1e9;
        long rate = Math.round((page.events() - events) / seconds);
        findings.check(
                "flows begin and end all the while, 54000 times a second where the machine has the time",
                rate >= FEWEST_EVENTS_A_SECOND,
                String.format(Locale.ROOT, "%d a second for %.0f s", rate, seconds));
        findings.check("the flood went on meanwhile", flood.isAlive(), page.said("/v1/history", "samples"));
        flood.stop();
        findings.succeeded("weir run drained", run.stop());
    }

    private static List<Running> traffic(Testbed.Line line) throws IOException, InterruptedException {
        Host left = line.left(), right = line.right();
        List<Running> all = new ArrayList<>();
        right.serve(80);
        right.start("iperf3", "-s", "--forceflush").awaitWords("listening");
        all.add(left.start("iperf3", "-c", "10.0.0.2", "-b", "20M", "-t", "300"));
        all.add(left.start("ping", "-i", "0.1", "10.0.0.2"));
        all.add(left.start("ping", "-i", "0.2", "fd00::2"));
        all.add(
                left.start(
                        "bash",
                        "-c",
                        "while :; do curl -s -o /dev/null http://10.0.0.2/; echo play | nc -u -w 0 10.0.0.2 27015; sleep 0.1; done"));
        all.add(right.start("bash", "-c", "while :; do curl -s -o /dev/null http://10.0.0.1:81/; sleep 0.3; done"));
        return all;
    }

    static String text(String selector) {
        return "(document.querySelector('" + selector + "')?.textContent ?? '')";
    }

    private static String sha256(String text) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    static JsonObject object(JsonElement of, String name) {
        return of.getAsJsonObject().getAsJsonObject(name);
    }

    static JsonObject parse(String json) {
        return JsonParser.parseString(json).getAsJsonObject();
    }
}
