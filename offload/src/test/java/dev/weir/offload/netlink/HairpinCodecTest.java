package dev.weir.offload.netlink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.offload.Samples;
import dev.weir.offload.model.Document;
import dev.weir.offload.model.ErrorMode;
import dev.weir.offload.model.Flow;
import dev.weir.offload.model.FlowQuery;
import dev.weir.offload.model.Refusal;
import dev.weir.offload.model.Selection;
import dev.weir.offload.netlink.HairpinMessage.Answer;
import dev.weir.offload.netlink.HairpinMessage.Call;
import dev.weir.offload.netlink.HairpinMessage.Listener;
import java.nio.ByteOrder;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class HairpinCodecTest {
    static Stream<HairpinMessage> messages() {
        List<Flow> many = LongStream.range(0, 2000).mapToObj(Samples::bridged).toList();
        NetFlowMessage some = NetFlowMessage.change(
                Command.DEL_FLOWS, 7, List.of(Samples.bridged(1)), ErrorMode.ATOMIC, Selection.MATCH);
        Flow refused = Samples.bridged(1).with(new Refusal(12, "duplicate-uid: x; y"));
        return Stream.of(
                new HairpinMessage.SetListener(new Listener(77, -3, 0xff, 1000, List.of(1L, 2L))),
                new HairpinMessage.GetListener(),
                new HairpinMessage.ListenerIs(null),
                new HairpinMessage.ListenerIs(new Listener(77, 5, 0, 1, List.of())),
                new HairpinMessage.Acknowledged(0),
                new HairpinMessage.Acknowledged(16),
                new HairpinMessage.Watch(true),
                new HairpinMessage.Watch(false),
                new HairpinMessage.Event(7, 4, Samples.bridged(1)),
                new Call(1L << 40, NetFlowMessage.get(Command.GET_TABLES, 7)),
                new Call(-1, new NetFlowMessage(Command.GET_FLOWS, 7, new NetFlowMessage.Query(FlowQuery.all(2)))),
                new Call(3, some),
                new Call(4, NetFlowMessage.change(Command.SET_FLOWS, 7, many, ErrorMode.ABORT_LOG, Selection.UID)),
                Answer.failed(5, Command.GET_TABLES, 17, "interface 9: is not there; give another"),
                new Answer(6, Command.SET_FLOWS, Answer.OK, null, 4, 1, reply(Command.SET_FLOWS, List.of(refused))),
                new Answer(7, Command.GET_FLOWS, Answer.OK, null, 0, 0, reply(Command.GET_FLOWS, many)),
                new Answer(8, Command.GET_FLOWS, Answer.OK, null, 0, 0, reply(Command.GET_FLOWS, List.of())),
                new Answer(9, Command.DEL_FLOWS, Answer.NOT_SUPPORTED, null, 0, 0, null));
    }

    private static NetFlowMessage reply(Command command, List<Flow> flows) {
        return NetFlowMessage.reply(command, 7, new Document.Flows(flows));
    }

    @ParameterizedTest
    @MethodSource("messages")
    void messages_areReadAsTheyWereWritten(HairpinMessage message) throws NetlinkFormatException {
        byte[] octets = HairpinCodec.encode(message);
        assertThat(HairpinCodec.decode(octets)).isEqualTo(message);
        int length = 0;
        while (!NetlinkFrames.isLast(octets, length)) length += NetlinkFrames.length(octets, length);
        assertThat(length + NetlinkFrames.length(octets, length)).isEqualTo(octets.length);
    }

    @Test
    void flows_withTheSameMatch_haveOneObjectForIt() throws NetlinkFormatException {
        List<Flow> twice = List.of(Samples.bridged(1), Samples.bridged(1).as(2, 9));
        Call call = new Call(1, NetFlowMessage.change(Command.SET_FLOWS, 7, twice, ErrorMode.ABORT, Selection.UID));
        Call read = (Call) HairpinCodec.decode(HairpinCodec.encode(call));
        assertThat(read).isEqualTo(call);
        List<?> flows = Objects.requireNonNull(read.message().document()).items();
        assertThat(((Flow) flows.get(1)).matchList().getFirst())
                .isSameAs(((Flow) flows.get(0)).matchList().getFirst());
    }

    /** Written by hand from the layout, for a machine with the least significant octet first. */
    @Test
    void aCall_isTheseOctets() {
        if (ByteOrder.nativeOrder() != ByteOrder.LITTLE_ENDIAN) return;
        String expected = """
                48000000 1f7e 0100 09000000 00000000
                02 01 0000
                3400 0100
                  0800 0100 01000000  0800 0200 00000000  0c00 0400 0900000000000000
                  1400 0500
                    0800 0100 01000000  0800 0200 07000000
                """;
        byte[] octets = HairpinCodec.encode(new Call(9, NetFlowMessage.get(Command.GET_TABLES, 7)));
        assertThat(HexFormat.of().formatHex(octets)).isEqualTo(expected.replaceAll("\\s", ""));
    }

    @Test
    void aCallWithoutItsNumber_isRefused() {
        NetlinkBuffer out = new NetlinkBuffer();
        int at = NetlinkHeader.begin(out, HairpinCodec.FAMILY, 1, 0, 0);
        NetlinkHeader.generic(out, 2);
        int nest = out.begin(1);
        out.number(1, 1);
        out.number(2, 0);
        out.end(nest);
        NetlinkHeader.end(out, at);
        assertThatThrownBy(() -> HairpinCodec.decode(out.toOctets()))
                .isInstanceOf(NetlinkFormatException.class)
                .hasMessageContaining("encap, octet")
                .hasMessageContaining("seq: is missing; give the number of the call");
    }
}
