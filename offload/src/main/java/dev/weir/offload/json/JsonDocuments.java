package dev.weir.offload.json;

import com.google.gson.stream.JsonWriter;
import dev.weir.offload.model.Document;
import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * Documents as JSON (RFC 8259), in the grammar of flow-table-ctl: one key at the top, octets of values as lists with the most significant first, jump
 * entries as lists of objects with one key. The reader is strict: an unknown, repeated or missing key, a number that is out of range or
 * not whole, and anything after the document are refused, with the path. Any thread may call.
 */
public final class JsonDocuments {
    private JsonDocuments() {}

    /** The document that the text is. */
    public static Document read(String text) throws JsonFormatException {
        try {
            return new DocumentReader(new StringReader(text)).read();
        } catch (IOException e) {
            throw new JsonFormatException("$", "cannot be read: " + e.getMessage() + "; give the text again");
        }
    }

    /** The document that the octets are, in UTF-8. */
    public static Document read(byte[] octets) throws JsonFormatException {
        try {
            return read(StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(octets))
                    .toString());
        } catch (CharacterCodingException e) {
            throw new JsonFormatException("$", "is not UTF-8; save the file in UTF-8");
        }
    }

    /** The document, indented by two, ending with a line end. */
    public static String write(Document document) {
        StringWriter text = new StringWriter();
        try {
            write(document, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.toString();
    }

    /** Writes the document, indented by two, ending with a line end. */
    public static void write(Document document, Writer out) throws IOException {
        JsonWriter json = new JsonWriter(out);
        json.setIndent("  ");
        json.setHtmlSafe(false);
        new DocumentWriter(json).write(document);
        json.flush();
        out.write('\n');
    }
}
