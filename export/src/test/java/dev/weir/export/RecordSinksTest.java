package dev.weir.export;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.dataplane.RecordSink;
import dev.weir.table.EndReason;
import dev.weir.table.FlowEvent;
import dev.weir.table.FlowRecord;
import dev.weir.table.TcpState;
import dev.weir.table.TestRecord;
import dev.weir.testing.Allocation;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the text formats look like, whole lines of each. */
class RecordSinksTest {
    private static final String HEADER =
            "flow_id,start_time,end_time,duration,protocol,protocol_number,src_addr,src_port,"
                    + "dst_addr,dst_port,tenant,fwd_packets,fwd_bytes,fwd_frame_bytes,rev_packets,rev_bytes,rev_frame_bytes,"
                    + "fwd_tcp_flags,rev_tcp_flags,tcp_state,end_reason,offloaded,ctx_id";

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    private static TestRecord web() {
        return new TestRecord()
                .id(7)
                .forward("2026-11-21T08:00:00.000001Z", "2026-11-21T08:00:01.500002Z", 6, 412, 496)
                .reverse("2026-11-21T08:00:00.000101Z", "2026-11-21T08:00:01.400000Z", 4, 1200, 1256)
                .flags(0x1B, 0x12)
                .state(TcpState.FIN_ACK)
                .tenant(12)
                .kind(FlowEvent.ENDED, FlowEvent.BY_TIMER, EndReason.CLOSED)
                .at("2026-11-21T08:00:04.500002Z")
                .context(0xFFFF_FFFF, true);
    }

    @Test
    void csv_recordOfATcpFlow_hasEveryColumn() throws IOException {
        assertThat(lines(CsvSink.ofRecords(out, () -> 6), web()))
                .containsExactly(
                        HEADER,
                        "7,2026-11-21T08:00:00.000001Z,2026-11-21T08:00:01.500002Z,1.500001000,tcp,6,10.0.0.1,40000,"
                                + "10.0.0.2,80,12,6,412,496,4,1200,1256,FSPA,SA,FIN-ACK,closed,true,4294967295");
    }

    @Test
    void csv_withoutRecords_isTheHeader() throws IOException {
        assertThat(lines(CsvSink.ofRecords(out, () -> 6))).containsExactly(HEADER);
    }

    @Test
    void json_recordOfATcpFlow_hasTypesAndTheOrderOfTheColumns() throws IOException {
        assertThat(lines(JsonLinesSink.ofRecords(out, () -> 9), web()))
                .containsExactly("{\"flow_id\":7,\"start_time\":\"2026-11-21T08:00:00.000001000Z\","
                        + "\"end_time\":\"2026-11-21T08:00:01.500002000Z\",\"duration\":1.500001000,\"protocol\":\"tcp\","
                        + "\"protocol_number\":6,\"src_addr\":\"10.0.0.1\",\"src_port\":40000,\"dst_addr\":\"10.0.0.2\","
                        + "\"dst_port\":80,\"tenant\":12,\"fwd_packets\":6,\"fwd_bytes\":412,\"fwd_frame_bytes\":496,"
                        + "\"rev_packets\":4,\"rev_bytes\":1200,\"rev_frame_bytes\":1256,\"fwd_tcp_flags\":\"FSPA\","
                        + "\"rev_tcp_flags\":\"SA\",\"tcp_state\":\"FIN-ACK\",\"end_reason\":\"closed\",\"offloaded\":true,"
                        + "\"ctx_id\":4294967295}");
    }

    @Test
    void csv_event_saysWhenWhatAndWho() throws IOException {
        TestRecord created = new TestRecord()
                .kind(FlowEvent.CREATED, FlowEvent.BY_DATA_PATH, EndReason.NONE)
                .at("2026-11-21T08:00:00.000001Z");
        assertThat(lines(CsvSink.ofEvents(out, () -> 6), created)).first().isEqualTo("time,event,author," + HEADER);
        assertThat(lines(CsvSink.ofEvents(out, () -> 6), created))
                .last()
                .isEqualTo(
                        "2026-11-21T08:00:00.000001Z,created,data-path,1,2026-11-21T08:00:00.000001Z,"
                                + "2026-11-21T08:00:00.000001Z,0.000000000,tcp,6,10.0.0.1,40000,10.0.0.2,80,0,1,60,74,0,0,0,S,,SYN,,false,0");
    }

    @Test
    void eventLines_readAsSentences() throws IOException {
        TestRecord created = new TestRecord()
                .family("2001:db8::1", "2001:db8::2")
                .kind(FlowEvent.CREATED, FlowEvent.BY_DATA_PATH, EndReason.NONE)
                .at("2026-11-21T08:00:00Z");
        assertThat(lines(new EventSink(out, () -> 0), created, web()))
                .containsExactly(
                        "2026-11-21T08:00:00Z created 1 tcp [2001:db8::1]:40000 > [2001:db8::2]:80 by data-path",
                        "2026-11-21T08:00:04Z ended 7 tcp 10.0.0.1:40000 > 10.0.0.2:80 by timer: "
                                + "closed, 6 packets 412 bytes, back 4 packets 1200 bytes");
    }

    @Test
    void table_alignsColumns_andGrowsForWideOnes() throws IOException {
        TestRecord wide = new TestRecord()
                .family("2001:db8:1111:2222:3333:4444:5555:6666", "2001:db8::2")
                .protocol(17)
                .state(TcpState.NONE);
        List<String> lines = lines(new TableSink(out, () -> 6, false), web(), wide, web());
        assertThat(lines).hasSize(4);
        assertThat(lines.get(0)).startsWith("START  ").contains("SOURCE").endsWith("END");
        assertThat(lines.get(0).indexOf("DESTINATION")).isEqualTo(lines.get(1).indexOf("10.0.0.2:80"));
        assertThat(lines.get(2)).contains("[2001:db8:1111:2222:3333:4444:5555:6666]:40000  [2001:db8::2]:80");
        assertThat(lines.get(3).indexOf("10.0.0.2:80")).isEqualTo(lines.get(2).indexOf("[2001:db8::2]"));
        assertThat(lines.get(3)).endsWith("FIN-ACK      closed");
    }

    @ParameterizedTest
    @CsvSource({
        "1,   icmp",
        "6,   tcp",
        "17,  udp",
        "58,  ipv6-icmp",
        "132, 132",
        "47,  47",
        "0,   0",
        "255, 255",
    })
    void protocol_isTheKeywordOrTheNumber(int number, String expected) throws IOException {
        assertThat(field(new TestRecord().protocol(number), "protocol")).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "0x00, ''",
        "0x01, F",
        "0x02, S",
        "0x04, R",
        "0x08, P",
        "0x10, A",
        "0x20, U",
        "0x40, E",
        "0x80, C",
        "0xFF, FSRPAUEC",
    })
    void tcpFlags_areLettersInTheOrderOfTheirBits(String flags, String expected) throws IOException {
        assertThat(field(new TestRecord().flags(Integer.decode(flags), 0), "fwd_tcp_flags"))
                .isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "0.0.0.0",
        "255.255.255.255",
        "::",
        "::1",
        "fe80::1",
        "2001:db8:0:1:1:1:1:1",
        "2001:db8::1:0:0:1",
        "::ffff:192.0.2.1",
    })
    void addresses_areCanonical(String address) throws IOException {
        assertThat(field(new TestRecord().family(address, address), "src_addr")).isEqualTo(address);
    }

    @ParameterizedTest
    @CsvSource({"0, START", "1, SYN", "2, SYN-ACK", "3, ESTABLISHED", "4, FIN", "5, FIN-ACK", "6, RST", "7, ''"})
    void tcpState_hasItsName_orNoneForOthers(int state, String expected) throws IOException {
        assertThat(field(new TestRecord().state(state), "tcp_state")).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({"1, idle", "2, active", "3, closed", "4, recycled", "5, deleted", "6, flushed"})
    void endReason_hasItsName(int reason, String expected) throws IOException {
        TestRecord record = new TestRecord().kind(FlowEvent.ENDED, FlowEvent.BY_CONTROL, reason);
        assertThat(field(record, "end_reason")).isEqualTo(expected);
    }

    @Test
    void largestNumbers_fitTheLine() throws IOException {
        long most = Long.MAX_VALUE;
        TestRecord record = new TestRecord().id(most).forward(Long.MIN_VALUE, most, most, most, most);
        assertThat(field(record, "fwd_bytes")).isEqualTo("9223372036854775807");
        assertThat(out.size()).isLessThan(Column.MAX_LINE);
    }

    @Test
    void textSinks_inSteadyState_allocateNothing() throws IOException {
        FlowRecord record = web().view();
        List<RecordSink> sinks = List.of(
                CsvSink.ofRecords(OutputStream.nullOutputStream(), () -> 6),
                JsonLinesSink.ofRecords(OutputStream.nullOutputStream(), () -> 6),
                new TableSink(OutputStream.nullOutputStream(), () -> 6, false),
                new EventSink(OutputStream.nullOutputStream(), () -> 6));
        for (RecordSink sink : sinks) {
            assertThat(Allocation.octetsPerCall(20_000, () -> accept(sink, record)))
                    .as(sink.getClass().getSimpleName())
                    .isZero();
        }
    }

    private static void accept(RecordSink sink, FlowRecord record) {
        try {
            sink.accept(record);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String field(TestRecord record, String column) throws IOException {
        String line = lines(CsvSink.ofRecords(out, () -> 6), record).getLast();
        return line.split(",", -1)[List.of(HEADER.split(",", -1)).indexOf(column)];
    }

    private List<String> lines(RecordSink sink, TestRecord... records) throws IOException {
        out.reset();
        try (sink) {
            for (TestRecord record : records) {
                sink.accept(record.view());
            }
        }
        return new ArrayList<>(out.toString(StandardCharsets.US_ASCII).lines().toList());
    }
}
