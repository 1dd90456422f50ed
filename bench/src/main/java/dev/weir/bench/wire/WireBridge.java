package dev.weir.bench.wire;

import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The kernel's bridge, which decides by Ethernet address alone and tracks nothing. */
final class WireBridge implements WireSubject {
    @Override
    public String name() {
        return "kernel bridge";
    }

    @Override
    public int processors() {
        return 0;
    }

    @Override
    public List<String> programs() {
        return List.of();
    }

    @Override
    public boolean takesOffloads() {
        return true;
    }

    @Override
    public @Nullable Process start(WireTestbed bed) throws IOException {
        bed.addressBothEnds();
        ip(bed, "link", "add", "bridge0", "type", "bridge");
        ip(bed, "link", "set", WireTestbed.LEFT, "master", "bridge0");
        ip(bed, "link", "set", WireTestbed.RIGHT, "master", "bridge0");
        ip(bed, "link", "set", "bridge0", "up");
        String destination = "%012x".formatted(destination(bed)).replaceAll("(..)(?=.)", "$1:");
        bed.inside(bed.middle, "bridge", "fdb", "add", destination, "dev", WireTestbed.RIGHT, "master", "static");
        return null;
    }

    private static void ip(WireTestbed bed, String... words) throws IOException {
        bed.run(List.of("ip", "-n", bed.middle), words);
    }
}
