package dev.weir.export.filter;

import static java.lang.constant.ConstantDescs.CD_int;
import static java.lang.constant.ConstantDescs.CD_long;

import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Label;
import java.lang.classfile.instruction.SwitchCase;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;
import java.util.List;

/**
 * Writes the search of a value among spans of its kind: a mask and a comparison for a prefix, a switch for single numbers, else a binary
 * search that is unrolled. The value is in one local variable, or in two.
 */
final class SpanSearch {
    /** From so many on, single numbers make a switch. */
    private static final int SWITCH = 4;

    private static final ClassDesc VALUES = FlowValues.class.describeConstable().orElseThrow();
    private static final MethodTypeDesc COMPARE = MethodTypeDesc.of(CD_int, CD_long, CD_long, CD_long, CD_long);

    private final CodeBuilder out;
    private final int high;
    private final int low;
    private final Label yes;
    private final Label no;

    /**
     * @param high the local variable of the upper half; of a value of one long, the same as {@code low}
     * @param yes where to go on if the value is in a span
     */
    SpanSearch(CodeBuilder out, int high, int low, Label yes, Label no) {
        this.out = out;
        this.high = high;
        this.low = low;
        this.yes = yes;
        this.no = no;
    }

    /**
     * @param spans at least one, in order, all of one kind
     * @param narrow whether a value of one long has only zeros above its lowest 32 bits
     */
    void write(List<Span> spans, boolean narrow) {
        if (narrow && high == low && spans.size() >= SWITCH && spans.stream().allMatch(Span::isSingle)) {
            List<SwitchCase> cases = spans.stream()
                    .map(span -> SwitchCase.of((int) span.lo().low(), yes))
                    .toList();
            out.lload(low).l2i().lookupswitch(no, cases);
        } else {
            search(spans);
        }
    }

    private void search(List<Span> spans) {
        if (spans.size() == 1) {
            only(spans.getFirst());
            return;
        }
        int middle = spans.size() / 2;
        Span span = spans.get(middle);
        Label left = out.newLabel();
        compareWith(span.lo());
        out.iflt(left);
        compareWith(span.hi());
        out.ifle(yes);
        if (middle + 1 < spans.size()) {
            search(spans.subList(middle + 1, spans.size()));
        } else {
            out.goto_(no);
        }
        out.labelBinding(left);
        search(spans.subList(0, middle));
    }

    private void only(Span span) {
        if (span.isPrefix()) {
            if (high != low) {
                masked(high, span.lo().high(), span.hi().high());
            }
            masked(low, span.lo().low(), span.hi().low());
        } else {
            compareWith(span.lo());
            out.iflt(no);
            compareWith(span.hi());
            out.ifgt(no);
        }
        out.goto_(yes);
    }

    /** Leaves where the bits that {@code lo} and {@code hi} share are others. */
    private void masked(int local, long lo, long hi) {
        long mask = ~(lo ^ hi);
        if (mask == 0) {
            return;
        }
        out.lload(local);
        if (mask != -1) {
            out.loadConstant(mask).land();
        }
        out.loadConstant(lo).lcmp().ifne(no);
    }

    private void compareWith(Value bound) {
        if (high == low) {
            out.lload(low).loadConstant(bound.low()).lcmp();
        } else {
            out.lload(high).lload(low).loadConstant(bound.high()).loadConstant(bound.low());
            out.invokestatic(VALUES, "compare", COMPARE);
        }
    }
}
