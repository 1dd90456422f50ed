package dev.weir.api;

/** A text that is no key of a flow: why, and what to write. */
public final class FlowKeyException extends Exception {
    private static final long serialVersionUID = 1;

    private final int offset;

    FlowKeyException(int offset, String message) {
        super("at character " + (offset + 1) + ": " + message);
        this.offset = offset;
    }

    /** Where the text is wrong: characters from its beginning. */
    public int offset() {
        return offset;
    }
}
