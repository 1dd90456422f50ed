package dev.weir.export.message;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.Arrays;

/** Any octets are a message of digests or a fault, and a message can be written again. {@code ./fuzz 60 DigestMessageFuzzTest} searches. */
class DigestMessageFuzzTest {
    @FuzzTest
    void anyOctets_areAMessageOrAFault(FuzzedDataProvider data) throws MessageFault {
        byte[] octets = data.consumeRemainingAsBytes();
        DigestMessage message;
        try {
            message = DigestMessage.decode(octets);
        } catch (MessageFault _) {
            return;
        }
        byte[] digests = Arrays.copyOfRange(message.octets(), message.at(), octets.length);
        byte[] written = DigestMessage.encode(
                message.sensor(),
                message.run(),
                message.sequence(),
                message.before(),
                message.packets(),
                message.clock(),
                message.tenants(),
                message.last(),
                message.counters(),
                digests,
                digests.length);
        DigestMessage again = DigestMessage.decode(written);
        if (!again.counters().equals(message.counters())
                || again.packets() != message.packets()
                || again.clock() != message.clock()
                || again.sequence() != message.sequence()) {
            throw new AssertionError("written anew, it is another message");
        }
    }
}
