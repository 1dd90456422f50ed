package dev.weir.offload.netlink;

import dev.weir.offload.grammar.Attribute;
import dev.weir.offload.grammar.Attribute.Element;
import dev.weir.offload.grammar.Attribute.Plain;
import dev.weir.offload.grammar.Attribute.Structure;
import dev.weir.offload.grammar.Shape;
import dev.weir.offload.grammar.Slots;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Walks the grammar with attributes, reading. Attributes that the grammar does not know are stepped over. One message, one thread. */
final class AttributeReader {
    private final NetlinkPath path;
    private final NetlinkTexts texts = new NetlinkTexts();
    private final SeenElements elements = new SeenElements();
    /** Used before, and empty again. */
    private final IdentityHashMap<Shape<?>, Slots> free = new IdentityHashMap<>();

    AttributeReader(NetlinkPath path) {
        this.path = path;
    }

    <E> List<E> list(NetlinkCursor nest, Element<E> element) throws NetlinkFormatException {
        List<E> items = new ArrayList<>();
        while (nest.next()) {
            if (nest.type() != element.number()) continue;
            path.enter(element.key(), items.size());
            items.add(element(nest, element));
            path.leave();
        }
        return items;
    }

    @SuppressWarnings("unchecked") // a plain element is a Long
    private <E> E element(NetlinkCursor at, Element<E> element) throws NetlinkFormatException {
        return switch (element) {
            case Plain _ -> (E) (Long) at.number(4);
            case Structure<E> of -> structure(at, of.shape());
        };
    }

    private <T> T structure(NetlinkCursor at, Shape<T> shape) throws NetlinkFormatException {
        if (!shape.repeats()) return read(at, shape);
        T known = known(at, shape);
        if (known != null) return known;
        T built = read(at, shape);
        elements.note(at, shape, built);
        return built;
    }

    @SuppressWarnings("unchecked") // what was built of a shape is of its type
    private <T> @Nullable T known(NetlinkCursor at, Shape<T> shape) {
        return (T) elements.find(at, shape);
    }

    private <T> T read(NetlinkCursor at, Shape<T> shape) throws NetlinkFormatException {
        Slots slots = slots(shape);
        NetlinkCursor nest = at.nest();
        while (nest.next()) {
            int index = shape.index(nest.type());
            if (index >= 0) attribute(nest, shape.attributes().get(index), slots, index);
        }
        try {
            T built = shape.build(slots);
            slots.clear();
            free.put(shape, slots);
            return built;
        } catch (IllegalArgumentException e) {
            throw at.wrong(String.valueOf(e.getMessage()));
        }
    }

    private Slots slots(Shape<?> shape) {
        Slots slots = free.remove(shape);
        return slots == null ? shape.slots() : slots;
    }

    private void attribute(NetlinkCursor at, Attribute<?> attribute, Slots slots, int index)
            throws NetlinkFormatException {
        path.enter(attribute.key(), -1);
        try {
            switch (attribute) {
                case Attribute.Numeric<?> number -> slots.put(index, at.number(number.octets()));
                case Attribute.Text<?> _ -> slots.put(index, at.text(texts));
                case Attribute.Octets<?> _ -> slots.put(index, at.value());
                case Attribute.Nest<?, ?> nest -> slots.put(index, structure(at, nest.shape()));
                case Attribute.Many<?, ?> many -> slots.put(index, list(at.nest(), many.element()));
            }
        } catch (IllegalArgumentException e) {
            throw at.wrong(String.valueOf(e.getMessage()));
        }
        path.leave();
    }
}
