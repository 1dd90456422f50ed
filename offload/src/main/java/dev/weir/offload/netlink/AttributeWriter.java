package dev.weir.offload.netlink;

import dev.weir.offload.grammar.Attribute;
import dev.weir.offload.grammar.Attribute.Element;
import dev.weir.offload.grammar.Attribute.Plain;
import dev.weir.offload.grammar.Attribute.Structure;
import dev.weir.offload.grammar.Shape;
import dev.weir.offload.model.Value;
import java.util.List;

/** Walks the grammar with a structure, writing attributes. One thread. */
final class AttributeWriter {
    private final NetlinkBuffer out;

    AttributeWriter(NetlinkBuffer out) {
        this.out = out;
    }

    <E> void element(Element<E> element, E item) {
        switch (element) {
            case Plain plain -> out.number(plain.number(), (Long) item);
            case Structure<E> of -> {
                int at = out.begin(of.number());
                structure(of.shape(), item);
                out.end(at);
            }
        }
    }

    private <T> void structure(Shape<T> shape, T structure) {
        List<Attribute<T>> attributes = shape.attributes();
        for (int i = 0; i < attributes.size(); i++) {
            attribute(attributes.get(i), structure);
        }
    }

    private <T> void attribute(Attribute<T> attribute, T structure) {
        switch (attribute) {
            case Attribute.Numeric<T> number -> number(number, structure);
            case Attribute.Text<T> text -> {
                String words = text.of().apply(structure);
                if (words != null) out.text(text.number(), words);
            }
            case Attribute.Octets<T> octets -> {
                Value value = octets.of().apply(structure);
                if (value != null) out.value(octets.number(), value);
            }
            case Attribute.Nest<T, ?> nest -> nest(nest, structure);
            case Attribute.Many<T, ?> many -> many(many, structure);
        }
    }

    private <T> void number(Attribute.Numeric<T> number, T structure) {
        if (!number.required() && !number.isIn(structure)) return;
        long value = number.of().applyAsLong(structure);
        if (number.octets() == 4) out.number(number.number(), value);
        else out.longNumber(number.number(), value);
    }

    private <T, E> void nest(Attribute.Nest<T, E> nest, T structure) {
        E inner = nest.of().apply(structure);
        if (inner == null) return;
        int at = out.begin(nest.number());
        structure(nest.shape(), inner);
        out.end(at);
    }

    private <T, E> void many(Attribute.Many<T, E> many, T structure) {
        List<E> items = many.of().apply(structure);
        if (items == null) return;
        int at = out.begin(many.number());
        for (int i = 0; i < items.size(); i++) element(many.element(), items.get(i));
        out.end(at);
    }
}
