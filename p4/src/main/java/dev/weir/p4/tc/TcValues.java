package dev.weir.p4.tc;

import dev.weir.p4.control.TableSchema;
import dev.weir.p4.ir.Match;
import dev.weir.p4.ir.Table.MatchKind;
import dev.weir.packet.Addresses;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * Values as P4TC's tools write them, by type: {@code dev} is the name of a port, {@code ipv4} and {@code ipv6} are addresses, with the length of a prefix in keys, {@code macaddr}
 * is six pairs of hexadecimal digits, {@code bit128} are 32 hexadecimal digits, everything else is decimal, with a hexadecimal mask in keys. Beyond that, {@code 3..9} is a range,
 * {@code *} is anything. Immutable; any thread. What cannot be read throws an {@link IllegalArgumentException} that says why.
 */
public final class TcValues {
    private static final int MAC_BITS = 48, IPV4_BITS = 32, IPV6_BITS = 128, MOST_DIGITS = 1300;

    private final PortNames ports;

    public TcValues(PortNames ports) {
        this.ports = ports;
    }

    PortNames ports() {
        return ports;
    }

    /** A value without a mask. */
    public BigInteger parse(String type, int bits, String text) {
        BigInteger value = switch (type) {
            case "dev" -> port(text);
            case "ipv4", "ipv6" -> address(type, text);
            case "macaddr" -> mac(text);
            default -> text.indexOf('.') > 0 || text.indexOf(':') > 0 ? guess(text, bits) : number(text);
        };
        if (value.bitLength() > bits) {
            throw new IllegalArgumentException("it does not fit " + bits + " bits");
        }
        return value;
    }

    private BigInteger port(String text) {
        int number = ports.number(text);
        if (number >= 0) return BigInteger.valueOf(number);
        if (text.isEmpty() || !Character.isDigit(text.charAt(0))) {
            throw new IllegalArgumentException("there is no port of that name; give one of " + ports.names());
        }
        return number(text);
    }

    private static BigInteger address(String type, String text) {
        byte[] octets = new byte[16];
        int family = Addresses.parse(text, octets);
        if (family != (type.equals("ipv4") ? 4 : 6)) {
            boolean number = !text.isEmpty() && text.chars().allMatch(c -> Character.digit(c, 16) >= 0 || c == 'x');
            if (family == 0 && number && Character.isDigit(text.charAt(0))) return number(text);
            throw new IllegalArgumentException("it is no address; give one of type " + type);
        }
        return new BigInteger(1, Arrays.copyOf(octets, family == 4 ? 4 : 16));
    }

    /** An address where the program gives no type. */
    private static BigInteger guess(String text, int bits) {
        if (bits == MAC_BITS) return mac(text);
        return address(bits == IPV6_BITS ? "ipv6" : "ipv4", text);
    }

    private static BigInteger mac(String text) {
        if (!text.contains(":")) return number(text);
        if (!text.matches("[0-9a-fA-F]{2}(:[0-9a-fA-F]{2}){5}")) {
            throw new IllegalArgumentException("it is no Ethernet address; give one like 02:00:00:00:00:01");
        }
        return new BigInteger(text.replace(":", ""), 16);
    }

    private static BigInteger number(String text) {
        boolean hex = text.startsWith("0x") || text.startsWith("0X");
        String digits = hex ? text.substring(2) : text;
        boolean good = !digits.isEmpty()
                && digits.length() <= MOST_DIGITS
                && digits.chars().allMatch(c -> c < 128 && Character.digit(c, hex ? 16 : 10) >= 0);
        if (!good) throw new IllegalArgumentException("it is no number; give one, decimal or hexadecimal");
        return new BigInteger(digits, hex ? 16 : 10);
    }

    /** What a key is to match. */
    public Match parse(TableSchema.Key key, String text) {
        if (text.equals("*") && key.kind() != MatchKind.EXACT) return new Match.Any();
        int dots = text.indexOf("..");
        if (dots > 0 && key.kind() == MatchKind.RANGE) {
            BigInteger low = parse(key.type(), key.bits(), text.substring(0, dots));
            BigInteger high = parse(key.type(), key.bits(), text.substring(dots + 2));
            if (low.compareTo(high) > 0) throw new IllegalArgumentException("the range is empty; give the lower first");
            return new Match.Range(low, high);
        }
        int slash = text.lastIndexOf('/');
        if (slash < 0) return new Match.Exactly(parse(key.type(), key.bits(), text));
        BigInteger value = parse(key.type(), key.bits(), text.substring(0, slash));
        return masked(key, value, mask(key, text.substring(slash + 1)));
    }

    private static Match masked(TableSchema.Key key, BigInteger value, BigInteger mask) {
        if (mask.equals(ones(key.bits()))) return new Match.Exactly(value);
        return switch (key.kind()) {
            case TERNARY -> new Match.Masked(value.and(mask), mask);
            case LPM -> {
                if (!isPrefix(mask, key.bits())) {
                    throw new IllegalArgumentException("its mask is no prefix; give ones before zeros");
                }
                yield new Match.Masked(value.and(mask), mask);
            }
            case EXACT, OPTIONAL, RANGE -> {
                if (mask.signum() == 0 && key.kind() != MatchKind.EXACT) yield new Match.Any();
                throw new IllegalArgumentException("the key is " + key.match() + "; give a value without a mask");
            }
        };
    }

    private static boolean isAddress(String type) {
        return type.equals("ipv4") || type.equals("ipv6");
    }

    private static BigInteger mask(TableSchema.Key key, String text) {
        boolean length = text.matches("[0-9]{1,4}") && (isAddress(key.type()) || key.kind() == MatchKind.LPM);
        if (length) {
            int prefix = Integer.parseInt(text);
            if (prefix > key.bits()) throw new IllegalArgumentException("a prefix has at most " + key.bits() + " bits");
            return prefix(prefix, key.bits());
        }
        BigInteger mask = key.type().equals("macaddr") && text.contains(":")
                ? mac(text)
                : isAddress(key.type()) && !text.startsWith("0x") ? address(key.type(), text) : number(text);
        if (mask.bitLength() > key.bits()) {
            throw new IllegalArgumentException("its mask does not fit " + key.bits() + " bits");
        }
        return mask;
    }

    static BigInteger ones(int bits) {
        return BigInteger.ONE.shiftLeft(bits).subtract(BigInteger.ONE);
    }

    private static BigInteger prefix(int length, int bits) {
        return ones(length).shiftLeft(bits - length);
    }

    private static boolean isPrefix(BigInteger mask, int bits) {
        return mask.equals(prefix(mask.bitCount(), bits));
    }

    /** A value without a mask, as parameters of actions have it. */
    public String text(String type, int bits, BigInteger value) {
        return switch (type) {
            case "dev" -> {
                String name = value.bitLength() < Integer.SIZE ? ports.name(value.intValue()) : null;
                yield name == null ? value.toString() : name;
            }
            case "ipv4" -> bits == IPV4_BITS ? ipv4(value) : value.toString();
            case "ipv6" -> bits == IPV6_BITS ? ipv6(value) : value.toString();
            case "macaddr" -> bits == MAC_BITS ? macText(value) : value.toString();
            case "bit128" -> hex(value, IPV6_BITS);
            default -> value.toString();
        };
    }

    private static String ipv4(BigInteger value) {
        byte[] out = new byte[Addresses.MAX_TEXT];
        return new String(out, 0, Addresses.formatIpv4(value.intValue(), out, 0), StandardCharsets.US_ASCII);
    }

    private static String ipv6(BigInteger value) {
        byte[] out = new byte[Addresses.MAX_TEXT];
        int length = Addresses.formatIpv6(value.shiftRight(64).longValue(), value.longValue(), out, 0);
        return new String(out, 0, length, StandardCharsets.US_ASCII);
    }

    private static String hex(BigInteger value, int bits) {
        String digits = value.toString(16);
        return "0".repeat(Math.max(0, bits / 4 - digits.length())) + digits;
    }

    private static String macText(BigInteger value) {
        return HexFormat.ofDelimiter(":").formatHex(HexFormat.of().parseHex(hex(value, MAC_BITS)));
    }

    /** What a key matches. */
    public String text(TableSchema.Key key, Match match) {
        BigInteger all = ones(key.bits());
        return switch (match) {
            case Match.Exactly m -> masked(key, m.number(), all, MatchKind.EXACT);
            case Match.Masked m -> masked(key, m.number(), m.mask(), MatchKind.TERNARY);
            case Match.Range m -> text(key.type(), key.bits(), m.low()) + ".." + text(key.type(), key.bits(), m.high());
            case Match.Any _ ->
                key.kind() == MatchKind.RANGE
                        ? text(key, new Match.Range(BigInteger.ZERO, all))
                        : masked(key, BigInteger.ZERO, BigInteger.ZERO, MatchKind.TERNARY);
        };
    }

    private String masked(TableSchema.Key key, BigInteger value, BigInteger mask, MatchKind kind) {
        String text = text(key.type(), key.bits(), value);
        boolean bare = kind == MatchKind.EXACT
                && (key.type().equals("dev") || key.type().equals("bit128"));
        if (bare) return text;
        return isAddress(key.type()) && isPrefix(mask, key.bits())
                ? text + "/" + mask.bitCount()
                : text + "/0x" + mask.toString(16);
    }
}
