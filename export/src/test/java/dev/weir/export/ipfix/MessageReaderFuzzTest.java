package dev.weir.export.ipfix;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.weir.export.CsvSink;
import java.io.IOException;
import java.io.OutputStream;

/**
 * Any octets are messages or counted: nothing is thrown, and what is read can be written. Pieces of one input come as messages of a few senders, so
 * that templates and data meet. {@code ./fuzz 60 MessageReaderFuzzTest} searches.
 */
class MessageReaderFuzzTest {
    private static final int[] VERSIONS = {5, 9, 10, 10};

    @FuzzTest
    void anyOctets_areReadOrCounted(FuzzedDataProvider data) throws IOException {
        try (CsvSink sink = CsvSink.ofRecords(OutputStream.nullOutputStream(), () -> 9)) {
            var reader = new MessageReader(sink);
            while (data.remainingBytes() > 0) {
                byte[] message = message(data);
                reader.read(message, 0, message.length, data.consumeInt(0, 1));
            }
            reader.forget(0);
        }
    }

    private static byte[] message(FuzzedDataProvider data) {
        int version = data.pickValue(VERSIONS);
        byte[] message = data.consumeBytes(data.consumeInt(0, 600));
        if (message.length >= 4 && data.consumeBoolean()) { // a head that is believed, so that the rest is read
            message[0] = 0;
            message[1] = (byte) version;
            if (version == 10) {
                message[2] = (byte) (message.length >>> 8);
                message[3] = (byte) message.length;
            }
        }
        return message;
    }
}
