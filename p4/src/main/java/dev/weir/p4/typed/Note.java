package dev.weir.p4.typed;

import dev.weir.p4.source.Span;
import dev.weir.p4.syntax.Annotation;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An annotation, for tools.
 *
 * @param text what stands between its parentheses; of a single string, what stands between its quotes
 */
public record Note(Span span, String name, String text, Annotation annotation) {
    /** The first with a name, or null. */
    public static @Nullable Note find(List<Note> notes, String name) {
        for (Note note : notes) {
            if (note.name.equals(name)) return note;
        }
        return null;
    }

    public static boolean has(List<Note> notes, String name) {
        return find(notes, name) != null;
    }
}
