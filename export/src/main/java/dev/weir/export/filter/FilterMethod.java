package dev.weir.export.filter;

import static java.lang.constant.ConstantDescs.CD_int;
import static java.lang.constant.ConstantDescs.CD_long;

import dev.weir.export.filter.Expression.Among;
import dev.weir.export.filter.Expression.And;
import dev.weir.export.filter.Expression.Compare;
import dev.weir.export.filter.Expression.Constant;
import dev.weir.export.filter.Expression.Has;
import dev.weir.export.filter.Expression.Not;
import dev.weir.export.filter.Expression.Or;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Label;
import java.lang.classfile.Opcode;
import java.lang.classfile.TypeKind;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * Writes the body of one method that tests an expression: jumps away as soon as the answer is known. Junctions and sets that would make
 * it too long are cut into parts.
 */
final class FilterMethod {
    /** How many bytes of a junction or a set are written in one method. */
    private static final int BUDGET = 4_000;

    private static final ClassDesc VALUES = FlowValues.class.describeConstable().orElseThrow();
    private static final MethodTypeDesc READ = MethodTypeDesc.of(CD_long, FilterCompiler.RECORD);
    private static final MethodTypeDesc FAMILY = MethodTypeDesc.of(CD_int);

    private final CodeBuilder out;
    private final int record;
    private final Function<Expression, String> part;

    /**
     * @param record the local variable that has the record
     * @param part the name of the method that tests an expression
     */
    FilterMethod(CodeBuilder out, int record, Function<Expression, String> part) {
        this.out = out;
        this.record = record;
        this.part = part;
    }

    void write(Expression expression) {
        Label no = out.newLabel();
        jump(expression, false, no);
        out.iconst_1().ireturn();
        out.labelBinding(no).iconst_0().ireturn();
    }

    /** Goes on at the target if the expression is what {@code when} says, else behind what is written here. */
    private void jump(Expression expression, boolean when, Label target) {
        switch (expression) {
            case Constant constant -> {
                if (constant.value() == when) out.goto_(target);
            }
            case Not not -> jump(not.term(), !when, target);
            case And and -> junction(portions(and.terms(), Expression::and), false, when, target);
            case Or or -> junction(portions(or.terms(), Expression::or), true, when, target);
            case Compare compare -> compare(compare, when, target);
            case Among among -> among(among, when, target);
            case Has has -> {
                read(has.field().reader());
                out.loadConstant((long) has.flags())
                        .land()
                        .loadConstant((long) has.flags())
                        .lcmp();
                out.branch(when ? Opcode.IFEQ : Opcode.IFNE, target);
            }
        }
    }

    /** @param decisive what one term must be to decide */
    private void junction(List<Expression> terms, boolean decisive, boolean when, Label target) {
        boolean cut = size(terms) > BUDGET;
        Label end = out.newLabel();
        for (int i = 0; i < terms.size(); i++) {
            boolean last = i == terms.size() - 1;
            boolean wanted = last ? when : decisive;
            Label to = last || when == decisive ? target : end;
            if (cut) {
                out.aload(record).invokestatic(FilterCompiler.GENERATED, part.apply(terms.get(i)), FilterCompiler.TEST);
                out.branch(wanted ? Opcode.IFNE : Opcode.IFEQ, to);
            } else {
                jump(terms.get(i), wanted, to);
            }
        }
        out.labelBinding(end);
    }

    /** The same terms, or where they are too long, junctions of as many as fit. */
    private static List<Expression> portions(List<Expression> terms, Function<List<Expression>, Expression> junction) {
        if (size(terms) <= BUDGET) {
            return terms;
        }
        List<Expression> portions = new ArrayList<>();
        List<Expression> portion = new ArrayList<>();
        int bytes = 0;
        for (Expression term : terms) {
            if (!portion.isEmpty() && bytes + size(term) > BUDGET) {
                portions.add(junction.apply(portion));
                portion.clear();
                bytes = 0;
            }
            portion.add(term);
            bytes += size(term);
        }
        portions.add(junction.apply(portion));
        return portions;
    }

    /** About how many bytes it takes. */
    private static int size(Expression expression) {
        return switch (expression) {
            case Constant _ -> 3;
            case Not not -> size(not.term());
            case And and -> size(and.terms());
            case Or or -> size(or.terms());
            case Compare compare -> compare.value().kind() == Value.NUMBER ? 16 : 80;
            case Among among ->
                32 + among.spans().size() * (among.spans().getLast().lo().isWide() ? 48 : 24);
            case Has _ -> 20;
        };
    }

    private static int size(List<Expression> terms) {
        int bytes = 0;
        for (Expression term : terms) {
            bytes += size(term);
        }
        return bytes;
    }

    private void compare(Compare compare, boolean when, Label target) {
        Field field = compare.field();
        Relation relation = compare.relation();
        if (relation == Relation.NOT_EQUAL) {
            jump(new Compare(field, Relation.EQUAL, compare.value()), !when, target);
        } else if (field.sides().size() > 1) {
            List<Expression> sides = new ArrayList<>();
            field.sides().forEach(side -> sides.add(new Compare(side, relation, compare.value())));
            junction(sides, true, when, target);
        } else if (compare.value().kind() != Value.NUMBER) {
            among(new Among(field, List.of(Span.of(compare.value()))), when, target);
        } else {
            read(field.reader());
            out.loadConstant(compare.value().low()).lcmp().branch(opcode(relation, when), target);
        }
    }

    /** The jump after a comparison. */
    private static Opcode opcode(Relation relation, boolean when) {
        return switch (relation) {
            case EQUAL -> when ? Opcode.IFEQ : Opcode.IFNE;
            case NOT_EQUAL -> when ? Opcode.IFNE : Opcode.IFEQ;
            case LESS -> when ? Opcode.IFLT : Opcode.IFGE;
            case AT_MOST -> when ? Opcode.IFLE : Opcode.IFGT;
            case GREATER -> when ? Opcode.IFGT : Opcode.IFLE;
            case AT_LEAST -> when ? Opcode.IFGE : Opcode.IFLT;
        };
    }

    private void among(Among among, boolean when, Label target) {
        List<Field> sides = among.field().sides();
        List<Expression> terms = new ArrayList<>();
        for (Field side : sides) {
            for (List<Span> spans : portions(among.spans())) {
                terms.add(new Among(side, spans));
            }
        }
        if (terms.size() > 1) {
            junction(terms, true, when, target);
            return;
        }
        Label end = out.newLabel();
        Label yes = when ? target : end, no = when ? end : target;
        if (among.field().type == Type.ADDRESS) {
            addresses(among, yes, no);
        } else {
            set(among.field(), among.field().reader(), among.spans(), yes, no);
        }
        out.labelBinding(end);
    }

    private static List<List<Span>> portions(List<Span> spans) {
        int most = BUDGET / 64;
        List<List<Span>> portions = new ArrayList<>();
        for (int from = 0; from < spans.size(); from += most) {
            portions.add(spans.subList(from, Math.min(from + most, spans.size())));
        }
        return portions;
    }

    /** IPv4 spans come before IPv6 spans. */
    private void addresses(Among among, Label yes, Label no) {
        List<Span> spans = among.spans();
        int count = (int) spans.stream().filter(span -> !span.lo().isWide()).count();
        String reader = among.field().reader();
        Label ipv6 = out.newLabel();
        out.aload(record).invokevirtual(FilterCompiler.RECORD, "family", FAMILY).iconst_4();
        out.if_icmpne(count == spans.size() ? no : ipv6);
        if (count > 0) {
            set(among.field(), reader + "V4", spans.subList(0, count), yes, no);
        } else {
            out.goto_(no);
        }
        out.labelBinding(ipv6);
        if (count < spans.size()) {
            set(among.field(), reader, spans.subList(count, spans.size()), yes, no);
        }
    }

    /** Reads a value and goes on at one of the labels. */
    private void set(Field field, String reader, List<Span> spans, Label yes, Label no) {
        int high = out.allocateLocal(TypeKind.LONG), low = high;
        if (spans.getFirst().lo().isWide()) {
            low = out.allocateLocal(TypeKind.LONG);
            read(reader + "High");
            out.lstore(high);
            read(reader + "Low");
        } else {
            read(reader);
        }
        out.lstore(low);
        new SpanSearch(out, high, low, yes, no).write(spans, field.isNarrow());
    }

    private void read(String reader) {
        out.aload(record).invokestatic(VALUES, reader, READ);
    }
}
