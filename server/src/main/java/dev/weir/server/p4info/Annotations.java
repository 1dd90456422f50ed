package dev.weir.server.p4info;

import dev.weir.api.p4.config.v1.Documentation;
import dev.weir.api.p4.config.v1.Expression;
import dev.weir.api.p4.config.v1.ExpressionList;
import dev.weir.api.p4.config.v1.KeyValuePair;
import dev.weir.api.p4.config.v1.KeyValuePairList;
import dev.weir.api.p4.config.v1.StructuredAnnotation;
import dev.weir.p4.preprocess.Token;
import dev.weir.p4.preprocess.TokenKind;
import dev.weir.p4.syntax.Annotation;
import dev.weir.p4.typed.Note;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Annotations as P4Info has them: as they are written, but for those that it has fields for. */
final class Annotations {
    static final String ID = "id", HIDDEN = "hidden";
    private static final Set<String> FIELDS = Set.of("name", ID, "brief", "description");

    private Annotations() {}

    /** Those without brackets, as written. */
    static List<String> written(List<Note> notes, String... others) {
        Set<String> except = Set.of(others);
        return notes.stream()
                .filter(note -> !isStructured(note) && !FIELDS.contains(note.name()) && !except.contains(note.name()))
                .map(Annotations::written)
                .toList();
    }

    private static String written(Note note) {
        String name = "@" + note.name();
        return switch (note.annotation().body()) {
            case Annotation.Body.Tokens t -> name + "(" + joined(t.tokens()) + ")";
            case Annotation.Body.Pragma p -> p.tokens().isEmpty() ? name : name + "(" + joined(p.tokens()) + ")";
            default -> name;
        };
    }

    private static String joined(List<Token> tokens) {
        return tokens.stream().map(Token::text).collect(Collectors.joining(" "));
    }

    private static boolean isStructured(Note note) {
        return note.annotation().body() instanceof Annotation.Body.Values
                || note.annotation().body() instanceof Annotation.Body.Pairs;
    }

    /** Those with brackets. */
    static List<StructuredAnnotation> structured(List<Note> notes) {
        return notes.stream()
                .filter(Annotations::isStructured)
                .map(Annotations::structured)
                .toList();
    }

    private static StructuredAnnotation structured(Note note) {
        StructuredAnnotation.Builder made = StructuredAnnotation.newBuilder().setName(note.name());
        switch (note.annotation().body()) {
            case Annotation.Body.Values v -> {
                ExpressionList.Builder list = ExpressionList.newBuilder();
                v.values().forEach(value -> list.addExpressions(expression(value)));
                made.setExpressionList(list);
            }
            case Annotation.Body.Pairs p -> {
                KeyValuePairList.Builder list = KeyValuePairList.newBuilder();
                p.pairs()
                        .forEach(pair -> list.addKvPairs(KeyValuePair.newBuilder()
                                .setKey(pair.name().text())
                                .setValue(expression(pair.value()))));
                made.setKvPairList(list);
            }
            default -> {}
        }
        return made.build();
    }

    private static Expression expression(dev.weir.p4.syntax.Expression e) {
        Expression.Builder made = Expression.newBuilder();
        switch (e) {
            case dev.weir.p4.syntax.Expression.Numeral n ->
                made.setInt64Value(n.literal().value().longValue());
            case dev.weir.p4.syntax.Expression.Bool b -> made.setBoolValue(b.value());
            case dev.weir.p4.syntax.Expression.Text t -> made.setStringValue(unquoted(t.quoted()));
            default -> made.setStringValue(e.span().text());
        }
        return made.build();
    }

    /** Null where neither {@code @brief} nor {@code @description} is there. */
    static @Nullable Documentation documentation(List<Note> notes) {
        Note brief = Note.find(notes, "brief"), description = Note.find(notes, "description");
        if (brief == null && description == null) return null;
        return Documentation.newBuilder()
                .setBrief(brief == null ? "" : brief.text())
                .setDescription(description == null ? "" : description.text())
                .build();
    }

    /** The number of an annotation such as {@code @id(0x12)}; null where there is none, or it is no number of 32 bits. */
    static @Nullable Integer number(List<Note> notes, String name) {
        Note note = Note.find(notes, name);
        if (note == null) return null;
        String text = note.text().replace("_", "").replaceFirst("^[0-9]+[ws](?=[0-9])", "");
        boolean hexadecimal = text.startsWith("0x") || text.startsWith("0X");
        try {
            BigInteger number = hexadecimal ? new BigInteger(text.substring(2), 16) : new BigInteger(text);
            return number.signum() < 0 || number.bitLength() > Integer.SIZE ? null : number.intValue();
        } catch (NumberFormatException _) {
            return null;
        }
    }

    /** Of {@code (name = "value", ...)}: texts without quotes, others as written. */
    static Map<String, String> pairs(@Nullable Note note) {
        Map<String, String> pairs = new LinkedHashMap<>();
        if (note == null || !(note.annotation().body() instanceof Annotation.Body.Tokens t)) return pairs;
        for (List<Token> pair : split(t.tokens())) {
            if (pair.size() == 3 && pair.get(1).text().equals("=")) {
                Token value = pair.get(2);
                pairs.put(pair.get(0).text(), value.is(TokenKind.STRING) ? unquoted(value.text()) : value.text());
            }
        }
        return pairs;
    }

    /** The tokens between commas that are in no parentheses. */
    static List<List<Token>> split(List<Token> tokens) {
        List<List<Token>> parts = new ArrayList<>(List.of(new ArrayList<>()));
        int depth = 0;
        for (Token token : tokens) {
            switch (token.text()) {
                case "(", "{", "[" -> depth++;
                case ")", "}", "]" -> depth--;
                default -> {}
            }
            if (depth == 0 && token.text().equals(",")) {
                parts.add(new ArrayList<>());
            } else {
                parts.getLast().add(token);
            }
        }
        return parts;
    }

    static String unquoted(String quoted) {
        return quoted.length() >= 2 && quoted.startsWith("\"") ? quoted.substring(1, quoted.length() - 1) : quoted;
    }
}
