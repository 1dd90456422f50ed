package dev.weir.offload.json;

import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import com.google.gson.stream.MalformedJsonException;
import dev.weir.offload.grammar.Attribute;
import dev.weir.offload.grammar.Attribute.Element;
import dev.weir.offload.grammar.Attribute.Plain;
import dev.weir.offload.grammar.Attribute.Structure;
import dev.weir.offload.grammar.Section;
import dev.weir.offload.grammar.Shape;
import dev.weir.offload.grammar.Slots;
import dev.weir.offload.model.Document;
import dev.weir.offload.model.U32;
import dev.weir.offload.model.Value;
import java.io.EOFException;
import java.io.IOException;
import java.io.Reader;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** Walks the grammar with a text, reading. One document. */
final class DocumentReader {
    private static final int SHOWN = 40;
    private static final int MAX_OCTETS = 16;

    private final JsonReader json;

    DocumentReader(Reader text) {
        this.json = new JsonReader(text);
        json.setStrictness(Strictness.STRICT);
    }

    Document read() throws IOException, JsonFormatException {
        try {
            Document document = document();
            if (json.peek() != JsonToken.END_DOCUMENT) throw wrong("goes on after the document; give one document");
            return document;
        } catch (MalformedJsonException e) {
            throw new JsonFormatException(json.getPath(), "is no JSON; " + brief(String.valueOf(e.getMessage())));
        } catch (EOFException e) {
            throw new JsonFormatException(json.getPath(), "ends too early; close what is open");
        }
    }

    private Document document() throws IOException, JsonFormatException {
        begin(JsonToken.BEGIN_OBJECT);
        if (!json.hasNext()) throw wrong("is empty; give one of " + keys());
        String key = json.nextName();
        for (Section<?> section : Section.ALL) {
            if (section.key().equals(key)) return section(section);
        }
        throw wrong("is no key of a document; give one of " + keys());
    }

    private <E> Document section(Section<E> section) throws IOException, JsonFormatException {
        Document document = section.build().apply(list(section.element()));
        if (json.hasNext()) throw wrong("is not alone; give one of the keys a document of its own");
        json.endObject();
        return document;
    }

    private <E> List<E> list(Element<E> element) throws IOException, JsonFormatException {
        List<E> items = new ArrayList<>();
        begin(JsonToken.BEGIN_ARRAY);
        while (json.hasNext()) {
            begin(JsonToken.BEGIN_OBJECT);
            if (!json.hasNext()) throw wrong("is empty; give the one key " + element.key());
            String key = json.nextName();
            if (!key.equals(element.key())) throw wrong("is another key; give the one key " + element.key());
            items.add(element(element));
            if (json.hasNext()) throw wrong("has another key beside it; give the one key " + element.key());
            json.endObject();
        }
        json.endArray();
        return items;
    }

    @SuppressWarnings("unchecked") // a plain element is a Long
    private <E> E element(Element<E> element) throws IOException, JsonFormatException {
        return switch (element) {
            case Plain _ -> (E) (Long) number(4);
            case Structure<E> of ->
                of.scattered() && json.peek() == JsonToken.BEGIN_ARRAY ? scattered(of.shape()) : structure(of.shape());
        };
    }

    private <T> T structure(Shape<T> shape) throws IOException, JsonFormatException {
        Slots slots = shape.slots();
        begin(JsonToken.BEGIN_OBJECT);
        while (json.hasNext()) attribute(shape, slots);
        json.endObject();
        return build(shape, slots);
    }

    private <T> T scattered(Shape<T> shape) throws IOException, JsonFormatException {
        Slots slots = shape.slots();
        begin(JsonToken.BEGIN_ARRAY);
        while (json.hasNext()) {
            begin(JsonToken.BEGIN_OBJECT);
            if (!json.hasNext()) throw wrong("is empty; give one key");
            attribute(shape, slots);
            if (json.hasNext()) throw wrong("has another key beside it; give each an object of its own");
            json.endObject();
        }
        json.endArray();
        return build(shape, slots);
    }

    private <T> T build(Shape<T> shape, Slots slots) throws JsonFormatException {
        try {
            return shape.build(slots);
        } catch (IllegalArgumentException e) {
            throw wrong(e);
        }
    }

    private <T> void attribute(Shape<T> shape, Slots slots) throws IOException, JsonFormatException {
        String key = json.nextName();
        int index = shape.index(key);
        if (index < 0) throw wrong("is no key here; give one of " + keys(shape));
        try {
            switch (shape.attributes().get(index)) {
                case Attribute.Numeric<T> number -> slots.put(index, number(number.octets()));
                case Attribute.Text<T> _ -> slots.put(index, text());
                case Attribute.Octets<T> _ -> slots.put(index, octets());
                case Attribute.Nest<T, ?> nest -> slots.put(index, structure(nest.shape()));
                case Attribute.Many<T, ?> many -> slots.put(index, list(many.element()));
            }
        } catch (IllegalArgumentException e) {
            throw wrong(e);
        }
    }

    private String text() throws IOException, JsonFormatException {
        expect(JsonToken.STRING);
        return json.nextString();
    }

    private Value octets() throws IOException, JsonFormatException {
        byte[] octets = new byte[MAX_OCTETS];
        int count = 0;
        begin(JsonToken.BEGIN_ARRAY);
        while (json.hasNext()) {
            if (count == MAX_OCTETS)
                throw wrong("is octet " + (MAX_OCTETS + 1) + " of a value; give at most " + MAX_OCTETS);
            long octet = number(4);
            if (octet > 255) throw wrong(octet + " is no octet; give 0 to 255");
            octets[count++] = (byte) octet;
        }
        json.endArray();
        return Value.ofOctets(Arrays.copyOf(octets, count));
    }

    /** A whole number without sign of 4 or 8 octets. */
    private long number(int octets) throws IOException, JsonFormatException {
        expect(JsonToken.NUMBER);
        String digits = json.nextString();
        if (!digits.chars().allMatch(c -> c >= '0' && c <= '9')) {
            throw wrong(brief(digits) + " is no whole number; give digits alone");
        }
        try {
            long number = Long.parseUnsignedLong(digits);
            if (octets == 8 || (number >= 0 && number <= U32.MAX)) return number;
        } catch (NumberFormatException e) {
            // beyond 64 bits: told below
        }
        throw wrong(brief(digits) + " is beyond " + octets * 8 + " bits; give a smaller number");
    }

    private void begin(JsonToken token) throws IOException, JsonFormatException {
        expect(token);
        if (token == JsonToken.BEGIN_OBJECT) json.beginObject();
        else json.beginArray();
    }

    private void expect(JsonToken token) throws IOException, JsonFormatException {
        JsonToken found = json.peek();
        if (found == token) return;
        if (found == JsonToken.END_DOCUMENT) throw new EOFException();
        throw new JsonFormatException(json.getPath(), "is " + name(found) + "; give " + name(token));
    }

    private static String name(JsonToken token) {
        return switch (token) {
            case BEGIN_OBJECT -> "an object";
            case BEGIN_ARRAY -> "a list";
            case STRING -> "a text";
            case NUMBER -> "a number";
            case BOOLEAN -> "a truth value";
            default -> token.name().toLowerCase(Locale.ROOT).replace('_', ' ');
        };
    }

    private JsonFormatException wrong(IllegalArgumentException cause) {
        return wrong(String.valueOf(cause.getMessage()));
    }

    private JsonFormatException wrong(String reason) {
        return new JsonFormatException(json.getPreviousPath(), reason);
    }

    private static List<String> keys() {
        return Section.ALL.stream().map(Section::key).toList();
    }

    private static <T> List<String> keys(Shape<T> shape) {
        return shape.byNumber().stream().map(Attribute::key).toList();
    }

    private static String brief(String text) {
        String line = text.lines().findFirst().orElse("");
        return line.length() <= SHOWN ? line : line.substring(0, SHOWN) + "...";
    }
}
