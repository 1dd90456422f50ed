package dev.weir.export.filter;

import java.io.Serializable;

/**
 * One thing that is wrong with an expression.
 *
 * @param offset which character it begins at, counted from 0; the length of the expression where something is missing at its end
 * @param length how many characters it has, at least 1
 * @param message what is wrong and what to do, on one line: {@code what; what to do}
 */
public record FilterFault(int offset, int length, String message) implements Serializable {
    private static final int MARGIN = 60;
    private static final String CUT = "...";

    /**
     * The fault for a person, who has a fixed-width font: where and what on one line, the place in the expression below, and marks
     * below that. Lines are separated by line feeds, the last has none.
     *
     * <pre>
     * column 10: protocol is compared with a name such as tcp, or a number from 0 to 255; to compare an address, write src == 10.0.0.1
     *   proto == 10.0.0.1
     *            ^^^^^^^^
     * </pre>
     *
     * @param source the expression
     */
    public String render(String source) {
        int begin = source.lastIndexOf('\n', offset - 1) + 1;
        int lineFeed = source.indexOf('\n', offset);
        int end = lineFeed < 0 ? source.length() : lineFeed;
        int from = offset - begin > MARGIN ? offset - MARGIN : begin;
        int marksEnd = Math.max(offset + 1, Math.min(offset + Math.min(length, MARGIN), end));
        int to = end - marksEnd > MARGIN ? marksEnd + MARGIN : end;
        String before = from > begin ? CUT : "";
        return place(source, begin) + ": " + message + "\n  " + before + printable(source.substring(from, to))
                + (to < end ? CUT : "") + "\n  " + " ".repeat(before.length() + offset - from)
                + "^".repeat(marksEnd - offset);
    }

    private String place(String source, int begin) {
        String column = "column " + (offset - begin + 1);
        return source.indexOf('\n') < 0
                ? column
                : "line " + (source.substring(0, begin).lines().count() + 1) + ", " + column;
    }

    /** With a question mark for whatever would not take the width of one character. */
    static String printable(String text) {
        StringBuilder out = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            out.append(c >= ' ' && c <= '~' ? c : c == '\t' ? ' ' : '?');
        }
        return out.toString();
    }
}
