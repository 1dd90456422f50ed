package dev.weir.p4.source;

import org.jspecify.annotations.Nullable;

/**
 * Something to say about a place in a program: what is wrong, and what to do about it.
 *
 * @param code stable, in kebab case: what tests and tools look for
 * @param help the remedy, or null where the message says it all
 */
public record Diagnostic(
        Severity severity,
        String code,
        Span span,
        String message,
        @Nullable String help) {
    private static final int WIDEST = 160;

    public enum Severity {
        ERROR,
        WARNING;

        @Override
        public String toString() {
            return this == ERROR ? "error" : "warning";
        }
    }

    /** The message with its place, the source line with the stretch underlined, the help, and how the text came to be there. */
    public String render() {
        StringBuilder out = new StringBuilder();
        out.append(printable(span.position().toString())).append(": ").append(severity);
        out.append('[').append(code).append("]: ").append(printable(message)).append('\n');
        underline(out);
        if (help != null) out.append("  help: ").append(printable(help)).append('\n');
        for (Span body = span.origin(); body != null; body = body.origin()) {
            out.append("  note: expanded from ")
                    .append(printable(body.toString()))
                    .append('\n');
        }
        for (Span from = span.file().includedFrom();
                from != null;
                from = from.file().includedFrom()) {
            out.append("  note: included from ")
                    .append(printable(from.toString()))
                    .append('\n');
        }
        return out.toString();
    }

    /** Of a line that is too long for people, what is around the place. */
    private void underline(StringBuilder out) {
        String line = span.file().lineAt(span.begin());
        int column = Math.min(span.file().position(span.begin()).column() - 1, line.length());
        int first = Math.max(0, Math.min(column - WIDEST / 2, line.length() - WIDEST));
        int last = Math.min(line.length(), first + WIDEST);
        int stop = Math.min(column + Math.max(1, span.end() - span.begin()), Math.max(last, column + 1));
        out.append(printable(line.substring(first, last))).append('\n');
        for (int i = first; i < column; i++) {
            out.append(line.charAt(i) == '\t' ? '\t' : ' ');
        }
        out.append("^".repeat(stop - column)).append('\n');
    }

    /** Text of strangers is shown, not obeyed: no control character but the tab reaches a terminal. */
    private static String printable(String text) {
        StringBuilder shown = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            shown.append(
                    c != '\t' && (Character.isISOControl(c) || Character.getType(c) == Character.FORMAT)
                            ? '\uFFFD'
                            : c);
        }
        return shown.toString();
    }
}
