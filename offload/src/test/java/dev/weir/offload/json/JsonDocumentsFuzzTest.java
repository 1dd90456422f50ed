package dev.weir.offload.json;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.weir.offload.model.Document;

/** Any octets are a document or say why not; what was read is written, and read again the same. {@code ./fuzz 60 JsonDocumentsFuzzTest} searches. */
class JsonDocumentsFuzzTest {
    private static final String[] PIECES = {
        "{\"flows\":[",
        "{\"tables\":[",
        "{\"headers\":[",
        "{\"actions\":[",
        "{\"header_graph\":[",
        "{\"table_graph\":[",
        "{\"flow\":{\"table\":1,\"uid\":2,\"priority\":3",
        ",\"matches\":[",
        ",\"actions\":[",
        ",\"error\":1",
        ",\"reason\":\"x\"",
        ",\"idle_timeout_ms\":5",
        ",\"stats\":{\"packets\":18446744073709551615,\"bytes\":1,\"age_ms\":1,\"idle_ms\":1}",
        "{\"field_ref\":{\"instance\":1,\"header\":1,\"field\":1,\"mask_type\":3,\"type\":1",
        ",\"value\":[1]",
        ",\"mask\":[255]",
        "{\"action\":{\"uid\":1",
        ",\"name\":\"n\"",
        ",\"signature\":[",
        "{\"action_arg\":{\"type\":1",
        "{\"header\":{\"name\":\"h\",\"uid\":1,\"fields\":[",
        "{\"field\":{\"name\":\"f\",\"uid\":1,\"bitwidth\":8",
        "{\"table_graph_node\":{\"uid\":1,\"flags\":0,\"jump\":[",
        "{\"jump_entry\":[",
        "{\"next_node\":1}",
        "{\"instance\":1}",
        "{\"header\":1}",
        "{\"field\":1}",
        "{\"mask_type\":1}",
        "{\"type\":0}",
        "}}",
        "}",
        "]",
        ",",
        "1",
        "null",
        "\""
    };

    @FuzzTest
    void read_anyText_isADocumentOrSaysWhyNot(FuzzedDataProvider data) {
        String text = data.consumeBoolean() ? data.consumeRemainingAsString() : pieces(data);
        Document document;
        try {
            document = JsonDocuments.read(text);
        } catch (JsonFormatException e) {
            if (String.valueOf(e.getMessage()).lines().count() != 1)
                throw new AssertionError("not one line: " + e.getMessage(), e);
            return;
        }
        try {
            if (!JsonDocuments.read(JsonDocuments.write(document)).equals(document))
                throw new AssertionError("another document");
        } catch (JsonFormatException e) {
            throw new AssertionError("what was written is no document", e);
        }
    }

    private static String pieces(FuzzedDataProvider data) {
        StringBuilder text = new StringBuilder();
        while (data.remainingBytes() > 0) text.append(data.pickValue(PIECES));
        return text.toString();
    }
}
