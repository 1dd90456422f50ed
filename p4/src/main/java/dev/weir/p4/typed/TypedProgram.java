package dev.weir.p4.typed;

import dev.weir.p4.types.Shape;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a program declares outside of blocks, but for types and constants, in the order of its text.
 *
 * @param errors the names of all errors, in their order
 * @param fieldNotes the annotations of fields that have some, by the struct or header and the field's name
 * @param typeNotes the annotations of structs, headers, unions, enumerations and distinct types that have some, in the order of the text
 * @param main the instance of a package that is the program, null where there is none: a library, or a part of a program
 */
public record TypedProgram(
        List<Definition> definitions,
        List<String> errors,
        List<String> matchKinds,
        Architecture architecture,
        Map<Shape.Fields, Map<String, List<Note>>> fieldNotes,
        Map<Shape, List<Note>> typeNotes,
        Definition.@Nullable Instance main) {
    /** The definitions of one kind. */
    public <D extends Definition> List<D> all(Class<D> kind) {
        return definitions.stream().filter(kind::isInstance).map(kind::cast).toList();
    }
}
