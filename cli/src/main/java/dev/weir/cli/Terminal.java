package dev.weir.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * Whether the standard streams are terminals. Linux tells by what a descriptor links to, which needs no native call; where there is
 * no {@code /proc}, nothing counts as a terminal.
 *
 * @param out standard output
 * @param err standard error
 */
public record Terminal(boolean out, boolean err) {
    static final Terminal NONE = new Terminal(false, false);

    static Terminal ofProcess(Map<String, String> environment) {
        if ("dumb".equals(environment.get("TERM"))) {
            return NONE;
        }
        return new Terminal(isTerminal(1), isTerminal(2));
    }

    /** Whether somebody can answer on standard input. */
    public static boolean hasInput() {
        return isTerminal(0);
    }

    private static boolean isTerminal(int descriptor) {
        try {
            String target = Files.readSymbolicLink(Path.of("/proc/self/fd/" + descriptor))
                    .toString();
            return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty") || target.equals("/dev/console");
        } catch (IOException | UnsupportedOperationException e) {
            return false;
        }
    }
}
