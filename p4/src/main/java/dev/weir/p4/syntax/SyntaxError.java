package dev.weir.p4.syntax;

/** Leaves what is being parsed, after the fault was told; caught where parsing can go on. Never leaves the parser. */
final class SyntaxError extends RuntimeException {
    private static final long serialVersionUID = 1;

    SyntaxError() {
        super(null, null, false, false);
    }
}
