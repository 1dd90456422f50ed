package dev.weir.offload.json;

import com.google.gson.stream.JsonWriter;
import dev.weir.offload.grammar.Attribute;
import dev.weir.offload.grammar.Attribute.Element;
import dev.weir.offload.grammar.Attribute.Plain;
import dev.weir.offload.grammar.Attribute.Structure;
import dev.weir.offload.grammar.Section;
import dev.weir.offload.grammar.Shape;
import dev.weir.offload.model.Document;
import dev.weir.offload.model.Value;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Walks the grammar with a document, writing. One document. */
final class DocumentWriter {
    private final JsonWriter json;

    DocumentWriter(JsonWriter json) {
        this.json = json;
    }

    void write(Document document) throws IOException {
        json.beginObject();
        section(Section.of(document));
        json.endObject();
    }

    private <E> void section(Section.Items<E> items) throws IOException {
        json.name(items.section().key());
        list(items.section().element(), items.items());
    }

    private <E> void list(Element<E> element, List<E> items) throws IOException {
        json.beginArray();
        for (E item : items) {
            json.beginObject().name(element.key());
            switch (element) {
                case Plain _ -> json.value((Long) item);
                case Structure<E> of -> structure(of.shape(), item, of.scattered());
            }
            json.endObject();
        }
        json.endArray();
    }

    private <T> void structure(Shape<T> shape, T structure, boolean scattered) throws IOException {
        if (scattered) json.beginArray();
        else json.beginObject();
        for (Attribute<T> attribute : shape.byNumber()) {
            if (!attribute.isIn(structure)) continue;
            if (scattered) json.beginObject();
            json.name(attribute.key());
            attribute(attribute, structure);
            if (scattered) json.endObject();
        }
        if (scattered) json.endArray();
        else json.endObject();
    }

    private <T> void attribute(Attribute<T> attribute, T structure) throws IOException {
        switch (attribute) {
            case Attribute.Numeric<T> number ->
                json.jsonValue(Long.toUnsignedString(number.of().applyAsLong(structure)));
            case Attribute.Text<T> text -> json.value(text.of().apply(structure));
            case Attribute.Octets<T> octets -> octets(octets.of().apply(structure));
            case Attribute.Nest<T, ?> nest -> nest(nest, structure);
            case Attribute.Many<T, ?> many -> many(many, structure);
        }
    }

    private void octets(@Nullable Value value) throws IOException {
        json.beginArray();
        for (int i = 0; value != null && i < value.type().octets(); i++) json.value(value.octet(i));
        json.endArray();
    }

    private <T, E> void nest(Attribute.Nest<T, E> nest, T structure) throws IOException {
        E inner = nest.of().apply(structure);
        if (inner != null) structure(nest.shape(), inner, false);
    }

    private <T, E> void many(Attribute.Many<T, E> many, T structure) throws IOException {
        List<E> items = many.of().apply(structure);
        if (items != null) list(many.element(), items);
    }
}
