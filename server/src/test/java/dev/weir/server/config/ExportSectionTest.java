package dev.weir.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.export.ExportPlace;
import dev.weir.export.ipfix.CollectorAddress;
import dev.weir.export.ipfix.CollectorAddress.Transport;
import dev.weir.export.ipfix.ExportFormat;
import dev.weir.export.ipfix.FlowVersion;
import dev.weir.export.kafka.KafkaTopic;
import dev.weir.server.config.ConfigurationFile.Invalid;
import dev.weir.server.config.ConfigurationFile.Valid;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a file says of collectors. */
class ExportSectionTest {
    private static ConfigurationFile read(String export) {
        return ConfigurationFile.read(("ports: {tap: {tap: tap0}}\n" + export).getBytes(StandardCharsets.UTF_8));
    }

    private static Map<String, ExportPlace> valid(String export) {
        return ((Valid) read(export)).configuration().export();
    }

    @Test
    void nobody_getsRecordsUnlessAskedFor() {
        assertThat(valid("workers: 1")).isEmpty();
    }

    @Test
    void everyOption_arrives() {
        assertThat(valid("""
                export:
                  one:
                    collector: udp://192.0.2.1:9995
                    version: v9
                    message-size: 1200
                    domain: 4294967295
                    template-interval: 2m
                    template-messages: 7
                    buffer: 100
                    rate: 0
                """))
                .containsExactly(Map.entry(
                        "one",
                        new CollectorAddress(
                                Transport.UDP,
                                "192.0.2.1",
                                9995,
                                new ExportFormat(FlowVersion.V9, false, 1200, -1, 120, 7),
                                100,
                                0)));
    }

    @Test
    void whatIsLeftOut_isAsInTheUri() {
        assertThat(valid("""
                export:
                  a: {collector: "udp://192.0.2.1"}
                  b: {collector: "tcp://[2001:db8::1]:4740", biflow: false}
                  c: {collector: "udp://192.0.2.1", version: v9}
                """))
                .containsExactly(
                        Map.entry("a", CollectorAddress.parse("udp://192.0.2.1")),
                        Map.entry("b", CollectorAddress.parse("tcp://[2001:db8::1]:4740?biflow=false")),
                        Map.entry("c", CollectorAddress.parse("udp://192.0.2.1?version=9")));
    }

    @Test
    void topic_withAndWithoutOptions_isAsInTheUri() {
        assertThat(valid("""
                export:
                  a: {collector: "kafka://k1:9092,k2:9092/flows"}
                  b:
                    collector: kafka://k1:9092/flows
                    format: protobuf
                    sensor: edge-1
                    compression: zstd
                    events: true
                    buffer: 100
                    properties: /etc/weir/kafka.properties
                """))
                .containsExactly(
                        Map.entry("a", KafkaTopic.parse("kafka://k1:9092,k2:9092/flows")),
                        Map.entry(
                                "b",
                                KafkaTopic.parse("kafka://k1:9092/flows?format=protobuf&sensor=edge-1&compression=zstd"
                                        + "&events=true&buffer=100&properties=/etc/weir/kafka.properties")));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
            export: {a: {}}                                                            | has no 'collector'
            export: {a: {collector: 192.0.2.1}}                                        | no collector; write udp://HOST:PORT
            export: {a: {collector: 'udp://h?rate=1'}}                                 | has options; write them beside it
            export: {a: {collector: 'tcp://192.0.2.1', version: v9}}                   | NetFlow v9 goes over UDP alone
            export: {a: {collector: 'udp://192.0.2.1', version: v9, biflow: true}}     | NetFlow v9 has no records of both
            export: {a: {collector: 'udp://192.0.2.1', message-size: 100}}             | 100 is out of range
            export: {a: {collector: 'udp://192.0.2.1', template-interval: 25h}}        | template-interval out of range
            export: {a: {collector: 'kafka://k:9092'}}                                 | no broker; write kafka://HOST:PORT/TOPIC
            export: {a: {collector: 'kafka://k:9092/t?buffer=1'}}                      | has options; write them beside it
            export: {a: {collector: 'kafka://k:9092/t', rate: 5}}                      | Kafka has no such thing; leave it out
            export: {a: {collector: 'kafka://k:9092/t', sensor: 'a b'}}                | 'a b' is no name of a sensor
            export: {a: {collector: 'kafka://k:9092/t', compression: lz4}}             | compression
            export: {a: {collector: 'udp://192.0.2.1', format: protobuf}}              | is for Kafka alone; leave it out
            records: {output: flows.ipfix, events: true}                               | IPFIX has records of ended flows alone
            """)
    void whatCannotBe_isAFault(String export, String why) {
        assertThat(((Invalid) read(export)).faults())
                .anySatisfy(fault -> assertThat(fault.toString()).contains(why));
    }
}
