package dev.weir.offload.netlink;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.weir.offload.RandomDocuments;
import dev.weir.offload.json.JsonDocuments;
import dev.weir.offload.json.JsonFormatException;
import dev.weir.offload.model.Document;

/**
 * Any octets are a message or say why not; what was read is written and read again the same, and its document goes through JSON unchanged.
 * {@code ./fuzz 60 NetFlowCodecFuzzTest} searches.
 */
class NetFlowCodecFuzzTest {
    private static final Envelope ASK = new Envelope(27, true, 5, 1234);

    @FuzzTest
    void decode_anyOctets_areAMessageOrSayWhyNot(FuzzedDataProvider data) {
        byte[] octets = data.consumeBoolean() ? changed(data) : data.consumeRemainingAsBytes();
        NetFlowCodec.Received received;
        try {
            received = NetFlowCodec.decode(octets);
        } catch (NetlinkFormatException e) {
            return;
        }
        try {
            again(received);
        } catch (NetlinkFormatException | JsonFormatException e) {
            throw new AssertionError("what was written is not read", e);
        }
    }

    private static void again(NetFlowCodec.Received received) throws NetlinkFormatException, JsonFormatException {
        if (!(received instanceof NetFlowCodec.Message message)) return;
        byte[] octets = NetFlowCodec.encode(message.envelope(), message.message());
        if (!NetFlowCodec.decode(octets).equals(message)) throw new AssertionError("another message");
        Document document = message.message().document();
        if (document != null
                && !JsonDocuments.read(JsonDocuments.write(document)).equals(document)) {
            throw new AssertionError("another document");
        }
    }

    /** A good message with some octets changed. */
    private static byte[] changed(FuzzedDataProvider data) {
        Document document = new RandomDocuments(data.consumeInt(0, 4095)).next();
        byte[] octets =
                NetFlowCodec.encode(ASK, NetFlowMessage.reply(NetFlowCodecTest.commandOf(document), 7, document));
        while (data.remainingBytes() >= 3) octets[data.consumeInt(0, octets.length - 1)] = data.consumeByte();
        return octets;
    }
}
