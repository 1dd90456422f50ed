package dev.weir.cli;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** SIGHUP has {@code weir run}, as a process of its own, take who may call and what it shows them from the files anew. */
@Timeout(90)
class RunReloadTest {
    private static final String PASSWORD = "changeit";
    private static final Pattern ADDRESS = Pattern.compile("weir: api: https://127\\.0\\.0\\.1:([0-9]+)\n");

    @TempDir
    private Path folder = Path.of("");

    @SuppressWarnings("NullAway.Init")
    private RunProcess weir;

    @BeforeEach
    void start() throws Exception {
        for (String name : new String[] {"first", "second"}) {
            RunProcess.command(
                    Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                    "-genkeypair",
                    "-keyalg",
                    "EC",
                    "-groupname",
                    "secp256r1",
                    "-alias",
                    name,
                    "-dname",
                    "CN=" + name,
                    "-keystore",
                    path("keys.p12"),
                    "-storepass",
                    PASSWORD);
        }
        show("first");
        let("one");
        Files.writeString(folder.resolve("weir.yaml"), """
                ports:
                  in: {read: "%1$s/packets"}
                  out: {write: "%1$s/forwarded.pcap"}
                nodes:
                  wires: {type: cross-connect, pairs: [[in, out]]}
                api:
                  socket: none
                  listen: [{address: "127.0.0.1:0"}]
                  tls: {certificate: "%1$s/own.pem", key: "%1$s/own.key"}
                  tokens: "%1$s/tokens"
                """.formatted(folder));
        weir = RunProcess.start(folder);
    }

    @AfterEach
    void end() throws Exception {
        weir.end();
    }

    @Test
    void hup_takesTokensAndCertificateAnew_andKeepsThemWhereAFileIsWrong() throws Exception {
        assertThat(ask("one")).isEqualTo("CN=first 200");
        assertThat(ask("two")).isEqualTo("CN=first 401");

        show("second");
        let("two");
        assertThat(ask("one")).as("nobody has said so yet").isEqualTo("CN=first 200");
        weir.signal("HUP");
        weir.await("weir: reloaded: ");
        assertThat(ask("one")).isEqualTo("CN=second 401");
        assertThat(ask("two")).isEqualTo("CN=second 200");

        show("first");
        Files.writeString(folder.resolve("tokens"), "nonsense");
        weir.signal("HUP");
        weir.await("not reloaded; what runs goes on");
        assertThat(weir.said()).contains("tokens:1: is no token; write NAME ROLE SHA256");
        assertThat(ask("two")).isEqualTo("CN=second 200");
    }

    /** The certificate that is to be shown. */
    private void show(String name) throws Exception {
        KeyStore keys = keys();
        pem("own.pem", "CERTIFICATE", keys.getCertificate(name).getEncoded());
        pem("own.key", "PRIVATE KEY", keys.getKey(name, PASSWORD.toCharArray()).getEncoded());
    }

    private KeyStore keys() throws Exception {
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(folder.resolve("keys.p12"))) {
            keys.load(in, PASSWORD.toCharArray());
        }
        return keys;
    }

    private void pem(String file, String what, byte[] octets) throws Exception {
        Files.writeString(
                folder.resolve(file),
                "-----BEGIN " + what + "-----\n" + Base64.getMimeEncoder().encodeToString(octets) + "\n-----END " + what
                        + "-----\n");
    }

    /** Who may read, by that token. */
    private void let(String token) throws Exception {
        byte[] hash = MessageDigest.getInstance("SHA-256").digest(token.getBytes(US_ASCII));
        Files.writeString(
                folder.resolve("tokens"), "reader read " + HexFormat.of().formatHex(hash));
    }

    /** Whom a new connection is to, and the status of what is asked with that token. */
    private String ask(String token) throws Exception {
        Matcher address = ADDRESS.matcher(weir.said());
        assertThat(address.find()).as(weir.said()).isTrue();
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(keys());
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        int port = Integer.parseInt(Objects.requireNonNull(address.group(1)));
        try (SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket("127.0.0.1", port)) {
            socket.getOutputStream()
                    .write(("GET /v1/version HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\nauthorization: Bearer "
                                    + token + "\r\n\r\n")
                            .getBytes(US_ASCII));
            String answer = new String(socket.getInputStream().readAllBytes(), US_ASCII);
            X509Certificate shown = (X509Certificate) socket.getSession().getPeerCertificates()[0];
            return shown.getSubjectX500Principal().getName() + answer.substring(8, 12);
        }
    }

    private String path(String name) {
        return folder.resolve(name).toString();
    }
}
