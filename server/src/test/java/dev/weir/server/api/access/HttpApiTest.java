package dev.weir.server.api.access;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.linecorp.armeria.client.ClientFactory;
import com.linecorp.armeria.client.WebClient;
import com.linecorp.armeria.common.AggregatedHttpResponse;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.RequestHeaders;
import com.linecorp.armeria.common.util.DomainSocketAddress;
import dev.weir.server.DaemonLog;
import dev.weir.server.config.ApiSettings;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The calls over HTTP: JSON in, JSON out, lines for streams, and errors that say what is wrong and nothing else. */
class HttpApiTest {
    @TempDir
    static Path folder = Path.of("");

    private static final ByteArrayOutputStream LOG = new ByteArrayOutputStream();
    private static final TestFlows FLOWS = new TestFlows();
    private static ApiServer server;
    private static WebClient client;

    @BeforeAll
    static void start() throws IOException {
        Path path = folder.resolve("weir.sock");
        server = ApiServer.start(
                ApiSettings.at(path),
                ApiContent.of(List.of(new EchoDaemon(), FLOWS)),
                new DaemonLog(new PrintStream(LOG, true, StandardCharsets.UTF_8)));
        client = WebClient.builder("http://" + DomainSocketAddress.of(path).authority())
                .factory(ClientFactory.ofDefault())
                .build();
    }

    @AfterAll
    static void stop() throws IOException {
        server.close();
    }

    private static AggregatedHttpResponse ask(String method, String path, String body) {
        RequestHeaders headers = RequestHeaders.builder(HttpMethod.valueOf(method), path)
                .contentType(MediaType.JSON)
                .build();
        return client.execute(HttpRequest.of(headers, com.linecorp.armeria.common.HttpData.ofUtf8(body)))
                .aggregate()
                .join();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            GET    | /v1/version                      |                    | 200 | {"version":"9.9"}
            GET    | /v1/flows?pageSize=2             |                    | 200 | {"flows":[{"flowId":"1"},{"flowId":"2"}]}
            GET    | /v1/flows?page_size=1&filter=x   |                    | 200 | {"flows":[{"flowId":"1"}]}
            GET    | /v1/flows?pageSize=4294967296    |                    | 400 | {"code":3,"message":"Out of range uint32 value: \\"4294967296\\""}
            GET    | /v1/flows?limit=1                |                    | 400 | {"code":3,"message":"limit: there is no such parameter"}
            GET    | /v1/flows?filter=a&filter=b      |                    | 400 | {"code":3,"message":"filter: is there twice"}
            GET    | /v1/flows?filter.text=a          |                    | 400 | {"code":3,"message":"filter.text: there is no such parameter"}
            GET    | /v1/flows?filter=refuse          |                    | 400 | {"code":3,"message":"there is no such column","details":[{"@type":"type.googleapis.com/google.rpc.BadRequest","fieldViolations":[{"field":"filter","description":"refuse"}]}]}
            GET    | /v1/flows?filter=throw           |                    | 500 | {"code":13,"message":"internal"}
            GET    | /v1/flows?filter=fail            |                    | 500 | {"code":13,"message":"internal"}
            DELETE | /v1/flow?key.text=k              |                    | 200 | {}
            POST   | /v1/flow:delete                  | {"key":{}}         | 200 | {}
            POST   | /v1/flow:delete                  |                    | 200 | {}
            POST   | /v1/flow:delete                  | {"key":            | 400 | {"code":3,"message":"the body is not the JSON that is wanted: line 1, column 8"}
            POST   | /v1/flow:delete                  | []                 | 400 | {"code":3,"message":"Expect message object but got: []"}
            PATCH  | /v1/flowtable                    | {"maxFlows":1e99999999} | 400 | {"code":3,"message":"the body has a number with too large an exponent"}
            PATCH  | /v1/flowtable                    | {"maxFlows":"1e99999999"} | 400 | {"code":3,"message":"the body has a number with too large an exponent"}
            PATCH  | /v1/flowtable                    | {"maxFlows":-1}    | 400 | {"code":3,"message":"Out of range uint32 value: -1"}
            GET    | /v1/nothing                      |                    | 404 | {"code":5,"message":"not found"}
            PUT    | /v1/flows                        | {}                 | 405 | {"code":12,"message":"method not allowed"}
            """)
    void call_isAnswered(String method, String path, String body, int status, String answer) {
        AggregatedHttpResponse response = ask(method, path, body == null ? "" : body);
        assertThat(response.contentUtf8().strip()).isEqualTo(answer);
        assertThat(response.status().code()).isEqualTo(status);
        assertThat(response.contentType()).isEqualTo(MediaType.JSON_UTF_8);
    }

    @Test
    void internalError_isTheLogsAlone() {
        String answer = ask("GET", "/v1/flows?filter=fail", "").toString();
        assertThat(answer).doesNotContain(TestFlows.SECRET);
    }

    @Test
    void stream_isALineAMessage() {
        AggregatedHttpResponse response = ask("GET", "/v1/flows:scan?limit=3", "");
        assertThat(response.contentType()).hasToString("application/x-ndjson");
        assertThat(response.contentUtf8()).isEqualTo("""
                {"flows":[{"flowId":"1"}]}
                {"flows":[{"flowId":"2"}]}
                {"flows":[{"flowId":"3"}]}
                """);
    }

    @Test
    void stream_thatIsCut_saysSoAtItsEnd() {
        assertThat(ask("GET", "/v1/flows:scan?limit=1&filter=cut", "").contentUtf8())
                .isEqualTo("""
                {"flows":[{"flowId":"1"}]}
                {"error":{"code":14,"message":"the data plane is ending"}}
                """);
    }

    @Test
    void stream_thatNobodyReads_isNotMade() throws Exception {
        int before = FLOWS.scanned.get();
        try (SocketChannel slow = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            slow.connect(UnixDomainSocketAddress.of(server.socket().orElseThrow()));
            slow.write(ByteBuffer.wrap("GET /v1/flows:scan?limit=100000000 HTTP/1.1\r\nhost: x\r\n\r\n"
                    .getBytes(StandardCharsets.US_ASCII)));
            int made = -1;
            for (int now = FLOWS.scanned.get(); now != made || now == before; now = FLOWS.scanned.get()) {
                made = now;
                Thread.sleep(300);
            }
            assertThat(made - before).isLessThan(1_000_000);
        }
    }

    /** By the socket, as a browser would that came by a port which ssh has brought it to. */
    @ParameterizedTest
    @CsvSource({
        "localhost, 200",
        "localhost:8080, 200",
        "127.0.0.1:8080, 200",
        "10.1.2.3:8080, 200",
        "[::1]:8080, 200",
        "[fd00::2], 200",
        "weir, 200",
        "mine.localhost:8080, 200",
        "unix%3A%2Frun%2Fweir.sock, 200",
        "evil.example, 403",
        "evil.example:8080, 403",
        "EVIL.example., 403",
        "10.1.2.3.evil.example:8080, 403",
        "localhost.evil.example, 403",
        "1.2.3, 403",
    })
    void host_ofTheInternet_hasNoRightsByTheSocket(String host, String status) throws Exception {
        try (SocketChannel socket = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            socket.connect(UnixDomainSocketAddress.of(server.socket().orElseThrow()));
            socket.write(ByteBuffer.wrap(("GET /v1/version HTTP/1.1\r\nhost: " + host + "\r\nconnection: close\r\n\r\n")
                    .getBytes(StandardCharsets.US_ASCII)));
            ByteBuffer answer = ByteBuffer.allocate(1 << 16);
            while (socket.read(answer) >= 0) {}
            assertThat(new String(answer.array(), 0, answer.position(), StandardCharsets.US_ASCII))
                    .startsWith("HTTP/1.1 " + status + " ");
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void body_ofAnyOctets_isAnsweredWithACode(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        String words = "{}[]\",:0123456789eE+-.nulltruefalsekeychangesmaxFlowsinfoslifetimeidle\\u0000\n\t ";
        for (int i = 0; i < 200; i++) {
            StringBuilder body = new StringBuilder("{");
            for (int n = random.nextInt(40); n > 0; n--) {
                int from = random.nextInt(words.length());
                body.append(words, from, Math.min(words.length(), from + 1 + random.nextInt(6)));
            }
            AggregatedHttpResponse response = ask("POST", "/v1/flows:update", body.toString());
            assertThat(response.status().code())
                    .as("seed=%d body=%s", seed, body)
                    .isIn(200, 400);
            assertThat(response.contentUtf8()).doesNotContain("Exception", "google.gson", "\tat ");
        }
    }

    @Test
    void description_isOpenApiAndNamesEveryRoute() {
        AggregatedHttpResponse response = ask("GET", "/v1/openapi.json", "");
        JsonObject api = JsonParser.parseString(response.contentUtf8()).getAsJsonObject();
        assertThat(OpenApiRules.violations(api)).isEmpty();
        api.getAsJsonObject("paths")
                .asMap()
                .forEach((path, verbs) -> verbs.getAsJsonObject().keySet().forEach(verb -> {
                    if (!path.equals("/v1/flows:watch")) {
                        assertThat(ask(verb.toUpperCase(java.util.Locale.ROOT), path, "")
                                        .status()
                                        .code())
                                .as("%s %s", verb, path)
                                .isIn(200, 400, 501);
                    }
                }));
        assertThat(api.getAsJsonObject("paths").keySet())
                .contains("/v1/health", "/v1/flows:scan", "/v1/flows:watch", "/v1/flow:delete");
        assertThat(response.contentUtf8()).contains("Changes a flow; NOT_FOUND when there is none.");
    }

    @Test
    void page_hasNothingFromElsewhere() {
        AggregatedHttpResponse response = ask("GET", "/v1/", "");
        assertThat(response.contentType()).isEqualTo(MediaType.HTML_UTF_8);
        assertThat(response.headers().get("content-security-policy")).startsWith("default-src 'none';");
        assertThat(response.contentUtf8()).doesNotContain("http://", "https://", "//cdn");
    }

    @ParameterizedTest
    @CsvSource({
        "/, text/html, '<div id=\"page\">'",
        "/web/page.js, text/javascript, '/v1/flows:group'",
        "/web/page.css, text/css, '--ground'",
        "/web/icon.svg, image/svg+xml, '<svg'",
        "/web/preact-license.txt, text/plain, 'MIT'",
    })
    void webPage_hasItsFiles_andAPolicyThatLetsNothingElseIn(String path, String type, String part) {
        AggregatedHttpResponse response = ask("GET", path, "");
        assertThat(String.valueOf(response.contentType())).startsWith(type);
        assertThat(response.contentUtf8()).contains(part);
        assertThat(response.headers().get("content-security-policy"))
                .startsWith("default-src 'none'; script-src 'self'; style-src 'self';");
        assertThat(response.headers().get("x-content-type-options")).isEqualTo("nosniff");
    }

    @Test
    void webPage_namesNoOtherPlace() {
        for (String path : List.of("/", "/web/page.js", "/web/page.css")) {
            String text = ask("GET", path, "").contentUtf8().replaceAll("http://www\\.w3\\.org/[0-9A-Za-z/]*", "");
            assertThat(text).as(path).doesNotContain("http://", "https://", "//cdn");
        }
    }
}
