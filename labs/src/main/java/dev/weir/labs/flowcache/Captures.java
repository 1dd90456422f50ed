package dev.weir.labs.flowcache;

import dev.weir.labs.Findings;
import dev.weir.labs.Result;
import dev.weir.labs.Running;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** The gateway's three links while they are recorded, into files of the lab's folder, where {@code --keep} leaves them. */
final class Captures {
    private static final List<String> LINKS = List.of("sswitch_dc", "sswitch_otr", "sswitch_server");

    /** Warnings and errors of the expert, which has to check checksums too; not of TCP's timing, which is the machine's. */
    private static final String SUSPICIOUS = "_ws.malformed || _ws.expert.severity >= 6291456";

    private final Network network;
    private final String prefix;
    private final List<Running> running = new ArrayList<>();

    /** @param prefix before the files' names */
    Captures(Network network, String prefix) throws IOException, InterruptedException {
        this.network = network;
        this.prefix = prefix;
        for (String link : LINKS) {
            running.add(network.sswitch
                    .start("tcpdump", "-i", link, "-n", "-U", "-Z", "root", "-w", prefix + link + ".pcap")
                    .awaitWords("listening"));
        }
    }

    /** Ends the recording; tshark reads it without a warning. */
    void check(Findings findings) throws IOException, InterruptedException {
        findings.step("what went over the links, as tshark reads it");
        for (Running each : running) {
            each.signal("INT");
            each.await();
        }
        for (String link : LINKS) {
            Result frames = tshark(link, "frame");
            Result suspicious = tshark(link, SUSPICIOUS);
            long many = frames.out()
                    .lines()
                    .filter(line -> line.matches("[0-9]+\\s.*"))
                    .count();
            long odd = suspicious
                    .out()
                    .lines()
                    .filter(line -> line.matches("[0-9]+\\s.*"))
                    .count();
            findings.check(
                    link + ": frames, none malformed or with a warning",
                    many > 0 && odd == 0 && suspicious.status() == 0,
                    many + " frames"
                            + (odd == 0
                                    ? ""
                                    : "\n" + suspicious.out().lines().limit(9).toList()));
        }
    }

    private Result tshark(String link, String filter) throws IOException, InterruptedException {
        return network.sswitch.run(
                "tshark",
                "-r",
                prefix + link + ".pcap",
                "-n",
                "-o",
                "ip.check_checksum:TRUE",
                "-o",
                "udp.check_checksum:TRUE",
                "-o",
                "udp.ignore_ipv6_zero_checksum:TRUE", // as RFC 6935 has it for tunnels
                "-o",
                "tcp.check_checksum:TRUE",
                "-o",
                "tcp.analyze_sequence_numbers:FALSE",
                "-Y",
                filter,
                "-T",
                "fields",
                "-e",
                "frame.number",
                "-e",
                "_ws.col.Info");
    }
}
