package dev.weir.export.ipfix;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.export.CsvSink;
import dev.weir.table.FlowRecord;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Messages written out by hand, and what is read out of them. */
class MessageReaderTest {
    /** Template 256: source and destination address, octets. */
    private static final String TEMPLATE = "0002 0014 0100 0003 0008 0004 000c 0004 0001 0004";

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final MessageReader reader;

    MessageReaderTest() throws IOException {
        CsvSink sink = CsvSink.ofRecords(out, () -> 0);
        reader = new MessageReader(record -> {
            sink.accept(record);
            sink.flush();
        });
    }

    /** An IPFIX message of these sets, exported in 2026, with that sequence number. */
    private static byte[] ipfix(int sequence, String... sets) {
        byte[] body = HexFormat.of().parseHex(String.join("", sets).replace(" ", ""));
        String header = "000a%04x 6a000000 %08x 00000001".formatted(16 + body.length, sequence);
        byte[] message = java.util.Arrays.copyOf(HexFormat.of().parseHex(header.replace(" ", "")), 16 + body.length);
        System.arraycopy(body, 0, message, 16, body.length);
        return message;
    }

    private void read(byte[] message) throws IOException {
        reader.read(message, 0, message.length, "a");
    }

    /** Columns of the records that were read. */
    private List<String> read(int... columns) {
        return (out.size() == 0 ? List.<String>of() : Flows.lines(out))
                .stream()
                        .map(line -> {
                            String[] cells = line.split(",", -1);
                            return java.util.Arrays.stream(columns)
                                    .mapToObj(i -> cells[i])
                                    .collect(java.util.stream.Collectors.joining(" "));
                        })
                        .toList();
    }

    private void assertCounter(String name, long value) {
        assertThat(reader.counters().all()).containsEntry(name, value);
    }

    @Test
    void data_afterItsTemplate_isARecord() throws IOException {
        read(ipfix(0, TEMPLATE, "0100 0010 0a000001 0a000002 00000040"));
        assertThat(read(6, 8, 12)).containsExactly("10.0.0.1 10.0.0.2 64");
    }

    @Test
    void data_beforeItsTemplate_waitsForIt() throws IOException {
        read(ipfix(0, "0100 0010 0a000001 0a000002 00000040"));
        assertCounter("sets-waiting-for-template", 1);
        assertThat(read(12)).isEmpty();
        read(ipfix(1, TEMPLATE, "0100 0010 0a000003 0a000004 00000041"));
        assertThat(read(6, 12)).containsExactly("10.0.0.1 64", "10.0.0.3 65");
        assertCounter("sets-waiting-for-template", 0);
    }

    @Test
    void data_ofAnotherDomainOrSender_doesNotUseTheTemplate() throws IOException {
        read(ipfix(0, TEMPLATE));
        byte[] other = ipfix(0, "0100 0010 0a000001 0a000002 00000040");
        reader.read(other, 0, other.length, "b");
        other[15] = 2;
        read(other);
        assertThat(read(12)).isEmpty();
        assertCounter("sets-waiting-for-template", 2);
    }

    @Test
    void template_withdrawn_isGone() throws IOException {
        read(ipfix(0, TEMPLATE, "0002 0008 0100 0000", "0100 0010 0a000001 0a000002 00000040"));
        assertThat(read(12)).isEmpty();
        read(ipfix(0, TEMPLATE, "0002 0008 0002 0000", "0100 0010 0a000001 0a000002 00000040"));
        assertCounter("sets-waiting-for-template", 1);
    }

    @Test
    void fields_unknownAndOfVariableLength_arePassedOver() throws IOException {
        // an enterprise's element of three octets, a text of variable length (short and long form), then ours
        read(ipfix(
                0,
                "0002 0024 0101 0005 8001 0003 00001234 0052 ffff 0008 0004 000c 0004 0002 0002 00 00 00 00",
                "0101 0019 ffffff 04 74657374 0a000001 0a000002 0007 000000",
                "0101 0018 ffffff ff 0003 616263 0a000003 0a000004 0008 00"));
        assertThat(read(6, 11)).containsExactly("10.0.0.1 7", "10.0.0.3 8");
    }

    @Test
    void record_ofBothDirections_hasBoth() throws IOException {
        read(ipfix(
                0,
                "0002 0024 0100 0005 0008 0004 000c 0004 0001 0004 8001 0004 00007279 8002 0002 00007279",
                "0100 0016 0a000001 0a000002 00000040 00000050 0003"));
        assertThat(read(12, 15, 14)).containsExactly("64 80 3");
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
                    seconds           | 0096 0004 0097 0004 | 65000000 65000001                 | 2023-09-12T06:06:56Z 2023-09-12T06:06:57Z
                    milliseconds      | 0098 0008 0099 0008 | 0000018a87e38000 0000018a87e383e8 | 2023-09-12T05:35:48Z 2023-09-12T05:35:49Z
                    before the export | 009e 0004 009f 0004 | 001e8480 000f4240                 | 2026-05-10T03:48:14Z 2026-05-10T03:48:15Z
                    NTP               | 009c 0008 009d 0008 | e8a9f7a000000000 e8a9f7a180000000 | 2023-09-11T20:31:28Z 2023-09-11T20:31:29Z
                    start and length  | 0096 0004 00a1 0004 | 65000000 000003e8                 | 2023-09-12T06:06:56Z 2023-09-12T06:06:57Z
                    """)
    void times_ofEachElement_areInstants(String title, String fields, String values, String expected)
            throws IOException {
        int octets = values.replace(" ", "").length() / 2;
        read(ipfix(
                0,
                "0002 0018 0100 0004 0008 0004 000c 0004 " + fields,
                "0100 %04x 0a000001 0a000002 ".formatted(12 + octets) + values));
        assertThat(read(1, 2)).containsExactly(expected);
    }

    @Test
    void uptimes_afterTheOptionsThatSayWhenItBegan_areInstants() throws IOException {
        read(ipfix(
                0,
                "0003 0012 0102 0002 0001 0095 0004 00a0 0008",
                "0102 0010 00000001 0000018a87e38000",
                "0002 0018 0100 0004 0008 0004 000c 0004 0016 0004 0015 0004",
                "0100 0014 0a000001 0a000002 000003e8 000007d0"));
        assertThat(read(1, 2)).containsExactly("2023-09-12T05:35:49Z 2023-09-12T05:35:50Z");
        assertCounter("options-records", 1);
    }

    @Test
    void sequence_withAGap_countsWhatWasMissed() throws IOException {
        read(ipfix(5, TEMPLATE, "0100 0010 0a000001 0a000002 00000040"));
        read(ipfix(6, "0100 0010 0a000001 0a000002 00000040"));
        assertCounter("missed-by-sequence", 0);
        read(ipfix(10, "0100 0010 0a000001 0a000002 00000040"));
        assertCounter("missed-by-sequence", 3);
        read(ipfix(0, "0100 0010 0a000001 0a000002 00000040"));
        assertCounter("missed-by-sequence", 3);
        assertCounter("sequence-restarts", 1);
    }

    @Test
    void v5_message_hasRecordsWithTimes() throws IOException {
        String header = "0005 0001 00002710 65000000 00000000 00000000 0000 0000";
        String record = "0a000001 0a000002 00000000 0001 0002 00000003 000000b4 000007d0 00000fa0"
                + " 9c40 0050 00 1b 06 00 0000 0000 0000 0000";
        read(HexFormat.of().parseHex((header + record).replace(" ", "")));
        assertThat(read(1, 2, 4, 6, 7, 8, 9, 11, 12, 17))
                .containsExactly("2023-09-12T06:06:48Z 2023-09-12T06:06:50Z tcp 10.0.0.1 40000 10.0.0.2 80 3 180 FSPA");
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
                    set shorter than its header    | 0002 0003                     | malformed:set
                    set longer than the message    | 0100 0100 00000000            | malformed:set
                    set of a reserved number       | 0010 0008 00000000            | malformed:set
                    template cut short             | 0002 000c 0100 0002 0008 0004 | malformed:template
                    template of a reserved number  | 0002 000c 00ff 0001 0008 0004 | malformed:template
                    template of nothing            | 0002 000c 0100 0001 0008 0000 | malformed:template
                    options without a scope        | 0003 000e 0100 0001 0000 0008 0004 | malformed:template
                    """)
    void sets_malformed_areCountedByKind(String title, String set, String counter) throws IOException {
        read(ipfix(0, set));
        assertCounter(counter, 1);
    }

    @Test
    void variableLength_behindTheEnd_isCounted() throws IOException {
        read(ipfix(0, "0002 000c 0100 0001 0052 ffff", "0100 0006 0a61"));
        assertCounter("malformed:record", 1);
    }

    @Test
    void templates_moreThanADomainMayHave_areRefused() throws IOException {
        for (int i = 0; i <= ReceivedDomain.MOST_TEMPLATES; i++) {
            read(ipfix(0, "0002 000c %04x 0001 0008 0004".formatted(256 + i)));
        }
        assertCounter("templates", ReceivedDomain.MOST_TEMPLATES);
        assertCounter("templates-refused", 1);
    }

    @Test
    void waitingSets_moreThanADomainMayHave_areLostOldestFirst() throws IOException {
        for (int i = 0; i < ReceivedDomain.MOST_SETS + 10; i++) {
            read(ipfix(0, "0100 0010 0a000001 0a000002 %08x".formatted(i)));
        }
        assertCounter("sets-lost-without-template", 10);
        read(ipfix(0, TEMPLATE));
        assertThat(read(12)).hasSize(ReceivedDomain.MOST_SETS).startsWith("10");
    }

    @Test
    void record_withoutAddresses_isCounted() throws IOException {
        read(ipfix(0, "0002 000c 0100 0001 0001 0004", "0100 0008 00000040"));
        assertCounter("without-addresses", 1);
    }

    @Test
    void numbers_thatNoRecordHolds_areTheNearest() throws IOException {
        read(ipfix(
                0,
                "0002 0018 0100 0004 0008 0004 000c 0004 0001 0008 0098 0008",
                "0100 001c 0a000001 0a000002 ffffffffffffffff ffffffffffffffff"));
        assertThat(read(12)).containsExactly(Long.toString(Long.MAX_VALUE));
    }

    @Test
    void v9_optionsAndData_areRead() throws IOException {
        String header = "0009 0003 000186a0 65000000 00000000 00000009";
        String sets = "0001 0018 0103 0004 0008 0001 0004 0029 0004 002a 0004 0000" // scope, two counters, padding
                + "0000 0014 0100 0003 0008 0004 000c 0004 0001 0004"
                + "0100 0010 0a000001 0a000002 00000040";
        byte[] message = HexFormat.of().parseHex((header + sets).replace(" ", ""));
        read(message);
        assertThat(read(12)).containsExactly("64");
        assertThat(reader.counters().all()).containsAllEntriesOf(Map.of("templates", 2L, "malformed:template", 0L));
    }

    @Test
    void uniflows_ofTheResponder_keepTheInitiatorAsSource() throws IOException {
        var writer = new MessageWriter(new ExportFormat(FlowVersion.IPFIX, false, 1400, 1, 0, 0), null, () -> 0);
        FlowRecord flow = new dev.weir.table.TestRecord()
                .reverse("2026-11-21T08:00:00Z", "2026-11-21T08:00:01Z", 4, 1200, 1256)
                .view();
        assertThat(writer.add(flow)).isTrue();
        reader.read(writer.octets(), 0, writer.finish(), "a");
        assertThat(read(6, 8, 9, 11, 14)).containsExactly("10.0.0.1 10.0.0.2 80 1 0", "10.0.0.1 10.0.0.2 80 0 4");
    }
}
