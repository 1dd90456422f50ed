package dev.weir.export.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.weir.export.kafka.KafkaTopic.Compression;
import dev.weir.export.message.MessageFormat;
import dev.weir.table.FlowRecord;
import dev.weir.table.FlowRecordBuilder;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How topics are written, and what messages are keyed by. No broker. */
class KafkaTopicTest {
    @Test
    void topic_withEveryOption_hasThem() {
        assertThat(KafkaTopic.parse("kafka://a:9092,[::1]:9093/flows.v1?format=protobuf&sensor=edge-1&compression=zstd"
                        + "&events=true&buffer=10&patience=0&properties=/etc/weir/kafka.properties"))
                .isEqualTo(new KafkaTopic(
                        List.of("a:9092", "[::1]:9093"),
                        "flows.v1",
                        MessageFormat.PROTOBUF,
                        "edge-1",
                        Compression.ZSTD,
                        true,
                        false,
                        10,
                        0,
                        "/etc/weir/kafka.properties"));
        assertThat(KafkaTopic.parse("kafka://a:9092,[::1]:9093/t").hosts()).containsExactly("a", "::1");
    }

    @Test
    void topic_withoutOptions_hasTheDefaults() {
        KafkaTopic topic = KafkaTopic.parse("KAFKA://broker:9092/flows");
        assertThat(topic)
                .isEqualTo(new KafkaTopic(
                        List.of("broker:9092"),
                        "flows",
                        MessageFormat.JSON,
                        KafkaTopic.defaultSensor(),
                        Compression.NONE,
                        false,
                        false,
                        65_536,
                        300,
                        null));
        assertThat(topic.place()).isEqualTo("kafka://broker:9092/flows");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
        kafka:///flows                  | no broker
        kafka://b:1/t?digests=true&events=true | format and events are of records
        kafka://b:9092                  | no broker
        kafka://b:9092/                 | no topic after the brokers
        kafka://b/flows                 | 'b' is no broker; give HOST:PORT
        kafka://b:0/flows               | 'b:0' is no broker
        kafka://b:65536/flows           | 'b:65536' is no broker
        kafka://b:9092,/flows           | '' is no broker
        kafka://b:9092/a b              | 'a b' is no topic
        kafka://b:9092/a/b              | 'a/b' is no topic
        kafka://b:9092/..               | '..' is no topic
        kafka://b:9092/f?format=xml     | format is none of json, protobuf
        kafka://b:9092/f?compression=lz4 | compression is none of none, gzip, zstd
        kafka://b:9092/f?sensor=a b     | sensor: 'a b' is no name
        kafka://b:9092/f?events=1       | events is neither true nor false
        kafka://b:9092/f?buffer=0       | buffer out of range: 0
        kafka://b:9092/f?buffer=x       | buffer is no whole number
        kafka://b:9092/f?patience=86401 | patience out of range: 86401
        kafka://b:9092/f?color=red      | no such option: color, there are buffer, compression, digests, events
        kafka://b:9092/f?buffer=1&buffer=2 | buffer is there twice
        """)
    void topic_thatIsNone_saysWhatIsWrong(String text, String why) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> KafkaTopic.parse(text))
                .withMessageContaining(why)
                .withMessageStartingWith(text)
                .withMessageEndingWith("; write kafka://HOST:PORT/TOPIC, with ?format=protobuf&sensor=NAME as needed");
    }

    @ParameterizedTest
    @CsvSource({
        "10.0.0.2, 80, 10.0.0.1, 4000, 6, 0, tcp 10.0.0.1:4000 > 10.0.0.2:80",
        "10.0.0.1, 4000, 10.0.0.2, 80, 6, 0, tcp 10.0.0.1:4000 > 10.0.0.2:80",
        "200.0.0.1, 1, 10.0.0.2, 2, 17, 7, udp 10.0.0.2:2 > 200.0.0.1:1 tenant 7",
        "10.0.0.1, 9, 10.0.0.1, 8, 17, 0, udp 10.0.0.1:8 > 10.0.0.1:9",
        "10.0.0.1, 0, 10.0.0.2, 0, 47, 0, 47 10.0.0.1 > 10.0.0.2",
        "10.0.0.1, 5, 10.0.0.2, 5, 1, 0, icmp 10.0.0.1:5 > 10.0.0.2:5",
        "2001:db8::2, 1, 2001:db8::1, 2, 6, 0, tcp [2001:db8::1]:2 > [2001:db8::2]:1",
        "::2, 0, ::1, 0, 58, 16777215, ipv6-icmp ::1 > ::2 tenant 16777215",
    })
    void key_ofEitherDirection_hasTheLowerEndFirst(
            String source, int sourcePort, String destination, int port, int protocol, int tenant, String key)
            throws UnknownHostException {
        byte[] from = InetAddress.getByName(source).getAddress();
        byte[] to = InetAddress.getByName(destination).getAddress();
        FlowRecord record = new FlowRecordBuilder()
                .ends(from, sourcePort, to, port, from.length == 4 ? 4 : 6)
                .protocol(protocol, tenant)
                .record();
        assertThat(new String(new MessageKey().of(record), StandardCharsets.US_ASCII))
                .isEqualTo(key);
    }

    @Test
    void progress_writtenAndRead_isTheSame() {
        Progress progress = new Progress("abc", "file-12", 77, 1_795_262_400_000L, true, false);
        assertThat(Progress.of(progress.offset())).isEqualTo(progress);
        assertThat(Progress.of(new org.apache.kafka.clients.consumer.OffsetAndMetadata(5, "somebody's")))
                .isNull();
        assertThat(Progress.of(new org.apache.kafka.clients.consumer.OffsetAndMetadata(5, "weir-1 =x run")))
                .isNull();
        assertThat(Progress.of(null)).isNull();
    }
}
