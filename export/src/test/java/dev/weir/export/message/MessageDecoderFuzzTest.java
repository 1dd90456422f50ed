package dev.weir.export.message;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.weir.table.feature.FeatureSet;
import java.util.Arrays;

/** Any octets are a message or a fault, and a message can be written again. {@code ./fuzz 60 MessageDecoderFuzzTest} searches. */
class MessageDecoderFuzzTest {
    @FuzzTest
    void anyOctets_areAMessageOrAFault(FuzzedDataProvider data) throws MessageFault {
        MessageFormat format = data.pickValue(MessageFormat.values());
        byte[] octets = data.consumeRemainingAsBytes();
        FlowMessage message;
        try {
            message = format.decoder().decode(octets);
        } catch (MessageFault _) {
            return;
        }
        MessageEncoder encoder = format.encoder(message.sensor(), message.run(), FeatureSet.NONE);
        byte[] written = encoder.encode(message.sequence(), message.flow());
        FlowMessage again = format.decoder().decode(written);
        byte[] same = encoder.encode(again.sequence(), again.flow());
        if (!Arrays.equals(written, same)) {
            throw new AssertionError("written anew, it is another message: " + message.id());
        }
    }
}
