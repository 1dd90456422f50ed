package dev.weir.export.message;

import dev.weir.export.JsonLinesSink;
import dev.weir.table.FlowRecord;
import dev.weir.table.feature.FeatureSet;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/** Messages as JSON objects without a line's end. One thread; allocates the message alone. */
final class JsonEncoder implements MessageEncoder {
    private final ByteArrayOutputStream octets = new ByteArrayOutputStream(2048);
    private final JsonLinesSink.Messages messages;

    JsonEncoder(String sensor, String run, FeatureSet features) {
        messages = new JsonLinesSink.Messages(octets, sensor, run, features);
    }

    @Override
    public byte[] encode(long sequence, FlowRecord event) {
        octets.reset();
        try {
            messages.put(sequence, event);
        } catch (IOException e) {
            throw new UncheckedIOException(e); // memory does not fail
        }
        return octets.toByteArray();
    }
}
