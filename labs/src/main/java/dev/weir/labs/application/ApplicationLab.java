package dev.weir.labs.application;

import dev.weir.labs.Findings;
import dev.weir.labs.Flows;
import dev.weir.labs.Host;
import dev.weir.labs.Lab;
import dev.weir.labs.Result;
import dev.weir.labs.Running;
import dev.weir.labs.Testbed;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * Outside programs and the daemon's API: an application that names flows by their first packets, marks them offloaded and is
 * told how they ended; another in another language beside it; clients that learn the API from the daemon alone.
 */
public final class ApplicationLab implements Lab {
    private static final String PYTHON = "/usr/bin/python3", LIBRARIES = "/usr/lib/python3/dist-packages/";
    private static final int DATAGRAMS = 40, ENOUGH = 10, DOWNLOAD_BYTES = 2_000_000;

    private static final String NAMELESS = "10.0.0.2:9";

    /** What the application prints of a flow's end. */
    private static final Pattern ENDED = Pattern.compile(
            "^ended (\\w+) \\[?([0-9a-f.:]+?)\\]?:(\\d+) > \\[?([0-9a-f.:]+?)\\]?:(\\d+): (.*), (\\w+),"
                    + " (\\d+) packets (\\d+) octets out, (\\d+) packets (\\d+) octets back, (\\d+) copies seen$",
            Pattern.MULTILINE);

    private static final int SOURCE = 2, SOURCE_PORT = 3, FINDING = 6, REASON = 7, OUT = 8, BACK = 10, COPIES = 12;

    @Override
    public String name() {
        return "application";
    }

    @Override
    public String summary() {
        return "programs in Python and Go watch, name and change flows by the API";
    }

    @Override
    public List<String> programs() {
        return List.of(
                PYTHON + ":python3",
                LIBRARIES + "grpc:python3-grpcio",
                LIBRARIES + "google/protobuf:python3-protobuf",
                "protoc:protobuf-compiler",
                "grpc_python_plugin:protobuf-compiler-grpc",
                "go:golang-go",
                "protoc-gen-go:protoc-gen-go",
                "protoc-gen-go-grpc:protoc-gen-go-grpc",
                "ethtool:ethtool",
                "/usr/share/gocode/src/google.golang.org/grpc:golang-google-grpc-dev",
                "/usr/share/gocode/src/google.golang.org/protobuf:golang-github-golang-protobuf-1-5-dev",
                "curl:curl",
                "openssl:openssl");
    }

    @Override
    public void run(Testbed bed, Findings findings) throws IOException, InterruptedException {
        Host left = bed.host("left"), weir = bed.host("weir"), right = bed.host("right"), watcher = bed.host("watcher");
        bed.cable(left, "eth0", weir, "left0");
        bed.cable(right, "eth0", weir, "right0");
        bed.cable(watcher, "eth0", weir, "mirror0");
        left.address("eth0", "10.0.0.1/24").address("eth0", "fd00::1/64");
        right.address("eth0", "10.0.0.2/24").address("eth0", "fd00::2/64");
        for (Host end : List.of(left, right)) {
            end.offload("eth0", "off", "tx", "tso", "gso", "gro");
        }
        bed.build(Testbed.ofProject("examples/clients/stubs"), "python", "stubs");
        bed.build(Testbed.ofProject("examples/clients/go/build"), "ageflows");
        for (String program : List.of("dns.py", "send.py", "openapi.py", "reflect.py")) {
            bed.write(program, bed.resource(program));
        }
        Running run = bed.weir(weir, "weir.yaml");
        String socket = "unix:" + bed.folder().resolve("weir.sock");
        String script =
                Testbed.ofProject("examples/clients/python/name_flows.py").toString();
        Running application = watcher.start(
                        "env",
                        "PYTHONPATH=stubs",
                        PYTHON,
                        "-u",
                        script,
                        "eth0",
                        "--api",
                        socket,
                        "--enough",
                        "" + ENOUGH)
                .awaitWords("watching");
        Running ager = watcher.start("./ageflows", "-api", socket, "-idle", "udp/53=20s")
                .awaitWords("watching");
        serve(bed, right);

        names(left, application, findings);
        String question = question(application);
        ager.awaitWords("aged 1 flows");
        learners(weir, socket, question, findings);
        ends(run, application, ager, bed, findings);
    }

    private static void serve(Testbed bed, Host right) throws IOException, InterruptedException {
        Files.write(bed.folder().resolve("download"), new byte[DOWNLOAD_BYTES]);
        Result certificate = right.run(
                "openssl req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out cert.pem -subj /CN=lab".split(" ", -1));
        if (certificate.status() != 0) {
            throw new IOException(certificate.toString());
        }
        right.start(PYTHON, "-u", "-m", "http.server", "--bind", "::", "80").awaitWords("Serving");
        right.start("openssl", "s_server", "-accept", "443", "-cert", "cert.pem", "-key", "key.pem", "-www")
                .awaitWords("ACCEPT");
        right.start(PYTHON, "-u", "dns.py", "serve").awaitWords("serving");
    }

    private static void names(Host left, Running application, Findings findings)
            throws IOException, InterruptedException {
        findings.step("conversations that say what they are about");
        findings.succeeded(
                "a download took its time",
                left.run(
                        "curl",
                        "-sS",
                        "-o",
                        "got",
                        "-w",
                        "%{size_download} octets",
                        "--limit-rate",
                        "1M",
                        "--resolve",
                        "www.example.org:80:[fd00::2]",
                        "http://www.example.org/download"));
        findings.succeeded(
                "a page by TLS",
                left.run(
                        "curl",
                        "-ksS",
                        "-o",
                        "page",
                        "-w",
                        "%{http_code}",
                        "--resolve",
                        "mail.example.org:443:10.0.0.2",
                        "https://mail.example.org/"));
        findings.succeeded("a question", left.run(PYTHON, "dns.py", "ask", "example.net"));
        for (String found : List.of("http www.example.org: tcp", "tls mail.example.org: tcp", "dns example.net: udp")) {
            application.awaitWords("found " + found);
            findings.check("the application found " + found, true, "");
        }
        findings.step(DATAGRAMS + " datagrams that say nothing; after " + ENOUGH + " the application has seen enough");
        findings.succeeded("they were sent", left.run(PYTHON, "send.py", "" + DATAGRAMS));
        application.awaitWords("found unknown: udp 10.0.0.1:4000 > " + NAMELESS);
    }

    /** The question's key as text. */
    private static String question(Running application) throws IOException {
        return application
                .said()
                .lines()
                .filter(line -> line.startsWith("found dns "))
                .map(line -> line.substring(line.indexOf("udp ")))
                .findFirst()
                .orElseThrow();
    }

    private static void learners(Host weir, String socket, String question, Findings findings)
            throws IOException, InterruptedException {
        findings.step("a client that knows the API by server reflection");
        Result reflected = weir.run(PYTHON, "reflect.py", socket);
        findings.succeeded("it ended well", reflected);
        findings.check(
                "it sees what the application in Python and the one in Go wrote",
                line(reflected, "flow ").matches("flow .* lifetime \\{'idle': '20s'} offloaded True ctx_id [1-9]\\d*"),
                line(reflected, "flow "));
        findings.equal("it sees the ports", "ports left right copies", line(reflected, "ports "));

        findings.step("a client that knows the API by its OpenAPI page");
        Result by = weir.run(PYTHON, "openapi.py", "http://127.0.0.1:9470", question);
        findings.succeeded("it ended well", by);
        findings.check(
                "it lists the flow", line(by, "listed ").contains("\"destinationPort\": 53"), line(by, "listed "));
        findings.equal("it changes only what it names", "changed lifetime", line(by, "changed "));
        findings.check(
                "a wrong key is its fault, and the field is named",
                line(by, "refused ").matches("refused 400 .*key\\.text.*"),
                line(by, "refused "));
        findings.check("it ends the flow", line(by, "deleted ").startsWith("deleted 200"), line(by, "deleted "));
        findings.check("the flow is gone", line(by, "gone ").startsWith("gone 404"), line(by, "gone "));
        findings.check("the mirror passed offloaded packets by", offloaded(line(by, "mirror ")), line(by, "mirror "));
    }

    private static boolean offloaded(String counters) {
        var count = Pattern.compile("\"OFFLOADED\": \"?(\\d+)").matcher(counters);
        return count.find() && Long.parseLong(count.group(1)) > DATAGRAMS / 2;
    }

    private static void ends(Running run, Running application, Running ager, Testbed bed, Findings findings)
            throws IOException, InterruptedException {
        findings.step("the flows end, and the applications are told what they carried");
        for (String finding :
                List.of("http www.example.org, ", "tls mail.example.org, ", "dns example.net, deleted, ")) {
            application.awaitWords(": " + finding);
        }
        application.awaitWords("> " + NAMELESS + ": unknown, idle, ");
        String said = application.said();
        MatchResult download = ended(said, "http www.example.org");
        findings.check(
                "the copies of the download stopped",
                number(download, COPIES) > 0
                        && number(download, COPIES) < (number(download, OUT) + number(download, BACK)) / 2
                        && number(download, BACK + 1) > DOWNLOAD_BYTES,
                download.group());
        MatchResult datagrams = ended(said, "unknown");
        findings.equal("all datagrams were counted", (long) DATAGRAMS, number(datagrams, OUT));
        findings.check(
                "copies stopped when the flow was marked",
                number(datagrams, COPIES) >= ENOUGH && number(datagrams, COPIES) < DATAGRAMS / 2,
                number(datagrams, COPIES) + " copies of " + DATAGRAMS);
        findings.check("the data plane never stopped", run.isAlive(), "");
        findings.succeeded("weir run drained", run.stop());
        sameAsRecords(Flows.read(bed.folder().resolve("flows.csv")), said, ager.said(), findings);
    }

    /** What was told of ends against the daemon's own records. */
    private static void sameAsRecords(Flows records, String said, String agerSaid, Findings findings) {
        for (String finding : List.of("http www.example.org", "tls mail.example.org", "dns example.net", "unknown")) {
            MatchResult end = ended(said, finding);
            Flows same = records.where(flow -> end.group(SOURCE).equals(flow.get("src_addr"))
                    && end.group(SOURCE_PORT).equals(flow.get("src_port"))
                    && end.group(REASON).equals(flow.get("end_reason"))
                    && end.group(OUT).equals(flow.get("fwd_packets"))
                    && end.group(BACK).equals(flow.get("rev_packets")));
            findings.equal("the record of " + finding + " says the same", 1, same.size());
            String toGo = end.group(OUT) + " packets " + end.group(OUT + 1) + " octets out, " + end.group(BACK)
                    + " packets " + end.group(BACK + 1) + " octets back";
            findings.check("so does the application in Go", agerSaid.contains(toGo), toGo);
        }
    }

    private static MatchResult ended(String said, String finding) {
        return ENDED.matcher(said)
                .results()
                .filter(end -> end.group(FINDING).equals(finding))
                .filter(end -> !finding.equals("unknown") || end.group().contains("> " + NAMELESS + ":"))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("no end of " + finding + ": " + said));
    }

    private static long number(MatchResult end, int group) {
        return Long.parseLong(end.group(group));
    }

    private static String line(Result of, String prefix) {
        return of.out()
                .lines()
                .filter(line -> line.startsWith(prefix))
                .findFirst()
                .orElse("");
    }
}
