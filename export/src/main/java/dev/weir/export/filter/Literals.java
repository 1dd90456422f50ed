package dev.weir.export.filter;

import dev.weir.export.filter.Token.Kind;
import dev.weir.packet.Addresses;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** From tokens to what a field can be compared with, and back to text. */
final class Literals {
    /** Characters of a number, duration or time. */
    private static final int LONGEST = 64;

    private static final int LONGEST_SHOWN = 40;
    private static final int SECOND = 1_000_000_000;
    private static final BigDecimal MAX = BigDecimal.valueOf(Long.MAX_VALUE);
    private static final Map<String, Long> FACTORS = Map.of(
            "",
            1L,
            "k",
            1_000L,
            "m",
            1_000_000L,
            "g",
            1_000_000_000L,
            "t",
            1_000_000_000_000L,
            "ki",
            1L << 10,
            "mi",
            1L << 20,
            "gi",
            1L << 30,
            "ti",
            1L << 40);
    private static final List<String> UNITS = List.of("d", "h", "m", "s", "ms", "us", "ns");
    private static final long[] UNIT_NANOS = {
        86_400L * SECOND, 3_600L * SECOND, 60L * SECOND, SECOND, 1_000_000, 1_000, 1
    };

    private final Faults faults;

    Literals(Faults faults) {
        this.faults = faults;
    }

    /** What the token means to the field; null after it was told that it means nothing. */
    @Nullable
    Value read(Field field, Token token) {
        if (token.text().length() > LONGEST) {
            return refuse(
                    token, "is too long for " + field.compared(), "write no more than " + LONGEST + " characters");
        }
        return switch (field.type) {
            case NUMBER -> number(field, field.max, token);
            case TIME -> token.is(Kind.TIME) ? time(token) : mismatch(field, token);
            case DURATION -> duration(field, token);
            case ADDRESS -> token.is(Kind.ADDRESS) ? address(token) : mismatch(field, token);
            case FLAGS -> token.is(Kind.WORD) ? flags(field, token) : mismatch(field, token);
            case OCTETS -> octets(field, token);
            case PROTOCOL, STATE, REASON, EVENT, AUTHOR, BOOLEAN -> word(field, token);
        };
    }

    private @Nullable Value number(Field field, long max, Token token) {
        BigDecimal number;
        if (token.is(Kind.NUMBER)) {
            number = scaled(token.text());
        } else if (token.is(Kind.HEXADECIMAL) && isHexadecimal(token.text())) {
            number = new BigDecimal(new BigInteger(token.text().substring(2), 16));
        } else if (token.is(Kind.DURATION) && token.text().endsWith("m")) {
            return refuse(token, "is a duration in minutes", "write M for millions");
        } else {
            return mismatch(field, token);
        }
        if (number.stripTrailingZeros().scale() > 0) {
            return refuse(token, "is not whole", "write " + field.compared());
        }
        return number.compareTo(BigDecimal.valueOf(max)) > 0
                ? refuse(token, "is too large for " + field.label, "write a number from 0 to " + max)
                : Value.of(number.longValueExact());
    }

    private static boolean isHexadecimal(String text) {
        return text.length() > 2 && text.substring(2).chars().allMatch(c -> Character.digit(c, 16) >= 0);
    }

    private static BigDecimal scaled(String text) {
        int end = text.length();
        while (Character.isLetter(text.charAt(end - 1))) {
            end--;
        }
        long factor = FACTORS.getOrDefault(text.substring(end).toLowerCase(Locale.ROOT), 1L);
        return new BigDecimal(text.substring(0, end)).multiply(BigDecimal.valueOf(factor));
    }

    private @Nullable Value duration(Field field, Token token) {
        boolean seconds = token.is(Kind.NUMBER)
                && !Character.isLetter(token.text().charAt(token.text().length() - 1));
        BigDecimal nanos = seconds
                ? new BigDecimal(token.text()).multiply(BigDecimal.valueOf(SECOND))
                : token.is(Kind.DURATION) ? nanos(token.text()) : null;
        if (nanos == null) {
            return mismatch(field, token);
        }
        if (nanos.compareTo(MAX) > 0) {
            return refuse(token, "is longer than 292 years", "write a shorter duration");
        }
        return nanos.stripTrailingZeros().scale() > 0
                ? refuse(token, "is finer than a nanosecond", "round it")
                : Value.of(nanos.longValueExact());
    }

    /** The sum of numbers with units; null where it is none. */
    private static @Nullable BigDecimal nanos(String text) {
        BigDecimal sum = BigDecimal.ZERO;
        int at = 0;
        while (at < text.length()) {
            int unit = at;
            while (unit < text.length() && !Character.isLetter(text.charAt(unit))) {
                unit++;
            }
            int end = unit;
            while (end < text.length() && Character.isLetter(text.charAt(end))) {
                end++;
            }
            String number = text.substring(at, unit);
            int which = UNITS.indexOf(text.substring(unit, end));
            if (which < 0 || !isDecimal(number)) {
                return null;
            }
            sum = sum.add(new BigDecimal(number).multiply(BigDecimal.valueOf(UNIT_NANOS[which])));
            at = end;
        }
        return sum;
    }

    private static boolean isDecimal(String text) {
        int dot = text.indexOf('.');
        return !text.isEmpty()
                && dot != 0
                && dot != text.length() - 1
                && dot == text.lastIndexOf('.')
                && text.chars().allMatch(c -> c == '.' || (c >= '0' && c <= '9'));
    }

    private @Nullable Value time(Token token) {
        try {
            Instant instant = OffsetDateTime.parse(token.text()).toInstant();
            return Value.of(
                    Math.addExact(Math.multiplyExact(instant.getEpochSecond(), (long) SECOND), instant.getNano()));
        } catch (DateTimeException e) {
            return refuse(token, "is no time", "write " + Type.TIME.description + ", with its offset or Z");
        } catch (ArithmeticException e) {
            return refuse(token, "is out of range", "write a time from 1678 to 2261");
        }
    }

    private @Nullable Value address(Token token) {
        Value address = address(token.text());
        return address == null ? refuse(token, "is no address", "write " + Type.ADDRESS.description) : address;
    }

    private static @Nullable Value address(String text) {
        byte[] octets = new byte[16];
        int family = Addresses.parse(text, octets);
        ByteBuffer buffer = ByteBuffer.wrap(octets);
        return switch (family) {
            case 4 -> new Value(Value.IPV4, 0, buffer.getInt() & 0xFFFF_FFFFL);
            case 6 -> new Value(Value.IPV6, buffer.getLong(), buffer.getLong());
            default -> null;
        };
    }

    /** The addresses of a prefix; null after it was told that there are none. */
    @Nullable
    Span prefix(Token token) {
        int slash = token.text().indexOf('/');
        String digits = token.text().substring(slash + 1);
        Value address = address(token.text().substring(0, slash));
        int longest = address == null ? 0 : address.isWide() ? 128 : 32;
        if (address == null
                || digits.isEmpty()
                || digits.length() > 3
                || !digits.chars().allMatch(c -> c >= '0' && c <= '9')) {
            refuse(
                    token,
                    "is no prefix",
                    "write an address and its length in bits, such as 10.0.0.0/8 or 2001:db8::/32");
            return null;
        }
        int length = Integer.parseInt(digits);
        if (length > longest) {
            refuse(token, "is longer than an address", "write a length from 0 to " + longest);
            return null;
        }
        Span span = Span.ofPrefix(address, length);
        if (!span.lo().equals(address)) {
            refuse(token, "has bits beyond its length", "write " + text(Type.ADDRESS, span.lo()) + "/" + length);
            return null;
        }
        return span;
    }

    private @Nullable Value flags(Field field, Token token) {
        if (token.text().equalsIgnoreCase(Type.NONE)) {
            return Value.of(0);
        }
        long flags = 0;
        for (char letter : token.text().toUpperCase(Locale.ROOT).toCharArray()) {
            int bit = Type.FLAG_LETTERS.indexOf(letter);
            if (bit < 0) {
                return mismatch(field, token);
            }
            flags |= 1L << bit;
        }
        return Value.of(flags);
    }

    private @Nullable Value octets(Field field, Token token) {
        if (!token.is(Kind.HEXADECIMAL)
                || !isHexadecimal(token.text())
                || token.text().length() != 34) {
            return mismatch(field, token);
        }
        String digits = token.text().substring(2);
        return new Value(
                Value.OCTETS,
                Long.parseUnsignedLong(digits.substring(0, 16), 16),
                Long.parseUnsignedLong(digits.substring(16), 16));
    }

    private @Nullable Value word(Field field, Token token) {
        if (field.type == Type.PROTOCOL && (token.is(Kind.NUMBER) || token.is(Kind.HEXADECIMAL))) {
            return number(field, Field.PROTOCOL_NUMBER.max, token);
        }
        if (!token.is(Kind.WORD) && !token.is(Kind.TRUE) && !token.is(Kind.FALSE)) {
            return mismatch(field, token);
        }
        Long number = field.type.number(token.text());
        if (number != null) {
            return Value.of(number);
        }
        String near = Spelling.nearest(
                token.text(), field.type.words.keySet().stream().toList());
        return near == null || Field.byName(token.text()) != null
                ? mismatch(field, token)
                : refuse(token, "is none of the words for " + field.label, "did you mean " + near + "?");
    }

    private @Nullable Value mismatch(Field field, Token token) {
        if (token.is(Kind.WORD) && Field.byName(token.text()) != null) {
            return refuse(token, "is a column: columns are compared with values", "write " + field.compared());
        }
        if (token.text().startsWith("-")) {
            return refuse(token, "is negative: nothing here is", "write " + field.compared());
        }
        return refuse(
                token,
                "does not compare with " + field.label,
                "write " + field.compared() + ", as in " + field.example);
    }

    private @Nullable Value refuse(Token token, String why, String remedy) {
        faults.add(token, shown(token) + " " + why + "; " + remedy);
        return null;
    }

    /** The token in quotes. */
    static String shown(Token token) {
        String text = token.text();
        return "'" + (text.length() <= LONGEST_SHOWN ? text : text.substring(0, LONGEST_SHOWN) + "...") + "'";
    }

    /** A value as it is read again. */
    static String text(Type type, Value value) {
        return switch (type) {
            case NUMBER -> Long.toString(value.low());
            case TIME ->
                Instant.ofEpochSecond(Math.floorDiv(value.low(), SECOND), Math.floorMod(value.low(), SECOND))
                        .toString();
            case DURATION -> durationText(value.low());
            case ADDRESS -> addressText(value);
            case FLAGS -> flagsText((int) value.low());
            case OCTETS -> "0x%016x%016x".formatted(value.high(), value.low());
            case PROTOCOL, STATE, REASON, EVENT, AUTHOR, BOOLEAN -> {
                String word = type.word(value.low());
                yield word == null ? Long.toString(value.low()) : word;
            }
        };
    }

    private static String durationText(long nanos) {
        StringBuilder text = new StringBuilder();
        long rest = nanos;
        for (int unit = 0; unit < UNIT_NANOS.length; unit++) {
            if (rest >= UNIT_NANOS[unit]) {
                text.append(rest / UNIT_NANOS[unit]).append(UNITS.get(unit));
                rest %= UNIT_NANOS[unit];
            }
        }
        return text.isEmpty() ? "0s" : text.toString();
    }

    private static String addressText(Value address) {
        byte[] text = new byte[Addresses.MAX_TEXT];
        int length = address.kind() == Value.IPV4
                ? Addresses.formatIpv4((int) address.low(), text, 0)
                : Addresses.formatIpv6(address.high(), address.low(), text, 0);
        return new String(text, 0, length, StandardCharsets.US_ASCII);
    }

    private static String flagsText(int flags) {
        StringBuilder text = new StringBuilder();
        for (int bit = 0; bit < Type.FLAG_LETTERS.length(); bit++) {
            if (((flags >>> bit) & 1) != 0) {
                text.append(Type.FLAG_LETTERS.charAt(bit));
            }
        }
        return text.isEmpty() ? Type.NONE : text.toString();
    }
}
