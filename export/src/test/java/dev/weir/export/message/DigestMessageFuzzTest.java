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
        byte[] written = DigestMessage.encode(message.head(), digests, digests.length);
        DigestMessage again = DigestMessage.decode(written);
        byte[] digestsAgain = Arrays.copyOfRange(again.octets(), again.at(), written.length);
        if (!again.head().equals(message.head()) || !Arrays.equals(digestsAgain, digests)) {
            throw new AssertionError("written anew, it is another message");
        }
    }
}
