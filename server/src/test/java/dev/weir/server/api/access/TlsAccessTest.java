package dev.weir.server.api.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.api.v1.Role;
import dev.weir.server.DaemonLog;
import dev.weir.server.config.ApiSettings;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.cert.X509Certificate;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Over TLS a token or a client certificate says who calls; what it may do follows from its role, and from nothing else. */
class TlsAccessTest {
    @TempDir
    static Path folder = Path.of("");

    private static TestCertificates certificates;
    private static ApiSettings settings;
    private static ApiServer server;
    private static final ByteArrayOutputStream LOG = new ByteArrayOutputStream();

    @BeforeAll
    static void start() throws Exception {
        certificates = TestCertificates.in(folder)
                .sign("server", "CN=weir", 30)
                .sign("late", "CN=late", 5)
                .sign("monitor", "CN=monitor,O=Example", 30)
                .sign("stranger", "CN=stranger", 30);
        settings = settings(tokens("# who may what\nreader read %s\n\noperator operate %s\nboss administer %s\n"
                .formatted(sha256("r-secret"), sha256("o-secret"), sha256("a-secret"))));
        server = start(settings);
    }

    private static ApiServer start(ApiSettings wanted) throws IOException {
        return ApiServer.start(
                wanted,
                ApiContent.of(List.of(new EchoDaemon(), new TestFlows())),
                new DaemonLog(new PrintStream(LOG, true, StandardCharsets.UTF_8)));
    }

    private static ApiSettings settings(Path tokens) throws Exception {
        return new ApiSettings(
                true,
                Optional.empty(),
                List.of(new ApiSettings.Listener(
                        new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), 0),
                        false,
                        Role.ROLE_UNSPECIFIED,
                        false)),
                Optional.of(new ApiSettings.Tls(
                        certificates.certificate("server"),
                        certificates.key("server"),
                        Optional.of(certificates.authority()))),
                Optional.of(tokens),
                Map.of("monitor", Role.READ, "late", Role.ADMINISTER),
                ApiSettings.Limits.DEFAULT);
    }

    private static Path tokens(String lines) throws IOException {
        return Files.writeString(folder.resolve("tokens"), lines);
    }

    private static String sha256(String text) throws Exception {
        return HexFormat.of()
                .formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
    }

    @AfterAll
    static void stop() throws IOException {
        server.close();
    }

    private static HttpResponse<String> ask(
            ApiServer of, @Nullable String certificate, @Nullable String token, String method, String path, String body)
            throws Exception {
        try (HttpClient client = HttpClient.newBuilder()
                .sslContext(certificates.client(certificate))
                .build()) {
            HttpRequest.Builder request = HttpRequest.newBuilder(
                            URI.create(of.addresses().getFirst() + path))
                    .method(method, HttpRequest.BodyPublishers.ofString(body));
            if (token != null) {
                request.header("authorization", "Bearer " + token);
            }
            return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
        }
    }

    @ParameterizedTest
    @CsvSource({
        // token, GET version (read), POST flow:delete (operate), PATCH flowtable (administer)
        "r-secret, 200, 403, 403",
        "o-secret, 200, 200, 403",
        "a-secret, 200, 200, 200",
        "wrong,    401, 401, 401",
        "R-SECRET, 401, 401, 401",
        ",         401, 401, 401",
    })
    void token_mayDoWhatItsRoleSays(@Nullable String token, int read, int operate, int administer) throws Exception {
        assertThat(ask(server, null, token, "GET", "/v1/version", "").statusCode())
                .isEqualTo(read);
        assertThat(ask(server, null, token, "POST", "/v1/flow:delete", "{\"key\":{\"text\":\"k\"}}")
                        .statusCode())
                .isEqualTo(operate);
        assertThat(ask(server, null, token, "PATCH", "/v1/flowtable", "{\"maxFlows\":5}")
                        .statusCode())
                .isEqualTo(administer);
    }

    @Test
    void health_isForAnybody() throws Exception {
        assertThat(ask(server, null, null, "GET", "/v1/health", "").body()).isEqualTo("{\"serving\":true}\n");
    }

    @Test
    void refusals_sayNoMoreThanWhatIsMissing() throws Exception {
        assertThat(ask(server, null, "wrong", "GET", "/v1/version", "").body())
                .isEqualTo("{\"code\":16,\"message\":\"needs a token or a client certificate\"}\n");
        assertThat(ask(server, null, "r-secret", "POST", "/v1/flows:purge", "{}")
                        .body())
                .isEqualTo("{\"code\":7,\"message\":\"needs the role operate\"}\n");
        assertThat(ask(server, null, null, "POST", "/v1/flows:purge", "no JSON").statusCode())
                .as("what is wrong with a request is told to those only who may make it")
                .isEqualTo(401);
    }

    @Test
    void certificate_mayDoWhatItsSubjectsRoleSays() throws Exception {
        assertThat(ask(server, "monitor", null, "GET", "/v1/version", "").statusCode())
                .isEqualTo(200);
        assertThat(ask(server, "monitor", null, "POST", "/v1/flows:purge", "{}").statusCode())
                .isEqualTo(403);
        assertThat(ask(server, "stranger", null, "GET", "/v1/version", "").statusCode())
                .isEqualTo(403);
    }

    @Test
    void certificate_thatExpired_isRefusedByTls() {
        assertThatThrownBy(() -> ask(server, "late", null, "GET", "/v1/health", ""))
                .isInstanceOfAny(SSLException.class, IOException.class);
    }

    @Test
    void start_withAnExpiredCertificate_saysSo() throws Exception {
        ApiSettings late = new ApiSettings(
                true,
                Optional.empty(),
                settings.listen(),
                Optional.of(new ApiSettings.Tls(
                        certificates.certificate("late"), certificates.key("late"), Optional.empty())),
                settings.tokens(),
                Map.of(),
                settings.limits());
        assertThatThrownBy(() -> start(late)).hasMessageMatching(".*late\\.pem: expired on .*; give a valid one");
    }

    @Test
    void start_withTheKeyOfAnother_saysSo() throws Exception {
        ApiSettings mixed = new ApiSettings(
                true,
                Optional.empty(),
                settings.listen(),
                Optional.of(new ApiSettings.Tls(
                        certificates.certificate("server"), certificates.key("monitor"), Optional.empty())),
                settings.tokens(),
                Map.of(),
                settings.limits());
        assertThatThrownBy(() -> start(mixed)).hasMessageContaining("monitor.key: is not the key of");
    }

    @Test
    void reload_takesTokensAndRolesAnew_andKeepsThemWhenTheFileIsWrong() throws Exception {
        Path file = folder.resolve("other-tokens");
        Files.writeString(file, "one read " + sha256("first"));
        try (ApiServer own = start(settings(file))) {
            assertThat(ask(own, null, "first", "GET", "/v1/version", "").statusCode())
                    .isEqualTo(200);
            Files.writeString(file, "one read " + sha256("second"));
            assertThat(own.reload(settings(file))).isEmpty();
            assertThat(ask(own, null, "first", "GET", "/v1/version", "").statusCode())
                    .isEqualTo(401);
            assertThat(ask(own, null, "second", "GET", "/v1/version", "").statusCode())
                    .isEqualTo(200);
            Files.writeString(file, "one reed " + sha256("third"));
            assertThatThrownBy(() -> own.reload(settings(file))).hasMessageContaining("other-tokens:1: is no token;");
            assertThat(ask(own, null, "second", "GET", "/v1/version", "").statusCode())
                    .isEqualTo(200);
        }
    }

    @Test
    void reload_whereOneFileIsWrong_takesNoneOfThem() throws Exception {
        Path file = folder.resolve("own-tokens");
        Path shown = Files.copy(certificates.certificate("server"), folder.resolve("shown.pem"));
        Path key = Files.copy(certificates.key("server"), folder.resolve("shown.key"));
        Files.writeString(file, "one read " + sha256("first"));
        ApiSettings own = new ApiSettings(
                true,
                Optional.empty(),
                settings.listen(),
                Optional.of(new ApiSettings.Tls(shown, key, Optional.empty())),
                Optional.of(file),
                Map.of(),
                settings.limits());
        try (ApiServer running = start(own)) {
            Files.copy(certificates.certificate("monitor"), shown, StandardCopyOption.REPLACE_EXISTING);
            Files.copy(certificates.key("monitor"), key, StandardCopyOption.REPLACE_EXISTING);
            Files.writeString(file, "no token");
            assertThatThrownBy(() -> running.reload(own)).hasMessageContaining("own-tokens:1: is no token;");
            assertThat(subjectShownBy(running)).isEqualTo("CN=weir");
            Files.writeString(file, "one read " + sha256("second"));
            Files.delete(key);
            assertThatThrownBy(() -> running.reload(own))
                    .hasMessageContaining("shown.key: cannot be read: no such file");
            assertThat(ask(running, null, "first", "GET", "/v1/version", "").statusCode())
                    .isEqualTo(200);
            Files.copy(certificates.key("monitor"), key);
            assertThat(running.reload(own)).isEmpty();
            assertThat(subjectShownBy(running)).isEqualTo("CN=monitor,O=Example");
        }
    }

    private static String subjectShownBy(ApiServer running) throws Exception {
        URI address = URI.create(running.addresses().getFirst());
        try (SSLSocket socket = (SSLSocket)
                certificates.client(null).getSocketFactory().createSocket(address.getHost(), address.getPort())) {
            return ((X509Certificate) socket.getSession().getPeerCertificates()[0])
                    .getSubjectX500Principal()
                    .getName();
        }
    }

    @Test
    void change_isAudited() throws Exception {
        ask(
                server,
                null,
                "o-secret",
                "POST",
                "/v1/flow:delete",
                "{\"key\":{\"text\":\"tcp 10.0.0.1:1 > 10.0.0.2:2\"}}");
        ask(server, null, "r-secret", "POST", "/v1/flow:delete", "{}");
        assertThat(LOG.toString(StandardCharsets.UTF_8).lines())
                .anySatisfy(
                        line -> assertThat(line)
                                .matches(
                                        "weir: audit: 20\\S+Z who=operator from=127\\.0\\.0\\.1:\\d+"
                                                + " call=weir\\.v1\\.FlowTable/DeleteFlow"
                                                + " on=\"key \\{ text: \\\\\"tcp 10\\.0\\.0\\.1:1 > 10\\.0\\.0\\.2:2\\\\\" \\}\" result=OK"))
                .anySatisfy(line ->
                        assertThat(line).matches("weir: audit: .* who=reader .* on=\"\" result=PERMISSION_DENIED"));
    }
}
