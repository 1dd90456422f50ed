package dev.weir.p4.check;

import dev.weir.p4.preprocess.Token;
import dev.weir.p4.preprocess.TokenKind;
import dev.weir.p4.syntax.Annotation;
import dev.weir.p4.typed.Note;
import java.util.List;
import java.util.stream.Collectors;

/** Reads annotations for those who look at them. */
final class Notes {
    private Notes() {}

    static List<Note> of(List<Annotation> annotations) {
        return annotations.stream().map(Notes::of).toList();
    }

    private static Note of(Annotation annotation) {
        String text = switch (annotation.body()) {
            case Annotation.Body.Tokens t -> text(t.tokens());
            case Annotation.Body.Pragma p -> text(p.tokens());
            case Annotation.Body.Empty _, Annotation.Body.Values _, Annotation.Body.Pairs _ -> "";
        };
        return new Note(annotation.span(), annotation.name().text(), text, annotation);
    }

    private static String text(List<Token> tokens) {
        if (tokens.size() == 1 && tokens.getFirst().is(TokenKind.STRING)) {
            String quoted = tokens.getFirst().text();
            return quoted.substring(1, quoted.length() - 1);
        }
        return tokens.stream().map(Token::text).collect(Collectors.joining(" "));
    }
}
