package dev.weir.export.duckdb;

import java.sql.SQLException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the library says of a fault, as one line that begins with the place in the statement: {@code line 1, column 8: ...}. It says it as a JSON object
 * where it can ({@code errors_as_json}), else as text with the line and a caret below it.
 */
record SqlFault(String message) {
    private static final Pattern MEMBER = Pattern.compile("\"(\\w+)\":\"((?:[^\"\\\\]|\\\\.)*)\"");
    private static final Pattern KIND = Pattern.compile("^(java\\.sql\\.SQLException: )?[A-Z][A-Za-z ]* Error: ");

    static SqlFault of(SQLException e, String sql) {
        String said = String.valueOf(e.getMessage());
        int object = said.indexOf('{');
        if (object < 0 || !said.contains("\"exception_message\"")) {
            return new SqlFault(plain(said));
        }
        String message = "", position = "";
        Matcher member = MEMBER.matcher(said.substring(object));
        while (member.find()) {
            switch (member.group(1)) {
                case "exception_message" -> message = unescaped(member.group(2));
                case "position" -> position = member.group(2);
                default -> {}
            }
        }
        String where = position.isEmpty() || sql.isEmpty() ? "" : place(sql, Integer.parseInt(position)) + ": ";
        return new SqlFault(where + plain(message));
    }

    /** Line and column of an octet of the statement, both from 1. */
    static String place(String sql, int position) {
        int line = 1, column = 1, octet = 0;
        for (int at = 0; at < sql.length() && octet < position; at++) {
            char c = sql.charAt(at);
            octet += c < 0x80
                    ? 1
                    : c < 0x800 ? 2 : Character.isHighSurrogate(c) ? 4 : Character.isLowSurrogate(c) ? 0 : 3;
            column++;
            if (c == '\n') {
                line++;
                column = 1;
            }
        }
        return "line " + line + ", column " + column;
    }

    /** Without the kind of error, and without the statement and the caret, which the place stands for. */
    private static String plain(String said) {
        String text = KIND.matcher(said).replaceFirst("");
        int quoted = text.indexOf("\n\nLINE ");
        return (quoted < 0 ? text : text.substring(0, quoted)).strip().replaceAll("\\s*\\R\\s*", " ");
    }

    private static String unescaped(String json) {
        return json.replace("\\n", "\n")
                .replace("\\\"", "\"")
                .replace("\\/", "/")
                .replace("\\t", " ")
                .replace("\\\\", "\\");
    }
}
