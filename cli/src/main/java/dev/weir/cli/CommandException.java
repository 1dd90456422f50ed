package dev.weir.cli;

/** What makes a command end with an error: the line to print, without {@code weir:}, and the exit status. */
public final class CommandException extends Exception {
    private static final long serialVersionUID = 1L;

    /** Exit statuses. */
    public static final int DONE = 0, FAILED = 1, USAGE = 2, INTERRUPTED = 130;

    private final int status;

    private CommandException(int status, String line, Throwable cause) {
        super(line, cause);
        this.status = status;
    }

    private CommandException(int status, String line) {
        super(line);
        this.status = status;
    }

    public static CommandException usage(String line) {
        return new CommandException(USAGE, line);
    }

    public static CommandException failed(String line) {
        return new CommandException(FAILED, line);
    }

    public static CommandException failed(String line, Throwable cause) {
        return new CommandException(FAILED, line, cause);
    }

    public int status() {
        return status;
    }
}
