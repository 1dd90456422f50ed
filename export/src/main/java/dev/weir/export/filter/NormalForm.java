package dev.weir.export.filter;

import dev.weir.export.filter.Expression.Among;
import dev.weir.export.filter.Expression.And;
import dev.weir.export.filter.Expression.Compare;
import dev.weir.export.filter.Expression.Constant;
import dev.weir.export.filter.Expression.Has;
import dev.weir.export.filter.Expression.Not;
import dev.weir.export.filter.Expression.Or;
import java.util.List;
import java.util.stream.Collectors;

/** Writes an expression so that it reads the same again. */
final class NormalForm {
    private NormalForm() {}

    static String of(Expression expression) {
        return switch (expression) {
            case Constant constant -> String.valueOf(constant.value());
            case And and ->
                and.terms().stream()
                        .map(term -> term instanceof Or ? "(" + of(term) + ")" : of(term))
                        .collect(Collectors.joining(" && "));
            case Or or -> or.terms().stream().map(NormalForm::of).collect(Collectors.joining(" || "));
            case Not not -> opposite(not.term());
            case Compare compare ->
                compare.field().type == Type.BOOLEAN
                        ? compare.field().label
                        : compare.field().label + " " + compare.relation().sign + " "
                                + Literals.text(compare.field().type, compare.value());
            case Among among -> among.field().label + " in " + set(among);
            case Has has -> has.field().label + " has " + Literals.text(Type.FLAGS, Value.of(has.flags()));
        };
    }

    private static String opposite(Expression term) {
        return switch (term) {
            case Among among -> among.field().label + " not in " + set(among);
            case Compare compare when compare.field().type == Type.BOOLEAN -> "!" + of(compare);
            default -> "!(" + of(term) + ")";
        };
    }

    private static String set(Among among) {
        List<Span> spans = among.spans();
        String items =
                spans.stream().map(span -> item(among.field().type, span)).collect(Collectors.joining(", "));
        return spans.size() == 1 ? items : "{" + items + "}";
    }

    private static String item(Type type, Span span) {
        String lo = Literals.text(type, span.lo());
        if (span.isSingle()) {
            return lo;
        }
        return type == Type.ADDRESS && span.isPrefix()
                ? lo + "/" + span.prefixLength()
                : lo + ".." + Literals.text(type, span.hi());
    }
}
