package dev.weir.p4.lower;

import dev.weir.p4.ir.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** What an expression gives: a value for each of its parts. Values are computed where they are used. */
sealed interface Data {
    record Scalar(Value value) implements Data {}

    record Varbit(Value bits, Value length) implements Data {}

    record Header(Value valid, List<Data> fields) implements Data {}

    /** @param next of a stack, how many elements a parser has filled */
    record Parts(List<Data> parts, @Nullable Value next) implements Data {}

    static Data parts(List<Data> parts) {
        return new Parts(List.copyOf(parts), null);
    }

    /** What a slot holds. */
    static Data of(Slot slot) {
        return switch (slot) {
            case Slot.Scalar s -> new Scalar(s.place());
            case Slot.Varbit v -> new Varbit(v.bits(), v.length());
            case Slot.Header h -> new Header(h.header().valid(), ofAll(h.fields()));
            case Slot.Parts p -> new Parts(ofAll(p.parts()), null);
            case Slot.Elements e -> new Parts(ofAll(e.parts()), e.next());
        };
    }

    private static List<Data> ofAll(List<Slot> slots) {
        return slots.stream().map(Data::of).toList();
    }

    /** The same shape with other values. */
    default Data map(UnaryOperator<Value> change) {
        return switch (this) {
            case Scalar s -> new Scalar(change.apply(s.value));
            case Varbit v -> new Varbit(change.apply(v.bits), change.apply(v.length));
            case Header h -> new Header(change.apply(h.valid), mapAll(h.fields, change));
            case Parts p -> new Parts(mapAll(p.parts, change), p.next == null ? null : change.apply(p.next));
        };
    }

    private static List<Data> mapAll(List<Data> several, UnaryOperator<Value> change) {
        return several.stream().map(d -> d.map(change)).toList();
    }

    /** The values of all bits of it, in order, without what says that headers are there. */
    default List<Value> values() {
        List<Value> values = new ArrayList<>();
        collect(values);
        return values;
    }

    private void collect(List<Value> values) {
        switch (this) {
            case Scalar s -> values.add(s.value);
            case Varbit v -> values.add(v.bits);
            case Header h -> h.fields.forEach(f -> f.collect(values));
            case Parts p -> p.parts.forEach(f -> f.collect(values));
        }
    }
}
