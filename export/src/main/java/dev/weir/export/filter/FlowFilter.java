package dev.weir.export.filter;

import dev.weir.table.FlowRecord;
import java.util.function.Predicate;

/**
 * Whether a flow is meant: an expression such as {@code proto == tcp && dst_port in {80, 443} && bytes > 1M}, compiled to a class of
 * its own. {@code docs/filters.md} describes the language.
 *
 * <p>Immutable; any thread may ask it. Asking allocates nothing and never throws, whatever the record holds. Compiling takes about a
 * millisecond; the class is unloaded when nobody holds the filter any more.
 */
public abstract class FlowFilter implements Predicate<FlowRecord> {
    /** The most characters that an expression can have. */
    public static final int MAX_LENGTH = 16_384;
    /** How many parentheses can be open at a time. */
    public static final int MAX_DEPTH = 64;

    private final String text;

    /** @param text the normal form */
    FlowFilter(String text) {
        this.text = text;
    }

    /**
     * @return the filter that the expression means
     * @throws FilterException when it is none, with all faults that could be found in one go
     */
    public static FlowFilter compile(String source) throws FilterException {
        return FilterCompiler.compile(Parser.parse(source));
    }

    /** Whether the record, or the event about the flow, is meant. */
    @Override
    public abstract boolean test(FlowRecord flow);

    /**
     * The expression in its normal form: columns by their own names, numbers without suffixes, sets sorted, no more parentheses than
     * needed. Compiled again it is the same filter.
     */
    @Override
    public final String toString() {
        return text;
    }
}
