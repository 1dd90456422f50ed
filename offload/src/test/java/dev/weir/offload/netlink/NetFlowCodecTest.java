package dev.weir.offload.netlink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.offload.RandomDocuments;
import dev.weir.offload.Samples;
import dev.weir.offload.json.JsonDocuments;
import dev.weir.offload.json.JsonFormatException;
import dev.weir.offload.model.Document;
import dev.weir.offload.model.ErrorMode;
import dev.weir.offload.model.Field;
import dev.weir.offload.model.Flow;
import dev.weir.offload.model.FlowQuery;
import dev.weir.offload.model.Header;
import dev.weir.offload.model.Selection;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NetFlowCodecTest {
    private static final Envelope ASK = new Envelope(27, true, 5, 1234);

    /** Written by hand from the layouts, for a machine with the least significant octet first. */
    @Test
    void setFlows_isTheseOctets() throws NetlinkFormatException {
        Flow flow = Flow.of(
                0,
                1,
                2,
                List.of(Samples.SRC_IP.masked(Samples.u32(0x0a010203L), Samples.u32(0xffffff00L))),
                List.of(Samples.output(9)));
        NetFlowMessage message =
                NetFlowMessage.change(Command.SET_FLOWS, 3, List.of(flow), ErrorMode.CONTINUE_LOG, Selection.UID);
        String expected = """
                d4000000 1b00 0500 05000000 d2040000
                06 01 0000
                0800 0100 01000000  0800 0200 03000000  0800 0900 03000000
                a800 0800
                  a400 0100
                    0800 0200 00000000  0800 0300 01000000  0800 0400 02000000
                    4000 0500
                      3c00 0100
                        0800 0200 03000000  0800 0300 03000000  0800 0400 0c000000  0800 0500 03000000  0800 0600 03000000
                        0800 0700 0302010a  0800 0800 00ffffff
                    4800 0600
                      4400 0100
                        0800 0200 05000000
                        1100 0100 7365745f6f75745f706f727400 000000
                        2400 0300
                          2000 0100
                            0900 0100 706f727400 000000  0800 0200 03000000  0800 0300 09000000
                """;
        byte[] octets = NetFlowCodec.encode(ASK, message);
        byte[] golden = HexFormat.of().parseHex(expected.replaceAll("\\s", ""));
        if (ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN)
            assertThat(hex(octets)).isEqualTo(hex(golden));
        assertThat(NetFlowCodec.decode(octets)).isEqualTo(new NetFlowCodec.Message(ASK, message));
    }

    private static String hex(byte[] octets) {
        return HexFormat.ofDelimiter(" ").formatHex(octets);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void anyDocument_fromJsonToNetlinkToJson_isUnchanged(long seed) throws Exception {
        RandomDocuments documents = new RandomDocuments(seed);
        for (int i = 0; i < 1000; i++) {
            Document document = JsonDocuments.read(JsonDocuments.write(documents.next()));
            NetFlowMessage message = NetFlowMessage.reply(commandOf(document), 7, document);
            byte[] octets = NetFlowCodec.encode(ASK.answer(), message);
            NetFlowCodec.Message back = (NetFlowCodec.Message) NetFlowCodec.decode(octets);
            String as = "seed %d, document %d".formatted(seed, i);
            assertThat(back.message()).as(as).isEqualTo(message);
            Document again = Objects.requireNonNull(back.message().document());
            assertThat(JsonDocuments.write(again)).as(as).isEqualTo(JsonDocuments.write(document));
        }
    }

    static Command commandOf(Document document) {
        return switch (document) {
            case Document.Tables _ -> Command.GET_TABLES;
            case Document.Headers _ -> Command.GET_HEADERS;
            case Document.Actions _ -> Command.GET_ACTIONS;
            case Document.HeaderGraph _ -> Command.GET_HEADER_GRAPH;
            case Document.TableGraph _ -> Command.GET_TABLE_GRAPH;
            case Document.Flows _ -> Command.GET_FLOWS;
        };
    }

    @Test
    void requests_areReadAsTheyWereWritten() throws NetlinkFormatException {
        List<Flow> flows = List.of(Samples.bridged(1), Flow.named(2, 9));
        List<NetFlowMessage> requests = List.of(
                NetFlowMessage.get(Command.GET_TABLES, 1),
                new NetFlowMessage(Command.GET_FLOWS, 1, new NetFlowMessage.Query(FlowQuery.all(4))),
                new NetFlowMessage(Command.GET_FLOWS, 1, new NetFlowMessage.Query(new FlowQuery(0, 3, 9))),
                NetFlowMessage.change(Command.SET_FLOWS, 1, List.of(), ErrorMode.ATOMIC, Selection.UID),
                NetFlowMessage.change(Command.UPDATE_FLOWS, 1, flows, ErrorMode.ABORT, Selection.UID),
                NetFlowMessage.change(Command.DEL_FLOWS, 0xffff_ffffL, flows, ErrorMode.CONTINUE, Selection.COVERED));
        for (NetFlowMessage request : requests) {
            assertThat(NetFlowCodec.decode(NetFlowCodec.encode(ASK, request)))
                    .isEqualTo(new NetFlowCodec.Message(ASK, request));
        }
    }

    @Test
    void acknowledgements_areReadAsTheyWereWritten() throws NetlinkFormatException {
        for (int errno : new int[] {0, 22, 95}) {
            NetFlowCodec.Ack ack = new NetFlowCodec.Ack(ASK, errno);
            assertThat(NetFlowCodec.decode(NetFlowCodec.encode(ack))).isEqualTo(ack);
        }
    }

    @Test
    void aListTooLongForOneMessage_goesAsSeveral() throws NetlinkFormatException {
        List<Flow> flows = LongStream.range(0, 5000).mapToObj(Samples::bridged).toList();
        NetFlowMessage message = NetFlowMessage.reply(Command.GET_FLOWS, 7, new Document.Flows(flows));
        byte[] octets = NetFlowCodec.encode(ASK.answer(), message, 4096);
        assertThat(octets.length).isGreaterThan(5000 * 100);
        int messages = 0;
        for (int at = 0; at < octets.length; messages++) {
            int length = (int) NetlinkCursor.u32(octets, at);
            assertThat(length).isLessThanOrEqualTo(4096);
            assertThat(NetlinkCursor.u16(octets, at + 6) & 2).isEqualTo(2);
            at += length;
        }
        assertThat(messages).isGreaterThan(150);
        assertThat(NetFlowCodec.decode(octets)).isEqualTo(new NetFlowCodec.Message(ASK.answer(), message));
    }

    @Test
    void anItemTooLongForNetlink_isRefused() {
        List<Field> fields = LongStream.range(0, 3000)
                .mapToObj(i -> new Field("f" + i, i, 1))
                .toList();
        NetFlowMessage message = NetFlowMessage.reply(
                Command.GET_HEADERS, 7, new Document.Headers(List.of(new Header("big", 1, fields))));
        assertThatThrownBy(() -> NetFlowCodec.encode(ASK, message))
                .hasMessageContaining("of which it holds 65535; split the list in it");
    }

    /** Bits 15 and 14 of an attribute's type are flags of newer kernels and libraries. */
    @Test
    void nestedFlag_isNotLookedAt() throws NetlinkFormatException {
        NetFlowMessage message = NetFlowMessage.reply(Command.GET_TABLES, 7, new Document.Tables(Samples.tables(1)));
        byte[] octets = NetFlowCodec.encode(ASK.answer(), message);
        int flags = ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN ? 36 + 3 : 36 + 2;
        octets[flags] |= (byte) 0x80;
        assertThat(NetFlowCodec.decode(octets)).isEqualTo(new NetFlowCodec.Message(ASK.answer(), message));
    }

    @Test
    void unknownAttributes_areSteppedOver() throws NetlinkFormatException {
        NetlinkBuffer out = new NetlinkBuffer();
        int at = out.claim(4);
        out.u16(27);
        out.u16(0);
        out.u32(5);
        out.u32(1234);
        out.u32(1 | 1 << 8);
        out.number(1, 1);
        out.number(2, 7);
        out.number(77, 7);
        int list = out.begin(4);
        out.text(9, "of another version");
        int header = out.begin(1);
        out.text(1, "h");
        out.number(2, 3);
        out.text(99, "of another version");
        out.end(out.begin(3));
        out.end(header);
        out.end(list);
        out.u32(at, out.size());
        NetFlowMessage expected = NetFlowMessage.reply(
                Command.GET_HEADERS, 7, new Document.Headers(List.of(new Header("h", 3, List.of()))));
        assertThat(NetFlowCodec.decode(out.toOctets())).isEqualTo(new NetFlowCodec.Message(ASK.answer(), expected));
    }

    /** Each line changes one octet of a good message of a header, or cuts it there. */
    @ParameterizedTest(name = "{0} {1}")
    @CsvSource(delimiter = '|', textBlock = """
            cut  | 15 |    | message, octet 0: ends before its header
            cut  | 40 |    | message, octet 0: says it has
            set  | 0  | 1  | message, octet 0: says it has 1 octets
            set  | 4  | 9  | message, octet 4: type 9 is no family's
            set  | 4  | 3  | message, octet 4: type 3 is no family's
            set  | 16 | 9  | message, octet 16: command 9 is none; give 0 to 8
            set  | 17 | 2  | message, octet 17: version 2 is another; give 1
            set  | 24 | 2  | identifier_type: is missing, or not 1; give 1
            set  | 30 | 77 | identifier: is missing
            set  | 20 | 3  | an attribute says it has 3 octets
            set  | 28 | 255| an attribute says it has 255 octets
            set  | 20 | 9  | identifier_type, octet 24: a number of 5 octets; give 4
            set  | 46 | 7  | headers.header[0], octet 44: name: is missing; give it
            set  | 44 | 10 | headers.header[0].name, octet 48: a text without a zero octet at its end
            set  | 50 | 0  | headers.header[0].name, octet 48: a text that goes on after its zero octet
            set  | 50 | 255| headers.header[0].name, octet 48: a text that is not UTF-8
            """)
    void decode_ofWhatIsNoMessage_saysWhereWhyAndWhatToDo(String how, int at, Integer octet, String expected) {
        if (ByteOrder.nativeOrder() != ByteOrder.LITTLE_ENDIAN) return;
        Header header = new Header("ethernet", 1, List.of());
        byte[] octets = NetFlowCodec.encode(
                ASK.answer(), NetFlowMessage.reply(Command.GET_HEADERS, 7, new Document.Headers(List.of(header))));
        byte[] wrong = how.equals("cut") ? Arrays.copyOf(octets, at) : octets;
        if (octet != null) wrong[at] = octet.byteValue();
        assertThatThrownBy(() -> NetFlowCodec.decode(wrong))
                .isInstanceOf(NetlinkFormatException.class)
                .hasMessageContaining(expected);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2})
    void aDecoderFromTheNotesAlone_readsOurOctets(long seed) throws JsonFormatException {
        RandomDocuments documents = new RandomDocuments(seed);
        for (int i = 0; i < 500; i++) {
            Document document = documents.next();
            byte[] octets = NetFlowCodec.encode(ASK.answer(), NetFlowMessage.reply(commandOf(document), 7, document));
            String json = NotesDecoder.json(octets);
            assertThat(JsonDocuments.read(json))
                    .as("seed %d, document %d", seed, i)
                    .isEqualTo(document);
        }
    }
}
