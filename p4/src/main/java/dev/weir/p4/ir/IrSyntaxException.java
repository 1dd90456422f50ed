package dev.weir.p4.ir;

/** A text is no pipeline; the message begins with the line. */
public final class IrSyntaxException extends RuntimeException {
    private static final long serialVersionUID = 1;

    IrSyntaxException(int line, String what) {
        super("line " + line + ": " + what);
    }
}
