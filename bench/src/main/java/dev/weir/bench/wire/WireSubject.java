package dev.weir.bench.wire;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Something that forwards between the two interfaces of a testbed's middle. */
interface WireSubject {
    /** As the figures name it. */
    String name();

    /** What it needs beside ip(8), each as {@code program:package of Debian}. */
    List<String> programs();

    /** Whether it takes super-packets of segmentation offload, and frames whose checksum is unfinished. */
    boolean takesOffloads();

    /**
     * Makes the middle forward, and gives both ends addresses.
     *
     * @return the program that forwards, null where the kernel does
     */
    @Nullable
    Process start(WireTestbed bed) throws IOException;

    /** Whether it keeps other programs off its processors by itself. */
    default boolean isolates() {
        return false;
    }

    /** How many processors it has work for; 0 where the kernel forwards. */
    default int processors() {
        return 1;
    }

    /** The Ethernet address to send to. */
    default long destination(WireTestbed bed) throws IOException {
        return 0x0200_0000_0002L;
    }

    /** The sink's IPv4 address. */
    default String sinkAddress() {
        return "192.0.2.2";
    }

    /** The packages whose programs are missing. */
    default List<String> missing() {
        return programs().stream()
                .map(each -> each.split(":", 2))
                .filter(each -> !isInstalled(each[0]))
                .map(each -> each[1])
                .distinct()
                .toList();
    }

    static boolean isInstalled(String program) {
        return Stream.concat(
                        Stream.of(System.getenv().getOrDefault("PATH", "").split(":", -1)),
                        Stream.of("/usr/sbin", "/sbin"))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
    }
}
