package dev.weir.offload.xdp;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** How many processors the kernel reckons with, those that are not plugged in included: a per-processor value has so many. */
final class Processors {
    private static final Path POSSIBLE = Path.of("/sys/devices/system/cpu/possible");

    private Processors() {}

    static int possible() {
        try {
            return highest(Files.readString(POSSIBLE).strip()) + 1;
        } catch (IOException e) {
            throw new UncheckedIOException(POSSIBLE + ": cannot be read; mount /sys", e);
        }
    }

    /** The last number of a list such as {@code 0-3,8-11}. */
    static int highest(String list) {
        String last = list.substring(list.lastIndexOf(',') + 1);
        return Integer.parseInt(last.substring(last.lastIndexOf('-') + 1));
    }
}
