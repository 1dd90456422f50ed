package dev.weir.testing.kafka;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * A certificate that signs itself, for a {@link KafkaBroker} that serves TLS and for clients that trust it. The JDK's keytool makes it, in a second.
 * Immutable.
 */
public final class BrokerKeys {
    private static final String PASSWORD = "changeit", TYPE = "PKCS12";
    private final Path store;

    private BrokerKeys(Path store) {
        this.store = store;
    }

    /** The one in that store; if there is none it is made, for 127.0.0.1. */
    public static BrokerKeys in(Path store) throws IOException, InterruptedException {
        if (Files.exists(store)) {
            return new BrokerKeys(store);
        }
        List<String> command = List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                "broker",
                "-dname",
                "CN=" + store.getFileName(),
                "-ext",
                "san=ip:127.0.0.1",
                "-keyalg",
                "EC",
                "-groupname",
                "secp256r1",
                "-storetype",
                TYPE,
                "-keystore",
                store.toString(),
                "-storepass",
                PASSWORD);
        Process keytool = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (keytool.waitFor() != 0) {
            throw new IOException("keytool: " + said);
        }
        return new BrokerKeys(store);
    }

    /** Settings of a broker that is to serve TLS with it. */
    public Map<String, String> ofBroker() {
        return Map.of(
                "ssl.keystore.location", store.toString(),
                "ssl.keystore.password", PASSWORD,
                "ssl.keystore.type", TYPE);
    }

    /** Writes settings of clients that trust whoever has it, and nobody else. */
    public Path trustedIn(Path properties) throws IOException {
        return Files.write(
                properties,
                List.of(
                        "security.protocol=SSL",
                        "ssl.truststore.location=" + store,
                        "ssl.truststore.password=" + PASSWORD,
                        "ssl.truststore.type=" + TYPE));
    }
}
