package dev.weir.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.export.ExportPlace;
import dev.weir.export.kafka.KafkaTopic;
import dev.weir.export.message.FlowMessage;
import dev.weir.export.message.MessageFormat;
import dev.weir.server.api.TestRecords;
import dev.weir.table.FlowEvent;
import dev.weir.testing.kafka.KafkaBroker;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.LongStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of records that wait when a reload changes where they go, with a real broker. */
@Timeout(120)
class ExportsTest {
    private static final int WAITING = 300, LATER = 200;

    @TempDir
    private Path folder = Path.of("");

    private final ByteArrayOutputStream said = new ByteArrayOutputStream();

    private static Map<String, ExportPlace> archive(KafkaBroker broker, String options) {
        return Map.of("archive", KafkaTopic.parse("kafka://" + broker.bootstrap() + "/flows?sensor=edge" + options));
    }

    private static void send(Exports exports, long first, long last) throws IOException {
        for (long flow = first; flow <= last; flow++) {
            exports.accept(TestRecords.event(flow, FlowEvent.ENDED));
        }
    }

    /** Before it is looked what became of all. */
    private static void end(Exports exports) {
        exports.close();
    }

    /** The broker is stopped (SIGSTOP) meanwhile, so that all of the first place's records wait; two reloads come before it goes on. */
    @Test
    void set_sameSensorAndTopic_sendsWhatWaitedFirst() throws Exception {
        var log = new DaemonLog(new PrintStream(said, true, StandardCharsets.UTF_8));
        try (KafkaBroker broker = KafkaBroker.start(folder.resolve("broker"));
                var exports = new Exports(_ -> {}, () -> 0, log)) {
            broker.createTopic("flows", 1);
            exports.set(archive(broker, ""));
            send(exports, 1, 1);
            while (Objects.requireNonNull(exports.status().get("archive")).records() == 0) {
                Thread.sleep(10);
            }
            broker.pause();
            send(exports, 2, WAITING);
            exports.set(archive(broker, "&format=protobuf"));
            send(exports, WAITING + 1, WAITING + LATER);
            exports.set(archive(broker, "&format=protobuf&compression=gzip"));
            send(exports, WAITING + LATER + 1, WAITING + 2 * LATER);
            broker.resume();
            end(exports);
            List<Long> flows = new ArrayList<>();
            List<ConsumerRecord<byte[], byte[]>> messages = broker.messages("flows");
            for (int i = 0; i < messages.size(); i++) {
                MessageFormat format = i < WAITING ? MessageFormat.JSON : MessageFormat.PROTOBUF;
                FlowMessage message = format.decoder().decode(messages.get(i).value());
                flows.add(message.flow().flowId());
            }
            assertThat(flows)
                    .as(said.toString(StandardCharsets.UTF_8))
                    .isEqualTo(LongStream.rangeClosed(1, WAITING + 2 * LATER)
                            .boxed()
                            .toList());
        }
        assertThat(said.toString(StandardCharsets.UTF_8)).doesNotContain("lost").doesNotContain("taken over");
    }
}
