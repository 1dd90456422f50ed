package dev.weir.p4.stf;

import dev.weir.p4.source.Diagnostics;
import dev.weir.p4.source.SourceFile;
import dev.weir.p4.source.Span;
import dev.weir.p4.stf.StfStatement.Name;
import java.math.BigInteger;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** One line while it is read: words and signs from left to right. What is missing is told once, and ends the line. */
final class StfLine {
    private static final String SIGNS = ":(),/$<>=!";

    /** Digits of a number: 4096 bits in hexadecimal. */
    private static final int MOST_DIGITS = 1024;

    private final SourceFile file;
    private final Diagnostics diagnostics;
    private final String text;
    private final int end;
    private int at;

    /** Says that the line has a fault, which was told. */
    @SuppressWarnings("serial")
    static final class Fault extends Exception {
        Fault() {
            super(null, null, false, false);
        }
    }

    /** @param end where the line, without its comment, ends */
    StfLine(SourceFile file, int begin, int end, Diagnostics diagnostics) {
        this.file = file;
        this.text = file.text();
        this.at = begin;
        this.end = end;
        this.diagnostics = diagnostics;
    }

    Span here() {
        skipBlanks();
        return new Span(file, at, Math.min(end, at + 1));
    }

    boolean isAtEnd() {
        skipBlanks();
        return at == end;
    }

    private void skipBlanks() {
        while (at < end && Character.isWhitespace(text.charAt(at))) at++;
    }

    /** All that is left, without blanks. */
    String rest() {
        StringBuilder rest = new StringBuilder();
        for (; at < end; at++) {
            if (!Character.isWhitespace(text.charAt(at))) rest.append(text.charAt(at));
        }
        return rest.toString();
    }

    /** Whether the next characters are these; they are taken then. */
    boolean take(String sign) {
        if (!isNext(sign)) return false;
        at += sign.length();
        return true;
    }

    boolean isNext(String sign) {
        skipBlanks();
        return text.startsWith(sign, at) && at + sign.length() <= end;
    }

    /** A number that is not the name of something; {@code null} leaves the line as it is. */
    @Nullable
    StfNumber alone() throws Fault {
        int before = at;
        Name word = word("a value");
        StfNumber number =
                isNext(":") ? null : parse(word.text().toLowerCase(Locale.ROOT).replace("_", ""));
        if (number == null) at = before;
        return number;
    }

    void expect(String sign, String where) throws Fault {
        if (!take(sign)) throw fault(here(), "stf-syntax", "'" + sign + "' is missing " + where, null);
    }

    /** What stands up to the next blank or sign. */
    Name word(String what) throws Fault {
        skipBlanks();
        int begin = at;
        while (at < end && !endsWord(begin)) at++;
        if (at == begin) throw fault(here(), "stf-syntax", what + " is missing", null);
        return new Name(new Span(file, begin, at), text.substring(begin, at));
    }

    /** What stands up to the next blank. */
    Name bare(String what) throws Fault {
        skipBlanks();
        int begin = at;
        while (at < end && !Character.isWhitespace(text.charAt(at))) at++;
        if (at == begin) throw fault(here(), "stf-syntax", what + " is missing", null);
        return new Name(new Span(file, begin, at), text.substring(begin, at));
    }

    /** Names may have {@code $} within, as in {@code extra$0.h}. */
    private boolean endsWord(int begin) {
        char c = text.charAt(at);
        return Character.isWhitespace(c) || (SIGNS.indexOf(c) >= 0 && (c != '$' || at == begin));
    }

    void end() throws Fault {
        if (!isAtEnd()) {
            throw fault(new Span(file, at, end), "stf-syntax", "the line should end here", "remove the rest");
        }
    }

    StfNumber number(String what) throws Fault {
        Name word = word(what);
        StfNumber number = parse(word.text().toLowerCase(Locale.ROOT).replace("_", ""));
        if (number == null) {
            throw fault(
                    word.place(),
                    "stf-number",
                    what + " is no number",
                    "write 10, 0x0a or 0b1010; '*' stands for any digit of the latter two");
        }
        return number;
    }

    /** A number of so many values, from 0. */
    long number(String what, long most) throws Fault {
        Span place = here();
        StfNumber number = number(what);
        if (!number.isWhole() || number.value().compareTo(BigInteger.valueOf(most)) > 0) {
            throw fault(place, "stf-number", what + " is out of range", "give 0 to " + most);
        }
        return number.value().longValue();
    }

    int port() throws Fault {
        return (int) number("the port", Integer.MAX_VALUE);
    }

    private static @Nullable StfNumber parse(String word) {
        if (word.length() > MOST_DIGITS) return null;
        if (word.startsWith("0x")) return digits(word.substring(2), 4);
        if (word.startsWith("0b")) return digits(word.substring(2), 1);
        if (word.isEmpty() || !word.chars().allMatch(c -> c >= '0' && c <= '9')) return null;
        return StfNumber.of(new BigInteger(word));
    }

    private static @Nullable StfNumber digits(String digits, int bits) {
        if (digits.isEmpty()) return null;
        BigInteger value = BigInteger.ZERO, said = BigInteger.ZERO;
        int ones = (1 << bits) - 1;
        for (int i = 0; i < digits.length(); i++) {
            boolean any = digits.charAt(i) == PacketPattern.ANY;
            int digit = any ? 0 : Character.digit(digits.charAt(i), 1 << bits);
            if (digit < 0) return null;
            value = value.shiftLeft(bits).or(BigInteger.valueOf(digit));
            said = said.shiftLeft(bits).or(BigInteger.valueOf(any ? 0 : ones));
        }
        return digits.indexOf(PacketPattern.ANY) < 0 ? StfNumber.of(value) : new StfNumber(value, said);
    }

    Fault fault(Span place, String code, String message, @Nullable String help) {
        diagnostics.error(place, code, message, help);
        return new Fault();
    }
}
