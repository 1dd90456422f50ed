package dev.weir.server;

import dev.weir.server.config.Configuration.LogLevel;
import java.io.PrintStream;

/** What a daemon tells while it runs: a line each on one stream, as far as the level goes. Any thread. */
public final class DaemonLog {
    private final PrintStream out;
    private volatile LogLevel level = LogLevel.INFO;

    public DaemonLog(PrintStream out) {
        this.out = out;
    }

    void level(LogLevel most) {
        level = most;
    }

    /** Something does not work, or no longer. */
    public void error(String line) {
        tell(LogLevel.ERROR, line);
    }

    /** Something was not done that was asked for. */
    public void warning(String line) {
        tell(LogLevel.WARNING, line);
    }

    /** Something changed. */
    public void info(String line) {
        tell(LogLevel.INFO, line);
    }

    private void tell(LogLevel of, String line) {
        if (of.compareTo(level) <= 0) {
            out.println("weir: " + line);
        }
    }
}
