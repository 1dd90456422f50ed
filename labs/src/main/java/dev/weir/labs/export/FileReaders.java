package dev.weir.labs.export;

import dev.weir.labs.Findings;
import dev.weir.labs.Host;
import dev.weir.labs.Result;
import dev.weir.labs.Testbed;
import java.io.IOException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** An IPFIX file (RFC 5655) in the hands of others: libfixbuf's reader of such files, and nfcapd, which gets the file's messages as datagrams. */
final class FileReaders {
    private static final int SETTLE_MILLIS = 500;
    /** One datagram a message, as long as its header says. */
    private static final String REPLAY = """
            import socket, struct, sys, time
            octets = open(sys.argv[1], 'rb').read()
            to = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            at = 0
            while at < len(octets):
                length = struct.unpack_from('>H', octets, at + 2)[0]
                to.sendto(octets[at:at + length], ('127.0.0.1', int(sys.argv[2])))
                at += length
                time.sleep(0.01)
            """;

    private static final Pattern RECORD = Pattern.compile("(?m)^--- data record ");
    /** As {@code (29305/2) reversePacketDeltaCount : 24}. */
    private static final Pattern COUNTER =
            Pattern.compile("(?mi)^\\t\\((?:29305/)?[12]\\) +(?:reverse)?(octet|packet)DeltaCount : (\\d+)$");

    private FileReaders() {}

    /** Both read what {@code weir track} counted. */
    static void compare(Findings findings, Host host, Testbed bed, String file, int port, Totals expected)
            throws IOException, InterruptedException {
        Result dumped = host.run("ipfixDump", "--data", "--in", file);
        findings.check(
                "ipfixDump reads the file",
                dumped.status() == 0 && RECORD.matcher(dumped.out()).find(),
                dumped.status() == 0 ? "" : dumped);
        findings.equal("ipfixDump, the file", expected, ofDump(dumped.out()));
        var nfcapd = new Nfcapd(host, bed.folder().resolve("nfcapd-file"), port);
        bed.write("replay.py", REPLAY);
        findings.succeeded(
                "the file's messages to nfcapd", host.run("python3", "replay.py", file, Integer.toString(port)));
        Thread.sleep(SETTLE_MILLIS);
        findings.equal("nfcapd, the file's messages", expected, nfcapd.end());
    }

    /** The sums of both directions of all flows. */
    private static Totals ofDump(String said) {
        long packets = 0, octets = 0;
        Matcher counters = COUNTER.matcher(said);
        while (counters.find()) {
            long value = Long.parseLong(counters.group(2));
            if (counters.group(1).equalsIgnoreCase("packet")) {
                packets += value;
            } else {
                octets += value;
            }
        }
        return new Totals(packets, octets);
    }
}
