package dev.weir.table.parts;

import java.io.DataInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;

/** Where secrets come from: the kernel's generator, read directly, since loading the JDK's security providers costs 10 ms of start-up. */
public final class Secret {
    private static final Path KERNEL = Path.of("/dev/urandom");

    private Secret() {}

    /** 64 bits that nobody can guess. */
    public static long draw() {
        try (var in = new DataInputStream(Files.newInputStream(KERNEL))) {
            return in.readLong();
        } catch (IOException e) {
            return new SecureRandom().nextLong();
        }
    }
}
