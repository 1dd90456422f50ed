package dev.weir.p4.tc;

/** What is wrong with a command: at which word, why, and what to do. */
public final class TcFault extends Exception {
    private static final long serialVersionUID = 1;

    private final String line;
    private final int at;
    private final int length;

    /** @param at where in the line the word at fault begins */
    TcFault(String line, int at, int length, String message) {
        super(message, null, false, false);
        this.line = line;
        this.at = at;
        this.length = length;
    }

    /** Where in the line the word at fault begins, from 0. */
    public int at() {
        return at;
    }

    /** The message, then the line with the word marked; the lines end with line ends. */
    public String render() {
        String marks = "^".repeat(Math.max(1, Math.min(length, line.length() - at)));
        return getMessage() + "\n    " + line + "\n    " + " ".repeat(at) + marks + "\n";
    }
}
