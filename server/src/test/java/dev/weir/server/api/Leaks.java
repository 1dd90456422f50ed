package dev.weir.server.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.server.api.RawCaller.Answer;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a caller is told has no name of a class in it, and nothing of a stack. */
final class Leaks {
    private static final Pattern INSIDE = Pattern.compile(
            "Exception|Throwable|\\tat |\\.java\\b|\\bdev\\.weir\\.|\\bcom\\.(google|linecorp)\\.|\\bio\\.(netty|grpc)\\."
                    + "|\\bjavax?\\.[a-z]|\\bjdk\\.|gson|[Aa]rmeria|[Nn]etty");

    /** As queries write octets, and JSON characters. */
    private static final Pattern ESCAPED = Pattern.compile("%([0-9A-Fa-f]{2})|\\\\u([0-9A-Fa-f]{4})");

    private Leaks() {}

    static void assertNone(Answer answer) {
        assertNone(answer.text());
    }

    /** Nor has an answer to a request of these octets, but for what is the request's own, however that is escaped. */
    static void assertNone(Answer answer, byte[] request) {
        String asked = letters(new String(request, StandardCharsets.ISO_8859_1));
        assertThat(INSIDE.matcher(answer.text())
                        .results()
                        .map(MatchResult::group)
                        .filter(found -> !asked.contains(letters(found))))
                .as(answer.text())
                .isEmpty();
    }

    private static String letters(String text) {
        return ESCAPED.matcher(text.replaceAll("\\p{Cntrl}", ""))
                .replaceAll(escape -> Matcher.quoteReplacement(Character.toString(
                        Integer.parseInt(Objects.requireNonNullElseGet(escape.group(1), () -> escape.group(2)), 16))))
                .replaceAll("[^A-Za-z.]", "");
    }

    static void assertNone(String text) {
        assertThat(INSIDE.matcher(text).find()).as(text).isFalse();
    }
}
