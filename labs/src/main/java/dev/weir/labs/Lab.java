package dev.weir.labs;

import java.io.IOException;
import java.util.List;

/**
 * A use case on real network namespaces: hosts, cables, Weir between them, real programs as traffic, and what must be
 * true of it. One package a lab; its configuration and its README lie beside it among the resources.
 */
public interface Lab {
    /** The word after {@code weir lab}. */
    String name();

    /** One line for the list, without a full stop. */
    String summary();

    /** Programs that it needs beside {@code ip}, as {@code program:debian-package}; for a library, the path of its folder instead. */
    List<String> programs();

    /**
     * Builds the network, makes the traffic, and says what it saw.
     *
     * @throws IOException when the lab itself cannot be built or run; what is found wrong goes to {@code findings}
     */
    void run(Testbed testbed, Findings findings) throws IOException, InterruptedException;
}
