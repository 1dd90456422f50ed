package dev.weir.labs.export;

import dev.weir.labs.Findings;
import dev.weir.labs.Host;
import dev.weir.labs.Result;
import dev.weir.labs.Running;
import dev.weir.labs.Testbed;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * SQL over a daemon that forwards: a thousand flows whose packets and octets are known, among others that come all the time. They live until they are told
 * to end, and the query that collects what happens is begun before them and is over after them, so nothing depends on how fast the machine is
 * as long as that one is told to collect for long enough; whether it was is looked at.
 */
final class LiveQueries {
    private static final int PORTS = 500, FAMILIES = 2, FLOWS = PORTS * FAMILIES;
    private static final int MOST_PACKETS = 5, LEAST_OCTETS = 100;
    private static final int IPV4_UDP = 20 + 8, IPV6_UDP = 40 + 8;
    private static final int COLLECT_SECONDS = 45;
    private static final String SERVER = "unix:weir.sock", RECORDS = "queries.csv";

    /** Answers with what it gets, both families. */
    private static final String ANSWERS = """
            import socket
            s = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
            s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
            s.bind(('::', 20000))
            print('answering', flush=True)
            while True:
                data, peer = s.recvfrom(2000)
                s.sendto(data, peer)
            """;
    /** From each of 500 ports 1 to 5 datagrams, one after the other answered; says how many. */
    private static final String ASKS = """
            import socket, sys
            answers = 0
            for i in range(500):
                with socket.socket(socket.AF_INET6 if ':' in sys.argv[1] else socket.AF_INET, socket.SOCK_DGRAM) as s:
                    s.settimeout(5)
                    s.bind(('', 30000 + i))
                    s.connect((sys.argv[1], 20000))
                    for _ in range(1 + i % 5):
                        s.send(b'x' * (100 + i))
                        answers += len(s.recv(2000)) == 100 + i
            print(answers)
            """;
    /** New flows until it is ended, to ports where nobody listens. */
    private static final String OTHERS = """
            import socket, time
            while True:
                for family, peer in ((socket.AF_INET, '10.0.0.2'), (socket.AF_INET6, 'fd00::2')):
                    with socket.socket(family, socket.SOCK_DGRAM) as s:
                        s.sendto(b'y' * 50, (peer, 9))
                time.sleep(0.005)
            """;

    private static final String KNOWN = " WHERE protocol = 'udp' AND dst_port = 20000";
    private static final String SUMS =
            "count(*), count(DISTINCT flow_id), sum(fwd_packets), sum(fwd_bytes), sum(rev_packets), sum(rev_bytes)";
    private static final String LIVING = "SELECT 'known: flows', " + SUMS + " FROM flows" + KNOWN
            + " UNION ALL SELECT 'known: rule', value, NULL, NULL, NULL, NULL, NULL FROM counters"
            + " WHERE kind = 'node' AND node = 'known' AND name = 'rule:known' ORDER BY 1";
    private static final String HAPPENED =
            "SELECT 'known: ended', " + SUMS + " FROM ended" + KNOWN + " AND end_reason = 'deleted'"
                    + " UNION ALL SELECT 'known: event ' || event, count(*), count(DISTINCT flow_id), NULL, NULL, NULL, NULL FROM events"
                    + KNOWN
                    + " GROUP BY event ORDER BY 1";
    private static final String WRITTEN = "SELECT 'known: records', " + SUMS + " FROM flows" + KNOWN;

    private final Testbed.Line line;

    private LiveQueries(Testbed.Line line) {
        this.line = line;
    }

    static void run(Testbed bed, Findings findings, Testbed.Line line) throws IOException, InterruptedException {
        findings.step("SQL over weir run while packets go through it: a thousand known flows among others");
        new LiveQueries(line).run(bed, findings);
    }

    private void run(Testbed bed, Findings findings) throws IOException, InterruptedException {
        Host weir = line.weir();
        line.right().start("python3", "-c", ANSWERS).awaitWords("answering");
        Running daemon = bed.weir(weir, "queries.yaml");
        Running others = line.left().start("python3", "-c", OTHERS);
        Running collecting = weir.start(query(HAPPENED, "--server", SERVER, "--for", COLLECT_SECONDS + "s"));
        collecting.awaitWords("weir: collecting what happens for ");
        int packets = 0;
        for (String peer : List.of("10.0.0.2", "fd00::2")) {
            Result asked = line.left().run("python3", "-c", ASKS, peer);
            findings.equal("answers of " + peer, Integer.toString(packets()), asked.lastLine());
            packets += packets();
        }
        String sums = "%d,%d,%d,%d,%d,%d".formatted(FLOWS, FLOWS, packets, octets(), packets, octets());
        findings.equal(
                "SQL over flows and counters, while they live",
                List.of("known: flows," + sums, "known: rule," + FLOWS + ",,,,,"),
                answers(weir.run(query(LIVING, "--server", SERVER))));
        Result purged = weir.run(Testbed.command("ctl", "--server", SERVER, "purge", "dst_port == 20000")
                .toArray(new String[0]));
        findings.equal("weir ctl purge", FLOWS + " flows ended", purged.lastLine());
        findings.check("the query still collects", isWatched(), collecting.said());
        Result collected = collecting.await(2 * COLLECT_SECONDS);
        findings.equal("it missed nothing", 0, collected.status());
        String each = "%d,%d".formatted(FLOWS, FLOWS);
        findings.equal(
                "SQL over what ended, and over events",
                List.of(
                        "known: ended," + sums,
                        "known: event created," + each + ",,,,",
                        "known: event ended," + each + ",,,,"),
                answers(collected));
        findings.check("others came meanwhile", others.isAlive(), others.said());
        others.stop();
        findings.succeeded("weir run drained", daemon.stop());
        findings.equal(
                "SQL over its record file",
                List.of("known: records," + sums),
                answers(weir.run(query(WRITTEN, RECORDS))));
    }

    private static String[] query(String sql, String... where) {
        List<String> words = new ArrayList<>(List.of("query", sql, "--format", "csv"));
        words.addAll(List.of(where));
        return Testbed.command(words.toArray(new String[0])).toArray(new String[0]);
    }

    /** The lines of the answer; all else that was said is not looked at. */
    private static List<String> answers(Result said) {
        List<String> lines =
                said.out().lines().filter(each -> each.startsWith("known: ")).toList();
        return lines.isEmpty() ? said.out().lines().toList() : lines;
    }

    private boolean isWatched() throws IOException, InterruptedException {
        return line.weir()
                .curl("http://weir/metrics", "--unix-socket", "weir.sock")
                .out()
                .lines()
                .anyMatch(line -> line.matches("weir_api_watchers 1(\\.0)?"));
    }

    /** Of one family and direction. */
    private static int packets() {
        int packets = 0;
        for (int port = 0; port < PORTS; port++) {
            packets += 1 + port % MOST_PACKETS;
        }
        return packets;
    }

    /** Of both families, one direction, with their headers. */
    private static int octets() {
        int octets = 0;
        for (int port = 0; port < PORTS; port++) {
            octets += (1 + port % MOST_PACKETS) * (IPV4_UDP + IPV6_UDP + FAMILIES * (LEAST_OCTETS + port));
        }
        return octets;
    }
}
