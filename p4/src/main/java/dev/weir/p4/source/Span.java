package dev.weir.p4.source;

import dev.weir.p4.source.SourceFile.Position;
import org.jspecify.annotations.Nullable;

/**
 * A stretch of a file, {@code begin} inclusive, {@code end} exclusive. Text that came out of a macro has the place where the macro was
 * used, and as {@code origin} the place in the macro's body; that one has an origin in turn where a macro used another.
 */
public record Span(
        SourceFile file, int begin, int end, @Nullable Span origin) {
    public Span(SourceFile file, int begin, int end) {
        this(file, begin, end, null);
    }

    /** This place, where a macro was used, for a token that stands at {@code body} in what the macro stands for. */
    public Span expandingTo(Span body) {
        return new Span(file, begin, end, origin == null ? body : origin.expandingTo(body));
    }

    /** From the begin of this to the end of {@code last}, as far as that can be told in one stretch. */
    public Span to(Span last) {
        if (last.file != file || last.end < end) return this;
        return new Span(file, begin, last.end, last.begin == begin ? origin : null);
    }

    /** Whether {@code next} begins where this ends, with nothing between them. */
    public boolean touches(Span next) {
        Span mine = innermost();
        Span other = next.innermost();
        return mine.file == other.file && mine.end == other.begin;
    }

    private Span innermost() {
        Span span = this;
        while (span.origin != null) {
            span = span.origin;
        }
        return span;
    }

    public Position position() {
        return file.position(begin);
    }

    public String text() {
        return file.text().substring(begin, end);
    }

    @Override
    public String toString() {
        return position().toString();
    }
}
