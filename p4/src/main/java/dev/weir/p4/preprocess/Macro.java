package dev.weir.p4.preprocess;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a name stands for.
 *
 * @param parameters null for a macro that takes no arguments, not even none
 */
record Macro(Token name, @Nullable List<String> parameters, List<Token> body) {
    /** Whether both stand for the same tokens: defining one again as the other is no mistake. */
    boolean means(Macro other) {
        return java.util.Objects.equals(parameters, other.parameters)
                && texts(body).equals(texts(other.body));
    }

    private static List<String> texts(List<Token> tokens) {
        return tokens.stream().map(Token::text).toList();
    }

    int parameter(Token token) {
        return parameters == null || !token.isWord() ? -1 : parameters.indexOf(token.text());
    }
}
