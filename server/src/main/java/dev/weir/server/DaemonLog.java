package dev.weir.server;

import dev.weir.server.config.Configuration.LogFormat;
import dev.weir.server.config.Configuration.LogLevel;
import dev.weir.server.logging.LibraryLog;
import java.io.PrintStream;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * What a daemon tells while it runs: a line each on one stream, as far as the level goes, for people or as JSON objects. Any
 * thread.
 */
public final class DaemonLog implements LibraryLog.Sink {
    private final PrintStream out;
    private volatile LogLevel level = LogLevel.INFO;
    private volatile LogFormat format = LogFormat.TEXT;

    public DaemonLog(PrintStream out) {
        this.out = out;
    }

    void level(LogLevel most) {
        level = most;
    }

    void format(LogFormat how) {
        format = how;
    }

    /** Something does not work, or no longer. */
    @Override
    public void error(String line) {
        tell(LogLevel.ERROR, line);
    }

    /** Something was not done that was asked for. */
    @Override
    public void warning(String line) {
        tell(LogLevel.WARNING, line);
    }

    /** Something changed. */
    public void info(String line) {
        tell(LogLevel.INFO, line);
    }

    /** Somebody changed something, or tried to: told at every level, with the time. */
    public void audit(Map<String, ?> fields) {
        if (format == LogFormat.JSON) {
            out.println(json("audit", fields));
            return;
        }
        StringBuilder line = new StringBuilder("weir: audit: ").append(now());
        fields.forEach(
                (name, value) -> line.append(' ').append(name).append('=').append(word(String.valueOf(value))));
        out.println(line);
    }

    private void tell(LogLevel of, String line) {
        if (of.compareTo(level) > 0) {
            return;
        }
        out.println(
                format == LogFormat.JSON
                        ? json(of.name().toLowerCase(Locale.ROOT), Map.of("message", line))
                        : "weir: " + line);
    }

    private static String json(String level, Map<String, ?> fields) {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("time", now());
        all.put("level", level);
        all.putAll(fields);
        StringBuilder line = new StringBuilder("{");
        all.forEach((name, value) -> {
            line.append(line.length() == 1 ? "" : ",");
            quote(line, name);
            line.append(':');
            if (value instanceof Number) {
                line.append(value);
            } else {
                quote(line, String.valueOf(value));
            }
        });
        return line.append('}').toString();
    }

    private static String now() {
        return Instant.now().truncatedTo(ChronoUnit.MICROS).toString();
    }

    /** As it is, or in quotes where it could be taken for more than one word. */
    private static String word(String value) {
        if (value.chars().noneMatch(c -> c <= ' ' || c == '"' || c == '=' || c == 0x7F) && !value.isEmpty()) {
            return value;
        }
        StringBuilder quoted = new StringBuilder();
        quote(quoted, value);
        return quoted.toString();
    }

    /** As a string of JSON (RFC 8259, section 7). */
    private static void quote(StringBuilder out, String text) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                out.append('\\').append(c);
            } else if (c < 0x20 || (c >= 0x7F && c <= 0x9F) || c == 0x2028 || c == 0x2029) {
                out.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
            } else {
                out.append(c);
            }
        }
        out.append('"');
    }
}
