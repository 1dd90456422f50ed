package dev.weir.export.filter;

import java.util.ArrayList;
import java.util.List;

/**
 * An expression whose every comparison makes sense. Immutable. A test of a field that means either side holds when it holds for one of
 * them; {@link Relation#NOT_EQUAL} is always the opposite of {@link Relation#EQUAL}.
 */
sealed interface Expression {
    /** Every flow, or none. */
    record Constant(boolean value) implements Expression {}

    /** @param terms two or more, none of them an And */
    record And(List<Expression> terms) implements Expression {}

    /** @param terms two or more, none of them an Or */
    record Or(List<Expression> terms) implements Expression {}

    /** @param term no Not */
    record Not(Expression term) implements Expression {}

    record Compare(Field field, Relation relation, Value value) implements Expression {}

    /** @param spans one or more, in order, none overlapping another */
    record Among(Field field, List<Span> spans) implements Expression {}

    /** @param flags all of which are set; at least one */
    record Has(Field field, int flags) implements Expression {}

    static Expression and(List<Expression> terms) {
        List<Expression> flat = new ArrayList<>();
        terms.forEach(term -> flat.addAll(term instanceof And and ? and.terms : List.of(term)));
        return flat.size() == 1 ? flat.getFirst() : new And(List.copyOf(flat));
    }

    static Expression or(List<Expression> terms) {
        List<Expression> flat = new ArrayList<>();
        terms.forEach(term -> flat.addAll(term instanceof Or or ? or.terms : List.of(term)));
        return flat.size() == 1 ? flat.getFirst() : new Or(List.copyOf(flat));
    }

    static Expression not(Expression term) {
        return switch (term) {
            case Constant constant -> new Constant(!constant.value);
            case Not not -> not.term;
            default -> new Not(term);
        };
    }

    static Expression compare(Field field, Relation relation, Value value) {
        if (field.type != Type.BOOLEAN) {
            return new Compare(field, relation, value);
        }
        Expression holds = new Compare(field, Relation.EQUAL, Value.of(1));
        return (value.low() == 1) == (relation == Relation.EQUAL) ? holds : new Not(holds);
    }

    static Expression among(Field field, List<Span> spans) {
        List<Span> merged = Span.merge(spans);
        return merged.size() == 1 && merged.getFirst().isSingle()
                ? compare(field, Relation.EQUAL, merged.getFirst().lo())
                : new Among(field, merged);
    }
}
