package dev.weir.bench.wire;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The kernel's IP forwarding with its connection tracking, which a rule of nftables on the state asks for. */
final class WireRouter implements WireSubject {
    private static final String RULES = """
            table inet filter {
              chain forward {
                type filter hook forward priority filter; policy drop;
                ct state established,related accept
                ct state new accept
              }
            }
            """;
    private static final List<String> SERVERS = List.of("10.0.0.0/20", "198.18.0.0/20"),
            CLIENTS = List.of("100.64.0.0/10");

    @Override
    public String name() {
        return "kernel conntrack";
    }

    @Override
    public int processors() {
        return 0;
    }

    @Override
    public List<String> programs() {
        return List.of("nft:nftables");
    }

    @Override
    public boolean takesOffloads() {
        return true;
    }

    @Override
    public @Nullable Process start(WireTestbed bed) throws IOException {
        bed.inside(
                bed.middle,
                "sysctl",
                "-qw",
                "net.ipv4.ip_forward=1",
                "net.ipv4.conf.all.rp_filter=0",
                "net.ipv4.conf.default.rp_filter=0",
                "net.ipv4.conf." + WireTestbed.LEFT + ".rp_filter=0",
                "net.ipv4.conf." + WireTestbed.RIGHT + ".rp_filter=0");
        side(bed, bed.generator, WireTestbed.GENERATOR_PORT, "192.0.2.1", WireTestbed.LEFT, "192.0.2.254", CLIENTS);
        side(bed, bed.sink, WireTestbed.SINK_PORT, sinkAddress(), WireTestbed.RIGHT, "198.51.100.254", SERVERS);
        Path rules = Files.writeString(bed.folder.resolve("rules.nft"), RULES);
        bed.inside(bed.middle, "nft", "-f", rules.toString());
        return null;
    }

    /** Addresses of one cable, routes over it, and behind it a neighbour that never answers: the traffic's addresses are nobody's. */
    private static void side(
            WireTestbed bed,
            String host,
            String port,
            String address,
            String ourPort,
            String ourAddress,
            List<String> behind)
            throws IOException {
        String network = ourAddress.substring(0, ourAddress.lastIndexOf('.'));
        bed.inside(host, "ip", "addr", "add", address + "/24", "dev", port);
        bed.inside(bed.middle, "ip", "addr", "add", ourAddress + "/24", "dev", ourPort);
        bed.inside(host, "ip", "route", "add", "default", "via", ourAddress);
        String neighbour = network + ".99";
        bed.inside(
                bed.middle,
                "ip",
                "neigh",
                "add",
                neighbour,
                "lladdr",
                "02:00:00:00:00:02",
                "dev",
                ourPort,
                "nud",
                "permanent");
        for (String prefix : behind) {
            bed.inside(bed.middle, "ip", "route", "add", prefix, "via", neighbour, "dev", ourPort);
        }
    }

    @Override
    public long destination(WireTestbed bed) throws IOException {
        return bed.address(bed.middle, WireTestbed.LEFT);
    }

    @Override
    public String sinkAddress() {
        return "198.51.100.1";
    }
}
