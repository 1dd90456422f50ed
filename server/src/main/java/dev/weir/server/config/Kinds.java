package dev.weir.server.config;

import dev.weir.packet.Addresses;
import dev.weir.table.Lifetime;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The kinds of one word that options have. */
final class Kinds {
    /** Of ports, nodes, chains and tenants. */
    static final Pattern NAME = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_-]{0,63}");

    /** As {@link Lifetime} stores it. */
    static final Kind<Integer> LIFETIME = new Scalars<>(
            "a time",
            "give seconds, or 250ms, 90s, 5m, 1h, or never",
            Json.object(
                    "type",
                    List.of("string", "number"),
                    "pattern",
                    "^(never|[0-9]*\\.?[0-9]+(ms|s|m|h|d)?)$",
                    "minimum",
                    0),
            Lifetime::parse);

    /** A time that ends. */
    static final Kind<Duration> DURATION = new Scalars<>(
            "a time",
            "give seconds, or 250ms, 90s, 5m, 1h",
            Json.object(
                    "type", List.of("string", "number"), "pattern", "^[0-9]*\\.?[0-9]+(ms|s|m|h|d)?$", "minimum", 0),
            Kinds::duration);

    static final Kind<Boolean> SWITCH =
            new Scalars<>("a switch", "write true or false", Json.object("type", "boolean"), Kinds::onOrOff);

    /** Any text but an empty one. */
    static final Kind<String> TEXT =
            new Scalars<>("a text", "write a text", Json.object("type", "string", "minLength", 1), Kinds::text);

    /** A file, relative ones as seen from where the process was started. */
    static final Kind<String> FILE = new Scalars<>(
            "a file name", "write a file name", Json.object("type", "string", "minLength", 1), Kinds::text);

    /** The lower 48 bits. */
    static final Kind<Long> MAC = new Scalars<>(
            "an Ethernet address",
            "write it as 02:00:00:00:00:01",
            Json.object("type", "string", "pattern", "^([0-9A-Fa-f]{2}:){5}[0-9A-Fa-f]{2}$"),
            Kinds::macAddress);

    /** Octets, plain or with a unit: powers of 1024. */
    static Kind<Long> size(long min, long max) {
        return new Scalars<>(
                "a size in octets",
                "write octets, or 64k, 16M, 1G",
                Json.object(
                        "type",
                        List.of("integer", "string"),
                        "pattern",
                        "^[0-9]+[kMG]?$",
                        "minimum",
                        min,
                        "maximum",
                        max),
                text -> size(text, min, max));
    }

    private Kinds() {}

    static Kind<Integer> integer(int min, int max) {
        return new Scalars<>(
                "a number, " + min + " to " + max,
                "give " + min + " to " + max,
                Json.object("type", "integer", "minimum", min, "maximum", max),
                text -> (int) whole(text, min, max));
    }

    /** Words and what they mean, in this order. */
    @SafeVarargs
    static <T> Map<String, T> words(Map.Entry<String, T>... meanings) {
        Map<String, T> words = new LinkedHashMap<>();
        for (Map.Entry<String, T> meaning : meanings) {
            words.put(meaning.getKey(), meaning.getValue());
        }
        return Collections.unmodifiableMap(words);
    }

    /** One of the words; a value a word. */
    static <T> Kind<T> choice(Map<String, T> words) {
        Map<String, T> ordered = new LinkedHashMap<>(words);
        String all = String.join(", ", ordered.keySet());
        return new Scalars<>(
                "one of " + all, "write one of " + all, Map.of("enum", List.copyOf(ordered.keySet())), text -> {
                    T value = ordered.get(text);
                    if (value == null) {
                        throw new IllegalArgumentException("'" + text + "' is none of the words for this; "
                                + Spelling.suggest(text, ordered.keySet(), "take another"));
                    }
                    return value;
                });
    }

    /** The constants of an enumeration, in lower case with hyphens. */
    static <E extends Enum<E>> Kind<E> choice(Class<E> type) {
        Map<String, E> words = new LinkedHashMap<>();
        for (E constant : type.getEnumConstants()) {
            words.put(word(constant), constant);
        }
        return choice(words);
    }

    /** The word for a constant of an enumeration. */
    static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** What a function makes of the values of another kind; it throws an {@link IllegalArgumentException} otherwise. */
    static <A, B> Kind<B> of(Kind<A> kind, String says, Function<A, B> make) {
        return new Made<>(kind, says, make);
    }

    /** A text that a function understands, which throws an {@link IllegalArgumentException} otherwise. */
    static <T> Kind<T> parsed(String says, String remedy, Function<String, T> parse) {
        return new Scalars<>(says, remedy, Json.object("type", List.of("string", "number")), parse);
    }

    /** The name of something that the file declares elsewhere. */
    static Kind<String> nameOf(Names names) {
        return new Reference(names, Set.of());
    }

    /** The same, or one of some words that mean something else. */
    static Kind<String> nameOf(Names names, Set<String> words) {
        return new Reference(names, words);
    }

    private record Made<A, B>(Kind<A> kind, String says, Function<A, B> make) implements Kind<B> {
        @Override
        public @Nullable B read(Yaml value, String path, Reading reading) {
            A from = kind.read(value, path, reading);
            if (from == null) {
                return null;
            }
            try {
                return make.apply(from);
            } catch (IllegalArgumentException e) {
                reading.fault(value.at(), path, String.valueOf(e.getMessage()));
                return null;
            }
        }

        @Override
        public Map<String, Object> schema(Map<String, Object> definitions) {
            return kind.schema(definitions);
        }
    }

    private record Reference(Names names, Set<String> words) implements Kind<String> {
        @Override
        public @Nullable String read(Yaml value, String path, Reading reading) {
            if (!(value instanceof Yaml.Scalar scalar) || scalar.isNothing()) {
                reading.fault(
                        value.at(), path, "is " + value.says() + ", not " + says() + "; write one of " + names.section);
                return null;
            }
            if (!words.contains(scalar.text())) {
                reading.use(names, scalar.text(), value.at(), path);
            }
            return scalar.text();
        }

        @Override
        public Map<String, Object> schema(Map<String, Object> definitions) {
            return Json.object("type", "string");
        }

        @Override
        public String says() {
            String name = "the name of a " + names.singular;
            List<String> all = new ArrayList<>(List.of(name));
            words.stream().sorted().forEach(all::add);
            return String.join(" or ", all);
        }
    }

    static long whole(String text, long min, long max) {
        if (!text.matches("-?[0-9]{1,18}")) {
            throw new IllegalArgumentException("'" + text + "' is no whole number; give " + min + " to " + max);
        }
        long value = Long.parseLong(text);
        if (value < min || value > max) {
            throw new IllegalArgumentException(value + " is out of range; give " + min + " to " + max);
        }
        return value;
    }

    private static long size(String text, long min, long max) {
        Matcher parts = Pattern.compile("([0-9]{1,12})([kMG]?)").matcher(text);
        if (!parts.matches()) {
            throw new IllegalArgumentException("'" + text + "' is no size; write octets, or 64k, 16M, 1G");
        }
        int shift = "kMG".indexOf(parts.group(2)) * 10 + 10;
        BigDecimal octets = new BigDecimal(parts.group(1))
                .multiply(BigDecimal.valueOf(parts.group(2).isEmpty() ? 1 : 1L << shift));
        if (octets.compareTo(BigDecimal.valueOf(min)) < 0 || octets.compareTo(BigDecimal.valueOf(max)) > 0) {
            throw new IllegalArgumentException(
                    "'" + text + "' is out of range; give " + min + " to " + max + " octets");
        }
        return octets.longValueExact();
    }

    private static Duration duration(String text) {
        int millis = Lifetime.parse(text);
        if (millis == Lifetime.NEVER) {
            throw new IllegalArgumentException("'never' is no time here; give seconds, or 250ms, 90s, 5m, 1h");
        }
        return Duration.ofMillis(millis & 0xFFFF_FFFFL);
    }

    private static boolean onOrOff(String text) {
        return switch (text) {
            case "true", "True", "TRUE" -> true;
            case "false", "False", "FALSE" -> false;
            default -> throw new IllegalArgumentException("'" + text + "' is no switch; write true or false");
        };
    }

    private static String text(String text) {
        if (text.isEmpty() || text.chars().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException("is empty or has control characters; write a plain text");
        }
        return text;
    }

    static long macAddress(String text) {
        if (!text.matches("([0-9A-Fa-f]{2}:){5}[0-9A-Fa-f]{2}")) {
            throw new IllegalArgumentException(
                    "'" + text + "' is no Ethernet address; write it as 02:00:00:00:00:01, in quotes");
        }
        return Long.parseLong(text.replace(":", ""), 16);
    }

    /** The octets of an IPv4 or IPv6 address, 4 or 16. */
    static byte[] address(String text) {
        byte[] octets = new byte[16];
        int family = Addresses.parse(text, octets);
        return switch (family) {
            case 4 -> java.util.Arrays.copyOf(octets, 4);
            case 6 -> octets;
            default ->
                throw new IllegalArgumentException(
                        "'" + text + "' is no IP address; write it as 192.0.2.1 or 2001:db8::1");
        };
    }
}
