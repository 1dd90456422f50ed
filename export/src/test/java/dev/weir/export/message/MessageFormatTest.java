package dev.weir.export.message;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.protobuf.UnknownFieldSet;
import dev.weir.api.v1.Direction;
import dev.weir.api.v1.Feature;
import dev.weir.api.v1.SensorEvent;
import dev.weir.dataplane.Tracker;
import dev.weir.export.FeatureColumn;
import dev.weir.export.FeatureColumns;
import dev.weir.export.RandomRecords;
import dev.weir.table.FlowEvent;
import dev.weir.table.FlowRecord;
import dev.weir.table.FlowRecordBuilder;
import dev.weir.table.FlowTableConfig;
import dev.weir.table.Lifetime;
import dev.weir.table.TcpLifetimes;
import dev.weir.table.feature.FeatureSet;
import dev.weir.wire.Captures;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What was written is read back whole; what is no message is refused with its place. */
class MessageFormatTest {
    private static final int[] KINDS = {FlowEvent.CREATED, FlowEvent.STATE_CHANGED, FlowEvent.UPDATED, FlowEvent.ENDED};
    private static final int KIND_AT = 134;

    /** The octets that mean something: those of times without packets are zero. */
    private static byte[] octets(FlowRecord record) {
        byte[] octets =
                record.segment().asSlice(record.offset(), FlowRecord.SIZE).toArray(JAVA_BYTE);
        MemorySegment segment = MemorySegment.ofArray(octets);
        for (int direction = 0; direction < 2; direction++) {
            long packets = direction == 0 ? record.forwardPackets() : record.reversePackets();
            boolean both = record.forwardPackets() == 0 && record.reversePackets() == 0;
            if (packets == 0 && !(both && direction == 0)) {
                segment.set(JAVA_LONG.withByteAlignment(1), 16 + 8 * direction, 0);
                segment.set(JAVA_LONG.withByteAlignment(1), 32 + 8 * direction, 0);
            }
        }
        return octets;
    }

    @ParameterizedTest
    @EnumSource(MessageFormat.class)
    void anyRecord_writtenAndRead_isTheSame(MessageFormat format) throws IOException {
        for (long seed : new long[] {1, 2, 0x5EED}) {
            var records = new RandomRecords(seed, 0);
            var random = new SplittableRandom(seed);
            MessageEncoder encoder = format.encoder("edge-1.site_2", "r" + seed, FeatureSet.NONE);
            for (int i = 0; i < 3000; i++) {
                FlowRecord record = records.next();
                record.segment().set(JAVA_BYTE, KIND_AT, (byte) KINDS[random.nextInt(4)]);
                long sequence = 1 + (random.nextLong() >>> (1 + random.nextInt(62)));
                byte[] message = encoder.encode(sequence, record);
                FlowMessage read = format.decoder().decode(message);
                String where = "seed " + seed + ", record " + i + ": " + new String(message, StandardCharsets.UTF_8);
                assertThat(octets(read.flow())).as(where).isEqualTo(octets(record));
                assertThat(read.id()).isEqualTo("edge-1.site_2/r" + seed + "/" + sequence);
                assertThat(read.features()).isEmpty();
                assertThat(encoder.encode(sequence, read.flow())).as(where).isEqualTo(message);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(MessageFormat.class)
    void flowWithoutPackets_writtenAndRead_keepsItsTimes(MessageFormat format) throws IOException {
        FlowRecord record = new FlowRecordBuilder()
                .ends(new byte[] {10, 0, 0, 1}, 1, new byte[] {10, 0, 0, 2}, 2, 4)
                .forward(0, 0, 0, 0, 1_795_262_400_000_000_001L, 1_795_262_400_000_000_002L)
                .event(FlowEvent.CREATED, FlowEvent.BY_DATA_PATH, -1)
                .lifetimeMillis(Lifetime.NEVER)
                .record();
        byte[] message = format.encoder("s", "r", FeatureSet.NONE).encode(1, record);
        assertThat(octets(format.decoder().decode(message).flow())).isEqualTo(octets(record));
    }

    @Test
    void protobuf_isWhatTheGeneratedClassesWrite() throws IOException {
        var records = new RandomRecords(7, 0);
        MessageEncoder encoder = MessageFormat.PROTOBUF.encoder("s", "r", FeatureSet.NONE);
        for (int i = 0; i < 1000; i++) {
            byte[] message = encoder.encode(i + 1, records.next());
            SensorEvent parsed = SensorEvent.parseFrom(message);
            assertThat(parsed.toByteArray()).isEqualTo(message);
            assertThat(parsed.getEvent().getSequence()).isEqualTo(i + 1);
        }
    }

    /** A capture with all features: what both formats say of them is what the columns say. */
    @Test
    void features_writtenAndRead_areThoseOfTheRecord() throws IOException {
        FeatureSet set = FeatureSet.all(20);
        FlowTableConfig table = new FlowTableConfig(
                1000,
                Lifetime.ofSeconds(60),
                TcpLifetimes.DEFAULT,
                true,
                Lifetime.NEVER,
                OptionalLong.of(1),
                set.annexBytes(),
                set);
        MessageEncoder json = MessageFormat.JSON.encoder("s", "r", set);
        MessageEncoder protobuf = MessageFormat.PROTOBUF.encoder("s", "r", set);
        List<byte[]> texts = new ArrayList<>(), binaries = new ArrayList<>();
        try (var source = Captures.open(List.of("../samples/web.pcap"))) {
            Tracker.builder()
                    .table(table)
                    .workers(1)
                    .sink(record -> {
                        texts.add(json.encode(texts.size() + 1, record));
                        binaries.add(protobuf.encode(binaries.size() + 1, record));
                    })
                    .build()
                    .run(source);
        }
        assertThat(texts).isNotEmpty();
        List<FeatureColumn> columns = FeatureColumns.of(set);
        for (int i = 0; i < texts.size(); i++) {
            assertThat(SensorEvent.parseFrom(binaries.get(i)).toByteArray()).isEqualTo(binaries.get(i));
            List<FlowFeature> text =
                    MessageFormat.JSON.decoder().decode(texts.get(i)).features();
            List<FlowFeature> exact =
                    MessageFormat.PROTOBUF.decoder().decode(binaries.get(i)).features();
            assertThat(exact)
                    .extracting(FlowFeature::name)
                    .containsExactlyElementsOf(
                            columns.stream().map(FeatureColumn::label).toList());
            assertThat(exact)
                    .extracting(FlowFeature::kind)
                    .containsExactlyElementsOf(
                            columns.stream().map(FeatureColumn::kind).toList());
            assertThat(text).hasSameSizeAs(exact);
            for (int j = 0; j < text.size(); j++) {
                FlowFeature rounded = text.get(j), other = exact.get(j);
                assertThat(rounded.text()).isEqualTo(other.text());
                assertThat(rounded.numbers()).as(other.toString()).hasSameSizeAs(other.numbers());
                double digit = Math.pow(10, -columns.get(j).digits());
                for (int k = 0; k < rounded.numbers().size(); k++) {
                    double value = other.numbers().get(k).doubleValue();
                    assertThat(Math.abs(rounded.numbers().get(k).doubleValue() - value))
                            .as(other.toString())
                            .isLessThanOrEqualTo(digit * 0.5 + Math.abs(value) * 1e-15);
                }
            }
        }
        assertThat(texts.stream().map(each -> new String(each, StandardCharsets.US_ASCII)))
                .anyMatch(line -> line.matches(".*\"splt_ps\":\\[\\d+,.*"));
    }

    private static String json() {
        return new String(
                MessageFormat.JSON.encoder("s", "r", FeatureSet.NONE).encode(5, new RandomRecords(3, 4).next()),
                StandardCharsets.US_ASCII);
    }

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
        sensor          | ""                       | sensor: is missing
        sensor          | "a b"                    | sensor: 'a b' is no name of at most 100
        run             | 7                        | run: is no string
        sequence        | 0                        | sequence: is missing; sequence numbers begin with 1
        sequence        | -1                       | sequence: -1 is no whole number of 0 to 9223372036854775807
        sequence        | 1.5                      | sequence: 1.5 is no whole number
        time            | "2026-11-22T00:00:00"    | time: '2026-11-22T00:00:00' is no time in UTC
        time            | "2026-11-32T00:00:00Z"   | time: '2026-11-32T00:00:00Z' is no time of RFC 3339
        time            | "9999-01-01T00:00:00Z"   | time: '9999-01-01T00:00:00Z' is no time of RFC 3339 from 1678 to 2261
        event           | "begun"                  | event: 'begun' is none of created
        author          | null                     | author: is null
        flow_id         | 9223372036854775808      | flow_id: 9223372036854775808 is no whole number
        protocol_number | 256                      | protocol_number: 256 is no whole number of 0 to 255
        src_addr        | "10.0.0.256"             | src_addr: '10.0.0.256' is no address
        dst_addr        | ""                       | dst_addr: is missing
        src_port        | 65536                    | src_port: 65536 is no whole number of 0 to 65535
        dst_port        | [80]                     | dst_port: is no number
        tenant          | 16777216                 | tenant: 16777216 is no whole number of 0 to 16777215
        fwd_packets     | "1"                      | fwd_packets: is no number
        fwd_start_time  | ""                       | fwd_start_time: '' is no time in UTC
        rev_tcp_flags   | "SS"                     | rev_tcp_flags: 'SS' are no flags
        tcp_state       | "OPEN"                   | tcp_state: 'OPEN' is no state of TCP
        end_reason      | "none"                   | end_reason: 'none' is none of idle
        offloaded       | 1                        | offloaded: is neither true nor false
        lifetime        | 0.0001                   | lifetime: 0.0001 is no number of seconds
        lifetime        | 1e99                     | lifetime: 1e99 is no number of seconds
        infos           | "00"                     | infos: '00' are not 32 hexadecimal digits
        subflows        | "1"                      | subflows: is no number
        subflows        | 1.5                      | subflows: 1.5 is no number that fits
        splt_ps         | 1                        | splt_ps: is no list
        """)
    void json_aValueThatIsNone_isRefusedByItsKey(String key, String value, String why) {
        JsonObject object = JsonParser.parseString(json()).getAsJsonObject();
        object.add(key, JsonParser.parseString(value));
        assertThatThrownBy(() ->
                        MessageFormat.JSON.decoder().decode(object.toString().getBytes(StandardCharsets.UTF_8)))
                .isInstanceOf(MessageFault.class)
                .hasMessageStartingWith(why);
    }

    @Test
    void json_withoutAKey_saysWhichIsMissing() throws IOException {
        JsonObject object = JsonParser.parseString(json()).getAsJsonObject();
        List<String> derived = new ArrayList<>();
        for (String key : object.keySet()) {
            JsonObject less = object.deepCopy();
            less.remove(key);
            try {
                MessageFormat.JSON.decoder().decode(less.toString().getBytes(StandardCharsets.UTF_8));
                derived.add(key);
            } catch (MessageFault e) {
                assertThat(e).hasMessage(key + ": is missing");
            }
        }
        assertThat(derived).contains("start_time", "end_time", "duration", "protocol", "ctx_id");
        assertThat(derived).isSubsetOf("start_time", "end_time", "duration", "protocol", "ctx_id");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
        []                       | message: no JSON object of a flow
        {                        | message of 1 octets: ends in the middle
        {"a":1}{}                | message: no JSON object of a flow
        {"a":1,"a":2}            | a: is there twice
        {"subflows":1,"subflows":2} | subflows: is there twice
        {'a':1}                  | message: no JSON object of a flow
        {"a":NaN}                | message: no JSON object of a flow
        """)
    void json_thatIsNone_isRefused(String text, String why) {
        assertThatThrownBy(() -> MessageFormat.JSON.decoder().decode(text.getBytes(StandardCharsets.UTF_8)))
                .isInstanceOf(MessageFault.class)
                .hasMessageStartingWith(why);
    }

    @Test
    void unknownFields_ofALaterVersion_arePassedOver() throws IOException {
        String text = json();
        String more = text.substring(0, text.length() - 1) + ",\"later\":{\"a\":[1,{}]}}";
        assertThat(octets(MessageFormat.JSON
                        .decoder()
                        .decode(more.getBytes(StandardCharsets.UTF_8))
                        .flow()))
                .isEqualTo(octets(MessageFormat.JSON
                        .decoder()
                        .decode(text.getBytes(StandardCharsets.UTF_8))
                        .flow()));
        SensorEvent event = message().toBuilder()
                .setUnknownFields(UnknownFieldSet.newBuilder()
                        .addField(
                                99,
                                UnknownFieldSet.Field.newBuilder().addVarint(1).build())
                        .build())
                .build();
        assertThat(MessageFormat.PROTOBUF.decoder().decode(event.toByteArray()).sequence())
                .isEqualTo(5);
    }

    private static SensorEvent message() throws IOException {
        return SensorEvent.parseFrom(
                MessageFormat.PROTOBUF.encoder("s", "r", FeatureSet.NONE).encode(5, new RandomRecords(3, 4).next()));
    }

    @Test
    void protobuf_aFieldThatIsNone_isRefusedByItsName() throws IOException {
        Map<String, Consumer<SensorEvent.Builder>> faults = new HashMap<>();
        faults.put("sensor: is missing", m -> m.clearSensor());
        faults.put(
                "run: 'a/b' is no name of at most 100 letters, digits, dots, dashes and underscores",
                m -> m.setRun("a/b"));
        faults.put("event: is missing", m -> m.clearEvent());
        faults.put(
                "event.sequence: is missing; sequence numbers begin with 1",
                m -> m.getEventBuilder().clearSequence());
        faults.put(
                "event.sequence: 18446744073709551615 is out of range; there can be 0 to 9223372036854775807",
                m -> m.getEventBuilder().setSequence(-1));
        faults.put("event.time: is missing", m -> m.getEventBuilder().clearTime());
        faults.put("event.kind: is missing", m -> m.getEventBuilder().clearKind());
        faults.put(
                "event.author: 9 is out of range; there can be 0 to 2",
                m -> m.getEventBuilder().setAuthorValue(9));
        faults.put("event.flow: is missing", m -> m.getEventBuilder().clearFlow());
        faults.put(
                "event.flow.key: is missing",
                m -> m.getEventBuilder().getFlowBuilder().clearKey());
        faults.put(
                "event.flow.key.source: 'nobody' is no address",
                m -> m.getEventBuilder().getFlowBuilder().getKeyBuilder().setSource("nobody"));
        faults.put(
                "event.flow.key.destination_port: 65536 is out of range; there can be 0 to 65535",
                m -> m.getEventBuilder().getFlowBuilder().getKeyBuilder().setDestinationPort(65536));
        faults.put(
                "event.flow.key.destination: ::1 is not of the family of 10.0.0.1",
                m -> m.getEventBuilder()
                        .getFlowBuilder()
                        .getKeyBuilder()
                        .setSource("10.0.0.1")
                        .setDestination("::1"));
        faults.put(
                "event.flow.forward.first_time: is missing",
                m -> m.getEventBuilder().getFlowBuilder().getForwardBuilder().clearFirstTime());
        faults.put(
                "event.flow.start_time or event.flow.end_time: is missing",
                m -> m.getEventBuilder()
                        .getFlowBuilder()
                        .clearStartTime()
                        .clearReverse()
                        .setForward(Direction.getDefaultInstance()));
        faults.put(
                "event.flow.tcp_state: 8 is out of range; there can be 0 to 7",
                m -> m.getEventBuilder().getFlowBuilder().setTcpStateValue(8));
        faults.put(
                "event.flow.lifetime: has neither idle nor never",
                m -> m.getEventBuilder().getFlowBuilder().clearLifetime());
        faults.put(
                "features[0]: has no value that is known",
                m -> m.addFeatures(Feature.newBuilder().setName("x")));
        faults.put(
                "features[1]: x is there twice",
                m -> m.addFeatures(Feature.newBuilder().setName("x").setInteger(1))
                        .addFeatures(Feature.newBuilder().setName("x").setInteger(1)));
        for (var fault : faults.entrySet()) {
            SensorEvent.Builder message = message().toBuilder();
            fault.getValue().accept(message);
            assertThatThrownBy(() -> MessageFormat.PROTOBUF
                            .decoder()
                            .decode(message.build().toByteArray()))
                    .isInstanceOf(MessageFault.class)
                    .hasMessage(fault.getKey());
        }
    }

    /** Cut off anywhere, or with octets changed: a message, or a fault. */
    @ParameterizedTest
    @EnumSource(MessageFormat.class)
    void damagedMessage_isReadOrRefused(MessageFormat format) throws IOException {
        long seed = 11;
        var random = new SplittableRandom(seed);
        var records = new RandomRecords(seed, 0);
        MessageEncoder encoder = format.encoder("s", "r", FeatureSet.NONE);
        int refused = 0;
        for (int i = 0; i < 3000; i++) {
            byte[] message = encoder.encode(i + 1, records.next());
            byte[] damaged =
                    Arrays.copyOf(message, random.nextInt(2) == 0 ? random.nextInt(message.length) : message.length);
            for (int j = random.nextInt(4); j > 0 && damaged.length > 0; j--) {
                damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
            }
            try {
                format.decoder().decode(damaged);
            } catch (MessageFault e) {
                assertThat(e.getMessage()).contains(": ").hasSizeLessThan(400);
                refused++;
            }
        }
        assertThat(refused).as("seed " + seed).isGreaterThan(1000);
    }

    @Test
    void names_thatAreNone_areRefused() {
        assertThatThrownBy(() -> MessageFormat.JSON.encoder("a\"b", "r", FeatureSet.NONE))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'a\"b' is no name: give 1 to 100 letters");
        assertThat(FlowMessage.isName("x".repeat(101))).isFalse();
    }
}
