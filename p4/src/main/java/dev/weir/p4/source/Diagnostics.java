package dev.weir.p4.source;

import dev.weir.p4.source.Diagnostic.Severity;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Collects what the phases have to say about a program. A phase goes on after an error as well as it can, so that all errors are told at
 * once; of more than {@value #LIMIT} diagnostics the rest is only counted. The same thing about the same place is told once.
 */
public final class Diagnostics {
    /** How many are kept. */
    public static final int LIMIT = 100;

    private final List<Diagnostic> kept = new ArrayList<>();
    private final Set<Place> told = new HashSet<>();
    private int errors;
    private int dropped;

    private record Place(SourceFile file, int begin, String code) {}

    public void error(Span span, String code, String message, @Nullable String help) {
        add(new Diagnostic(Severity.ERROR, code, span, message, help));
    }

    public void warning(Span span, String code, String message, @Nullable String help) {
        add(new Diagnostic(Severity.WARNING, code, span, message, help));
    }

    private void add(Diagnostic diagnostic) {
        Span span = diagnostic.span();
        boolean full = kept.size() == LIMIT;
        if (!full && !told.add(new Place(span.file(), span.begin(), diagnostic.code()))) return;
        if (diagnostic.severity() == Severity.ERROR) errors++;
        if (full) {
            dropped++;
        } else {
            kept.add(diagnostic);
        }
    }

    public boolean hasErrors() {
        return errors > 0;
    }

    public int errors() {
        return errors;
    }

    /** How many there were beyond the limit. */
    public int dropped() {
        return dropped;
    }

    /** In the order of the text as it is read: what is in an included file comes where that is included. */
    public List<Diagnostic> sorted() {
        List<Diagnostic> sorted = new ArrayList<>(kept);
        sorted.sort(Comparator.comparing(Diagnostic::span, Diagnostics::compare));
        return List.copyOf(sorted);
    }

    /** All of them as text for people, a blank line between them. */
    public String render() {
        StringBuilder out = new StringBuilder();
        for (Diagnostic diagnostic : sorted()) {
            if (!out.isEmpty()) out.append('\n');
            out.append(diagnostic.render());
        }
        if (dropped > 0) out.append("\nand ").append(dropped).append(" more\n");
        return out.toString();
    }

    private static int compare(Span a, Span b) {
        List<Integer> first = path(a);
        List<Integer> second = path(b);
        for (int i = 0; i < Math.min(first.size(), second.size()); i++) {
            int order = Integer.compare(first.get(i), second.get(i));
            if (order != 0) return order;
        }
        return Integer.compare(first.size(), second.size());
    }

    /** Offsets from the outermost file to the innermost. */
    private static List<Integer> path(Span span) {
        List<Integer> path = new ArrayList<>();
        for (Span at = span; at != null; at = at.file().includedFrom()) {
            path.addFirst(at.begin());
        }
        return path;
    }
}
