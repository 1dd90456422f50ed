package dev.weir.server.config;

/**
 * One thing that is wrong with a configuration.
 *
 * @param at where
 * @param path which option, such as {@code ports.left.driver}; empty where the file itself is meant
 * @param message what is wrong and what to do: {@code what; what to do}
 */
public record Fault(Place at, String path, String message) {
    /** One line for a person: {@code FILE:LINE:COLUMN: path: what; what to do}. */
    public String line(String file) {
        return file + ":" + at.line() + ":" + at.column() + ": " + (path.isEmpty() ? "" : path + ": ") + message;
    }
}
