package dev.weir.server.api.access;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.linecorp.armeria.client.WebClient;
import com.linecorp.armeria.client.grpc.GrpcClients;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.RequestHeaders;
import dev.weir.api.v1.ConfigureRequest;
import dev.weir.api.v1.DaemonGrpc;
import dev.weir.api.v1.FlowChange;
import dev.weir.api.v1.FlowTableGrpc;
import dev.weir.api.v1.GetVersionRequest;
import dev.weir.api.v1.ListFlowsRequest;
import dev.weir.api.v1.Role;
import dev.weir.api.v1.UpdateFlowRequest;
import dev.weir.server.DaemonLog;
import dev.weir.server.config.ApiSettings;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What callers may take is bounded, whoever they are, and what they send is no way to harm. */
class LimitsTest {
    private static final int MESSAGE = 1 << 20, HEADERS = 8 << 10, CONNECTIONS = 1200;
    private static final ByteArrayOutputStream LOG = new ByteArrayOutputStream();
    private static ApiServer server;
    private static int port;

    @BeforeAll
    static void start() throws IOException {
        server = ApiServer.start(
                new ApiSettings(
                        true,
                        Optional.empty(),
                        List.of(new ApiSettings.Listener(loopback(0), true, Role.READ, false)),
                        Optional.empty(),
                        Optional.empty(),
                        Map.of(),
                        new ApiSettings.Limits(
                                MESSAGE,
                                HEADERS,
                                CONNECTIONS,
                                10,
                                1000,
                                Duration.ofSeconds(1),
                                Duration.ofSeconds(30))),
                ApiContent.of(List.of(new EchoDaemon(), new TestFlows())),
                new DaemonLog(new PrintStream(LOG, true, StandardCharsets.UTF_8)));
        String address = server.addresses().getFirst();
        port = Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
    }

    private static InetSocketAddress loopback(int at) throws IOException {
        return new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), at);
    }

    @AfterAll
    static void stop() throws IOException {
        server.close();
    }

    private static FlowTableGrpc.FlowTableBlockingStub flows() {
        return GrpcClients.newClient("gproto+http://127.0.0.1:" + port, FlowTableGrpc.FlowTableBlockingStub.class);
    }

    private static Status status(Runnable call) {
        try {
            call.run();
            return Status.OK;
        } catch (StatusRuntimeException e) {
            return e.getStatus();
        }
    }

    private static Socket connect() throws IOException {
        return new Socket(loopback(port).getAddress(), port);
    }

    /** What the server says to these octets until it closes the connection or has answered. */
    private static String raw(String octets) throws IOException {
        try (Socket socket = connect()) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream().write(octets.getBytes(StandardCharsets.ISO_8859_1));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        }
    }

    @Test
    void role_isEnforcedByGrpcToo() {
        assertThat(status(() -> flows().listFlows(ListFlowsRequest.getDefaultInstance())))
                .isEqualTo(Status.OK);
        Status refused = status(() -> flows().configure(ConfigureRequest.getDefaultInstance()));
        assertThat(refused.getCode()).isEqualTo(Status.Code.PERMISSION_DENIED);
        assertThat(refused.getDescription()).isEqualTo("needs the role administer");
    }

    @Test
    void internalError_isNotTold_butToTheLogOnce() {
        for (String filter : List.of("throw", "fail")) {
            Status status = status(() -> flows().listFlows(
                            ListFlowsRequest.newBuilder().setFilter(filter).build()));
            assertThat(status.getCode()).isIn(Status.Code.INTERNAL, Status.Code.UNKNOWN);
            assertThat(String.valueOf(status.getDescription())).doesNotContain(TestFlows.SECRET);
        }
        assertThat(LOG.toString(StandardCharsets.UTF_8).lines().filter(line -> line.contains("internal error")))
                .hasSize(2)
                .allMatch(line -> line.contains(TestFlows.SECRET));
    }

    @Test
    void message_thatIsTooLong_isRefused() throws IOException {
        UpdateFlowRequest tooLong = UpdateFlowRequest.newBuilder()
                .setChange(FlowChange.newBuilder().setInfos(ByteString.copyFrom(new byte[2 * MESSAGE])))
                .build();
        ListFlowsRequest filter = ListFlowsRequest.newBuilder()
                .setFilterBytes(tooLong.getChange().getInfos())
                .build();
        assertThat(status(() -> flows().listFlows(filter)).getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
        assertThat(raw("POST /v1/flow:get HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-length: " + 2 * MESSAGE + "\r\n\r\n{"))
                .startsWith("HTTP/1.1 413 ");
    }

    @Test
    void headers_thatAreTooLong_areRefused() throws IOException {
        String flood = ("x-filler: " + "x".repeat(1000) + "\r\n").repeat(20);
        assertThat(raw("GET /v1/version HTTP/1.1\r\nhost: 127.0.0.1\r\n" + flood + "\r\n"))
                .matches("(?s)HTTP/1.1 (431|400) .*|");
        assertThat(raw("GET /v1/version?" + "x".repeat(2 * HEADERS) + " HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n"))
                .matches("(?s)HTTP/1.1 (414|400) .*|");
    }

    @Test
    void slowSender_isCutOff() throws IOException {
        for (String begun : List.of(
                "",
                "GET /v1/version HTTP/1.1\r\nhost: ",
                "POST /v1/flow:get HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-length: 10\r\n\r\n{",
                "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")) {
            try (Socket socket = connect()) {
                socket.setSoTimeout(10_000);
                long start = System.nanoTime();
                socket.getOutputStream().write(begun.getBytes(US_ASCII));
                String said = new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
                assertThat(Duration.ofNanos(System.nanoTime() - start))
                        .as(begun)
                        .isBetween(Duration.ofMillis(900), Duration.ofSeconds(5));
                if (begun.startsWith("POST")) {
                    assertThat(said).startsWith("HTTP/1.1 408 ").contains("\"code\":4");
                }
            }
        }
    }

    @Test
    void octetsNowAndThen_buyNoTime() throws Exception {
        try (Socket socket = connect()) {
            long start = System.nanoTime();
            assertThatThrownBy(() -> {
                        socket.getOutputStream().write("GET / HTTP/1.1\r\nx: ".getBytes(US_ASCII));
                        for (int i = 0; i < 60; i++) {
                            socket.getOutputStream().write('x');
                            Thread.sleep(100);
                        }
                    })
                    .isInstanceOf(IOException.class);
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
        }
    }

    @Test
    void idleConnections_areManyAndHarmless_andThoseBeyondTheLimitAreClosed() throws Exception {
        List<Socket> idle = new ArrayList<>();
        try {
            for (int i = 0; i < 1000; i++) {
                idle.add(connect());
            }
            assertThat(status(() -> flows().listFlows(ListFlowsRequest.getDefaultInstance())))
                    .isEqualTo(Status.OK);
            for (int i = 0; i < CONNECTIONS; i++) {
                idle.add(connect());
            }
            assertThat(server.connections()).isLessThanOrEqualTo(CONNECTIONS);
        } finally {
            for (Socket socket : idle) {
                socket.close();
            }
            for (int i = 0; i < 100 && !answersAnother(); i++) {
                Thread.sleep(100); // those that are gone still wait to be accepted, and count
            }
        }
    }

    private static boolean answersAnother() {
        try {
            return raw("GET /v1/health HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n\r\n")
                    .startsWith("HTTP/1.1 200 ");
        } catch (IOException e) {
            return false; // closed at once: beyond the limit
        }
    }

    @Test
    void calls_thatAreTooMany_areRefusedUntilTimePasses() {
        AtomicLong now = new AtomicLong();
        CallRates rates = new CallRates(10, now::get);
        for (int i = 0; i < 10; i++) {
            assertThat(rates.take("a")).isTrue();
        }
        assertThat(rates.take("a")).isFalse();
        assertThat(rates.take("b")).isTrue();
        now.addAndGet(100_000_000L);
        assertThat(rates.take("a")).isTrue();
        assertThat(rates.take("a")).isFalse();
    }

    @Test
    void page_ofAnotherSite_mayNotChangeAnything() throws IOException {
        assertThat(raw("POST /v1/flow:get HTTP/1.1\r\nhost: 127.0.0.1\r\norigin: http://evil.example\r\n"
                        + "connection: close\r\ncontent-length: 2\r\n\r\n{}"))
                .startsWith("HTTP/1.1 403 ");
        assertThat(raw("GET /v1/version HTTP/1.1\r\nhost: evil.example\r\nconnection: close\r\n\r\n"))
                .startsWith("HTTP/1.1 403 ");
    }

    /** Without TLS by the loopback address: the page's own requests come from where they go to. */
    @ParameterizedTest
    @CsvSource({
        "127.0.0.1:8080, http://127.0.0.1:8080, true",
        "localhost:8080, http://localhost:8080, true",
        "[::1]:8080, http://[::1]:8080, true",
        "127.0.0.1:8080, http://127.0.0.1:8081, false",
        "127.0.0.1:8080, http://localhost:8080, false",
        "127.0.0.1:8080, https://127.0.0.1:8080, false",
        "127.0.0.1:8080, http://127.0.0.1.evil.example:8080, false",
        "127.0.0.1:8080, null, false",
        "evil.example, http://evil.example, false",
    })
    void origin_mayChangeSomething_onlyWhereItIsOurOwn(String host, String origin, boolean may) throws IOException {
        String said = raw("POST /v1/flow:get HTTP/1.1\r\nhost: " + host + "\r\norigin: " + origin
                + "\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}");
        assertThat(said.contains("not from a page of another site")).isEqualTo(!may);
    }

    @Test
    void messages_ofAnyOctets_areAnsweredWithACode() {
        SplittableRandom random = new SplittableRandom(7);
        for (int i = 0; i < 300; i++) {
            byte[] octets = new byte[random.nextInt(1, 60)];
            random.nextBytes(octets);
            String said = grpc(octets);
            assertThat(said).as("i=%d", i).matches("0|3|5|7|8|12|13").isNotEqualTo("13");
        }
    }

    /** The code that a call with these octets as its message gets. */
    private static String grpc(byte[] message) {
        byte[] framed = new byte[message.length + 5];
        framed[4] = (byte) message.length;
        System.arraycopy(message, 0, framed, 5, message.length);
        var headers = RequestHeaders.builder(HttpMethod.POST, "/weir.v1.FlowTable/ListFlows")
                .add("content-type", "application/grpc")
                .add("te", "trailers")
                .build();
        var answer = WebClient.of("h2c://127.0.0.1:" + port)
                .execute(HttpRequest.of(headers, HttpData.wrap(framed)))
                .aggregate()
                .join();
        String code = answer.trailers().get("grpc-status");
        return code == null ? String.valueOf(answer.headers().get("grpc-status")) : code;
    }

    @Test
    void listeners_areThoseConfigured() throws IOException {
        assertThat(server.addresses()).containsExactly("http://127.0.0.1:" + port);
        assertThat(listening()).containsExactly(port);
    }

    /** The TCP ports that this process listens to, as the kernel tells (proc_pid_net(5)): state 0A, and the socket is ours. */
    private static List<Integer> listening() throws IOException {
        List<String> own = new ArrayList<>();
        try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
            for (Path descriptor : descriptors) {
                if (Files.isSymbolicLink(descriptor)) {
                    own.add(Files.readSymbolicLink(descriptor).toString());
                }
            }
        }
        List<Integer> ports = new ArrayList<>();
        for (String table : List.of("tcp", "tcp6")) {
            for (String line : Files.readAllLines(Path.of("/proc/self/net", table))) {
                String[] words = line.strip().split("\\s+", -1);
                if (words[3].equals("0A") && own.contains("socket:[" + words[9] + "]")) {
                    ports.add(Integer.parseInt(words[1].substring(words[1].indexOf(':') + 1), 16));
                }
            }
        }
        return ports;
    }

    @Test
    void version_isStillTold() {
        assertThat(GrpcClients.newClient("gproto+http://127.0.0.1:" + port, DaemonGrpc.DaemonBlockingStub.class)
                        .getVersion(GetVersionRequest.getDefaultInstance())
                        .getVersion())
                .isEqualTo(EchoDaemon.VERSION);
    }
}
