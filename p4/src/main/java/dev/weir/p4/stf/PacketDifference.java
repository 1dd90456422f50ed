package dev.weir.p4.stf;

import dev.weir.p4.interpret.Interpreter.Emitted;
import java.math.BigInteger;
import java.util.List;

/**
 * What a packet that left has otherwise than one that was expected, for a person: header by header, both in hexadecimal with a mark under what
 * differs, and the fields with their values.
 */
final class PacketDifference {
    private static final int DIGITS_A_LINE = 64, DIGITS_A_GROUP = 4;

    private final StringBuilder out = new StringBuilder();
    private final String expected;
    private final String sent;

    private PacketDifference(String expected, String sent) {
        this.expected = expected;
        this.sent = sent;
    }

    /**
     * @param expected digits, with {@code *}
     * @param sent digits
     * @param headers with which it went out; what follows is payload
     */
    static String render(String expected, String sent, List<Emitted> headers) {
        PacketDifference difference = new PacketDifference(expected, sent);
        int at = 0;
        for (Emitted header : headers) {
            int end = at + header.octets() * 2;
            difference.part(header.name(), at, end);
            difference.fields(header, at);
            at = end;
        }
        difference.part("payload", at, Math.max(at, Math.max(expected.length(), sent.length())));
        return difference.out.toString();
    }

    private void part(String name, int from, int to) {
        if (from == to) return;
        out.append("  ")
                .append(name)
                .append(", octets ")
                .append(from / 2)
                .append(" to ")
                .append((to - 1) / 2);
        if (agrees(from, to)) {
            out.append(": as expected\n");
            return;
        }
        out.append('\n');
        for (int at = from; at < to; at += DIGITS_A_LINE) {
            int end = Math.min(to, at + DIGITS_A_LINE);
            line("    expected ", expected, at, end);
            line("    sent     ", sent, at, end);
            marks(at, end);
        }
    }

    private boolean agrees(int from, int to) {
        for (int i = from; i < to; i++) {
            if (differs(i)) return false;
        }
        return true;
    }

    private boolean differs(int digit) {
        char wanted = digit(expected, digit);
        return wanted != PacketPattern.ANY && wanted != digit(sent, digit);
    }

    /** A blank beyond the end. */
    private static char digit(String digits, int at) {
        return at < digits.length() ? digits.charAt(at) : ' ';
    }

    private void line(String begin, String digits, int from, int to) {
        out.append(begin);
        for (int i = from; i < to; i++) {
            gap(i - from);
            out.append(digit(digits, i));
        }
        trim();
    }

    private void marks(int from, int to) {
        out.append("             ");
        for (int i = from; i < to; i++) {
            gap(i - from);
            out.append(differs(i) ? '^' : ' ');
        }
        trim();
    }

    private void gap(int digits) {
        if (digits > 0 && digits % DIGITS_A_GROUP == 0) out.append(' ');
    }

    private void trim() {
        out.setLength(out.toString().stripTrailing().length());
        out.append('\n');
    }

    private void fields(Emitted header, int from) {
        int bit = from * 4;
        for (Emitted.Field field : header.fields()) {
            int end = bit + field.bits();
            int lastDigit = Math.min((end + 3) / 4, Math.min(expected.length(), sent.length()));
            if (!sameBits(bit, end) && end <= lastDigit * 4) {
                out.append("    ").append(field.name()).append(": expected ").append(value(expected, bit, end));
                out.append(", sent ").append(value(sent, bit, end)).append('\n');
            }
            bit = end;
        }
    }

    private boolean sameBits(int from, int to) {
        for (int bit = from; bit < to; bit++) {
            char wanted = digit(expected, bit / 4);
            if (wanted != PacketPattern.ANY && bit(wanted, bit) != bit(digit(sent, bit / 4), bit)) return false;
        }
        return true;
    }

    private static int bit(char digit, int bit) {
        return Character.digit(digit, 16) >> (3 - bit % 4) & 1;
    }

    /** Decimal and hexadecimal; of a field with unknown bits these bits as {@code *}. */
    private static String value(String digits, int from, int to) {
        StringBuilder bits = new StringBuilder();
        for (int bit = from; bit < to; bit++) {
            char digit = digit(digits, bit / 4);
            bits.append(digit == PacketPattern.ANY ? "*" : Integer.toString(bit(digit, bit)));
        }
        if (bits.isEmpty()) return "nothing";
        if (bits.indexOf("*") >= 0) return "0b" + bits;
        BigInteger value = new BigInteger(bits.toString(), 2);
        return value.bitLength() > 32 ? "0x" + value.toString(16) : value + " (0x" + value.toString(16) + ")";
    }
}
