package dev.weir.server.p4runtime;

import dev.weir.p4.control.ProgramImage;
import dev.weir.p4.control.ProgramRuntime;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Where programs of devices run: the nodes of a data plane. Any thread may call. */
public interface ProgramHost {
    /** The program that runs in a node; null for none. */
    @Nullable
    ProgramRuntime running(String node);

    /** The names of the ports by the numbers that programs know them by; empty for one that is not there. */
    List<String> portNames();

    /**
     * Has packets go through another program. It waits until every worker has gone over.
     *
     * @param keepsEntries whether it begins with the entries, counters and registers of the one before it, as far as they fit
     * @throws HostException when it cannot run there: everything is as it was
     */
    ProgramRuntime load(ProgramImage image, String node, boolean keepsEntries) throws HostException;

    /** A program that a node cannot run, and why. */
    final class HostException extends Exception {
        private static final long serialVersionUID = 1L;

        /** @param message what is wrong, why, what to do */
        public HostException(String message) {
            super(message, null, false, false);
        }
    }
}
