package dev.weir.labs.offload;

import dev.weir.labs.Host;
import java.io.IOException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a running Weir and the hosts' interfaces have counted. */
public record Watch(Host weir) {
    private static final int PATIENCE = 50, PAUSE_MILLIS = 100;
    private static final Pattern NUMBER = Pattern.compile("-?[0-9]+");

    /** What the API says at a path, as JSON. */
    public String ask(String path) throws IOException, InterruptedException {
        return weir.curl("http://weir" + path, "--unix-socket", "weir.sock").out();
    }

    /** Packets that the JVM has taken from the ports. */
    long ofJvm() throws IOException, InterruptedException {
        return number(ask("/v1/workers"), "packets");
    }

    /** Packets that the kernel has carried. */
    public long ofKernel() throws IOException, InterruptedException {
        return number(ask("/v1/offload"), "packets");
    }

    /** Flows that it carries now. */
    public long carried() throws IOException, InterruptedException {
        return number(ask("/v1/offload"), "flows");
    }

    /** Waits until a flow is carried, some seconds at the most: where the machine is busy, programs take long to begin. */
    public void awaitCarried() throws IOException, InterruptedException {
        for (int i = 0; i < PATIENCE && carried() == 0; i++) {
            Thread.sleep(PAUSE_MILLIS);
        }
    }

    /** Directions that were put into the kernel since Weir started. */
    public long added() throws IOException, InterruptedException {
        return number(ask("/v1/offload"), "added");
    }

    /** Directions that were taken out of it. */
    public long removed() throws IOException, InterruptedException {
        return number(ask("/v1/offload"), "removed");
    }

    /** The first number of that name; 0 where there is none, as of what is 0. */
    public static long number(String json, String name) {
        Matcher found =
                Pattern.compile("\"" + name + "\": ?\"?(" + NUMBER + ")").matcher(json);
        return found.find() ? Long.parseLong(found.group(1)) : 0;
    }

    /** What a host's interface has sent. */
    static long sent(Host host) throws IOException, InterruptedException {
        return statistic(host, "tx_packets");
    }

    /** What a host's interface has received. */
    static long received(Host host) throws IOException, InterruptedException {
        return statistic(host, "rx_packets");
    }

    private static long statistic(Host host, String name) throws IOException, InterruptedException {
        return Long.parseLong(
                host.run("cat", "/sys/class/net/eth0/statistics/" + name).out().strip());
    }

    /** Segments and datagrams that a host threw away for their checksums. */
    public static long badChecksums(Host host) throws IOException, InterruptedException {
        return ofProtocols(host, "InCsumErrors");
    }

    /** Datagrams that came to a host whose program did not read them soon enough. */
    public static long unread(Host host) throws IOException, InterruptedException {
        return ofProtocols(host, "RcvbufErrors");
    }

    /** What a host counts under a name for TCP and UDP, both together. */
    private static long ofProtocols(Host host, String name) throws IOException, InterruptedException {
        Matcher found = Pattern.compile("(?:Tcp|Udp)" + name + "\\s+([0-9]+)")
                .matcher(host.run("sh", "-c", """
                        awk '{ if ($1 in names) { split(names[$1], n); for (i = 2; i <= NF; i++)
                            if (n[i] == "%s") print substr($1, 1, length($1) - 1) n[i], $i }
                            else names[$1] = $0 }' /proc/net/snmp""".formatted(name)).out());
        long sum = 0;
        while (found.find()) {
            sum += Long.parseLong(found.group(1));
        }
        return sum;
    }
}
