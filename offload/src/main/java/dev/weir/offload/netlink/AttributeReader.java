package dev.weir.offload.netlink;

import dev.weir.offload.grammar.Attribute;
import dev.weir.offload.grammar.Attribute.Element;
import dev.weir.offload.grammar.Attribute.Plain;
import dev.weir.offload.grammar.Attribute.Structure;
import dev.weir.offload.grammar.Shape;
import dev.weir.offload.grammar.Slots;
import dev.weir.offload.model.Value;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Walks the grammar with attributes, reading. Attributes that the grammar does not know are stepped over. One message, one thread. */
final class AttributeReader {
    private final NetlinkPath path;

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
        Slots slots = shape.slots();
        NetlinkCursor nest = at.nest();
        while (nest.next()) {
            int index = shape.index(nest.type());
            if (index >= 0) attribute(nest, shape.attributes().get(index), slots, index);
        }
        try {
            return shape.build(slots);
        } catch (IllegalArgumentException e) {
            throw at.wrong(String.valueOf(e.getMessage()));
        }
    }

    private void attribute(NetlinkCursor at, Attribute<?> attribute, Slots slots, int index)
            throws NetlinkFormatException {
        path.enter(attribute.key(), -1);
        try {
            switch (attribute) {
                case Attribute.Numeric<?> number -> slots.put(index, at.number(number.octets()));
                case Attribute.Text<?> _ -> slots.put(index, text(at));
                case Attribute.Octets<?> _ -> slots.put(index, Value.ofOctets(at.value()));
                case Attribute.Nest<?, ?> nest -> slots.put(index, structure(at, nest.shape()));
                case Attribute.Many<?, ?> many -> slots.put(index, list(at.nest(), many.element()));
            }
        } catch (IllegalArgumentException e) {
            throw at.wrong(String.valueOf(e.getMessage()));
        }
        path.leave();
    }

    private static String text(NetlinkCursor at) throws NetlinkFormatException {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(at.text()))
                    .toString();
        } catch (CharacterCodingException e) {
            throw at.wrong("a text that is not UTF-8; give UTF-8");
        }
    }
}
