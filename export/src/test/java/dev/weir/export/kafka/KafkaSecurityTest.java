package dev.weir.export.kafka;

import static org.apache.kafka.common.acl.AclOperation.DESCRIBE;
import static org.apache.kafka.common.acl.AclOperation.READ;
import static org.apache.kafka.common.acl.AclOperation.WRITE;
import static org.apache.kafka.common.resource.PatternType.LITERAL;
import static org.apache.kafka.common.resource.PatternType.PREFIXED;
import static org.apache.kafka.common.resource.ResourceType.GROUP;
import static org.apache.kafka.common.resource.ResourceType.TOPIC;
import static org.apache.kafka.common.resource.ResourceType.TRANSACTIONAL_ID;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.export.ExportRun;
import dev.weir.export.Exporter;
import dev.weir.export.RandomRecords;
import dev.weir.table.feature.FeatureSet;
import dev.weir.testing.kafka.BrokerKeys;
import dev.weir.testing.kafka.KafkaBroker;
import dev.weir.testing.kafka.SharedBroker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A broker that serves TLS with a certificate of its own, and forbids what no rule allows. */
@Timeout(120)
class KafkaSecurityTest {
    @RegisterExtension
    private static final SharedBroker BROKER = new SharedBroker(folder -> {
        Map<String, String> settings =
                new HashMap<>(BrokerKeys.in(folder.resolve("keys.p12")).ofBroker());
        settings.put("authorizer.class.name", "org.apache.kafka.metadata.authorizer.StandardAuthorizer");
        settings.put("super.users", "User:ANONYMOUS");
        return settings;
    });

    private static KafkaBroker broker() {
        return BROKER.get();
    }

    private static Path properties(String name, String... lines) throws IOException {
        return Files.write(BROKER.folder().resolve(name), List.of(lines));
    }

    /** Settings of who trusts that certificate; the broker's is {@code keys}. */
    private static Path tls(String trusted) throws Exception {
        Path folder = BROKER.folder();
        return BrokerKeys.in(folder.resolve(trusted + ".p12")).trustedIn(folder.resolve(trusted + ".properties"));
    }

    private final List<String> heard = new CopyOnWriteArrayList<>();

    private Exporter open(String bootstrap, String topic, Path properties) {
        return KafkaTopic.parse(
                        "kafka://" + bootstrap + "/" + topic + "?sensor=edge&patience=12&properties=" + properties)
                .open(new ExportRun(false, "file-s", FeatureSet.NONE), (_, what) -> {
                    System.out.println(what);
                    heard.add(what);
                });
    }

    private static void sendOne(Exporter to) throws IOException {
        try (Exporter sink = to) {
            sink.accept(new RandomRecords(3, 10).next());
        }
    }

    @Test
    void tls_withACertificateThatIsTrusted_sends() throws Exception {
        broker().createTopic("tls", 1);
        sendOne(open(broker().tlsBootstrap(), "tls", tls("keys")));
        assertThat(broker().messages("tls")).hasSize(1);
    }

    @Test
    void tls_withACertificateThatIsNotTrusted_saysWhereToLook() throws Exception {
        broker().createTopic("untrusted", 1);
        Path properties = tls("other");
        assertThatThrownBy(() -> sendOne(open(broker().tlsBootstrap(), "untrusted", properties)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("the broker does not let us in: SSL handshake failed")
                .hasMessageEndingWith("; see to user, password and certificates in " + properties);
        assertThat(broker().messages("untrusted")).isEmpty();
    }

    @Test
    void tls_toAPortWithout_saysWhereToLook() throws Exception {
        broker().createTopic("plain", 1);
        Path properties = tls("keys");
        assertThatThrownBy(() -> sendOne(open(broker().bootstrap(), "plain", properties)))
                .isInstanceOf(IOException.class)
                .hasMessageEndingWith(
                        "took nothing for 12 s; see that its brokers run, then start the same command again");
        assertThat(heard).singleElement().asString().contains("what it wants (TLS, a login) in " + properties);
        assertThat(broker().messages("plain")).isEmpty();
    }

    private static void allow(ResourceType type, String name, PatternType pattern, AclOperation... operations)
            throws Exception {
        try (Admin admin = broker().admin()) {
            admin.createAcls(Stream.of(operations)
                            .map(operation -> new AclBinding(
                                    new ResourcePattern(type, name, pattern),
                                    new AccessControlEntry("User:weir", "*", operation, AclPermissionType.ALLOW)))
                            .toList())
                    .all()
                    .get(30, TimeUnit.SECONDS);
        }
    }

    /** Each right is missing until the error that names it was met; with the last one it works. */
    @Test
    void rights_missing_areNamedOneAfterTheOther() throws Exception {
        broker().createTopic("guarded", 1);
        Path login = properties(
                "login.properties",
                "security.protocol=SASL_PLAINTEXT",
                "sasl.mechanism=PLAIN",
                "sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required"
                        + " username=\"weir\" password=\"secret\";");
        assertForbidden(login, "Read, Write and Describe on topic guarded");
        allow(TOPIC, "guarded", LITERAL, WRITE, DESCRIBE);
        assertForbidden(login, "Write and Describe on transactional id weir-edge-guarded");
        allow(TRANSACTIONAL_ID, "weir-edge-guarded", LITERAL, WRITE, DESCRIBE);
        assertForbidden(login, "Read on groups that begin with weir-edge");
        assertThat(broker().messages("guarded")).isEmpty();
        allow(GROUP, "weir-edge", PREFIXED, READ);
        assertForbidden(login, "Read, Write and Describe on topic guarded"); // the progress is an offset of the topic
        assertThat(broker().messages("guarded")).isEmpty();
        allow(TOPIC, "guarded", LITERAL, READ);
        sendOne(open(broker().loginBootstrap(), "guarded", login));
        assertThat(broker().messages("guarded")).hasSize(1);
    }

    private void assertForbidden(Path login, String right) {
        assertThatThrownBy(() -> sendOne(open(broker().loginBootstrap(), "guarded", login)))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith(
                        "export: kafka://" + broker().loginBootstrap() + "/guarded: the broker does not let us write: ")
                .hasMessageEndingWith("; allow " + right);
    }
}
