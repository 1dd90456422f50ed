package dev.weir.offload.netlink;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.List;

/** Any octets are a message of the hairpin protocol or say why not; what was read is written and read again the same. {@code ./fuzz 60 HairpinCodecFuzzTest} searches. */
class HairpinCodecFuzzTest {
    private static final List<byte[]> GOOD = HairpinCodecTest.messages()
            .map(HairpinCodec::encode)
            .filter(octets -> octets.length < 4096)
            .toList();

    @FuzzTest
    void decode_anyOctets_areAMessageOrSayWhyNot(FuzzedDataProvider data) {
        byte[] octets = data.consumeBoolean() ? changed(data) : data.consumeRemainingAsBytes();
        HairpinMessage message;
        try {
            message = HairpinCodec.decode(octets);
        } catch (NetlinkFormatException e) {
            return;
        }
        try {
            if (!HairpinCodec.decode(HairpinCodec.encode(message)).equals(message))
                throw new AssertionError("another message");
        } catch (NetlinkFormatException e) {
            throw new AssertionError("what was written is not read", e);
        }
    }

    /** A good message with some octets changed. */
    private static byte[] changed(FuzzedDataProvider data) {
        byte[] octets = GOOD.get(data.consumeInt(0, GOOD.size() - 1)).clone();
        while (data.remainingBytes() >= 3) octets[data.consumeInt(0, octets.length - 1)] = data.consumeByte();
        return octets;
    }
}
