package dev.weir.p4.lower;

import dev.weir.p4.ir.Pipeline;
import dev.weir.p4.ir.Value;
import dev.weir.p4.types.Type;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Where a variable is kept: the places that its parts became. */
sealed interface Slot {
    Type type();

    record Scalar(Type type, Value.Place place) implements Slot {}

    record Varbit(Type type, Value.Place bits, Value.Place length) implements Slot {}

    /**
     * @param fields of the header, in their order
     * @param rivals what says of the other members of its union that they are there
     */
    record Header(Type type, Pipeline.Header header, List<Slot> fields, List<Value.Place> rivals) implements Slot {}

    /** Of a struct, union or tuple, in their order. */
    record Parts(Type type, List<Slot> parts) implements Slot {}

    /** @param next how many elements a parser has filled; null for an array of what is no header */
    record Elements(Type.Stack type, List<Slot> parts, Value.@Nullable Place next) implements Slot {}
}
