package dev.weir.server.api;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.linecorp.armeria.client.ClientFactory;
import dev.weir.api.v1.GetVersionRequest;
import dev.weir.api.v1.Role;
import dev.weir.server.api.RawCaller.Answer;
import io.grpc.Status.Code;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.URI;
import java.net.UnixDomainSocketAddress;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Whoever has no right to a call, or sends what is none, gets the code for it and learns nothing else; meanwhile packets go
 * on, and others are answered.
 */
@Timeout(90)
class HostileCallersTest {
    private static final int IDLE = 1000, SLOW = 30;
    private static final byte[] NOTHING = {};

    @TempDir
    static Path folder = Path.of("");

    private static Listeners listeners;
    private static ApiRig rig;
    private static RawCaller local, tls, plain;

    @SuppressWarnings("NullAway.Init") // by start
    private Traffic traffic;

    @BeforeAll
    static void listen() throws Exception {
        listeners = new Listeners(folder);
        rig = new ApiRig(2, 1 << 12, listeners::settings);
        local = RawCaller.at(rig.server.socket().orElseThrow());
        tls = RawCaller.at(Listeners.tls(rig), ClientFactory.insecure());
        plain = RawCaller.at(Listeners.plain(rig), ClientFactory.ofDefault());
    }

    @AfterAll
    static void close() {
        rig.close();
    }

    @BeforeEach
    void start() {
        rig.dataplane.clearCounters(dev.weir.api.v1.ClearCountersRequest.getDefaultInstance());
        traffic = new Traffic(rig);
    }

    @AfterEach
    void end() {
        assertThat(rig.daemon.getVersion(GetVersionRequest.getDefaultInstance()).getVersion())
                .isEqualTo("1.2.3");
        traffic.close();
    }

    private static void assertRefused(Answer answer, Code code, int http) {
        assertThat(answer.code()).as(answer.text()).isEqualTo(code);
        assertThat(answer.http()).as(answer.text()).isEqualTo(http);
        Leaks.assertNone(answer);
    }

    @Test
    void wrongToken_isUnauthenticated_whateverTheCall() {
        traffic.during(() -> {
            for (RawCaller stranger : List.of(tls, tls.with("wrong"), tls.with("r-secret2"), plain.with("wrong"))) {
                for (ApiCall call : ApiCall.ALL) {
                    boolean forAnybody = call.role() == Role.ROLE_UNSPECIFIED;
                    if (!forAnybody) {
                        assertRefused(stranger.grpc(call, NOTHING), Code.UNAUTHENTICATED, 200);
                        call.routes()
                                .forEach(route ->
                                        assertRefused(stranger.http(route, NOTHING), Code.UNAUTHENTICATED, 401));
                    }
                }
            }
        });
    }

    @Test
    void roleTooLow_isDenied_whateverTheCallThatNeedsMore() {
        traffic.during(() -> {
            for (RawCaller reader : List.of(tls.with(Listeners.TOKEN), plain)) {
                for (ApiCall call : ApiCall.ALL) {
                    if (call.role().getNumber() > Role.READ_VALUE) {
                        assertRefused(reader.grpc(call, NOTHING), Code.PERMISSION_DENIED, 200);
                        call.routes()
                                .forEach(route ->
                                        assertRefused(reader.http(route, NOTHING), Code.PERMISSION_DENIED, 403));
                    }
                }
            }
        });
    }

    @Test
    void certificateThatExpired_endsTheHandshake() throws Exception {
        try (HttpClient late = HttpClient.newBuilder()
                .sslContext(listeners.certificates.client("late"))
                .build()) {
            HttpRequest health = HttpRequest.newBuilder(URI.create(Listeners.tls(rig) + "/v1/health"))
                    .build();
            traffic.during(() -> assertThatThrownBy(() -> late.send(health, HttpResponse.BodyHandlers.ofString()))
                    .isInstanceOf(IOException.class));
        }
    }

    @Test
    void messageThatIsTooLong_isRefused_andOneThatOnlySaysSoToo() {
        byte[] tooLong = new byte[2 * Listeners.MESSAGE];
        byte[] saysSo = {0, 0x7F, -1, -1, -1, 1, 2, 3}, beyondInt = {0, -1, -1, -1, -1, 1, 2, 3};
        ApiCall call = ApiCall.of("GetFlow");
        ApiCall.Route post = call.routes().getLast();
        traffic.during(() -> {
            for (RawCaller caller : List.of(local, tls.with(Listeners.TOKEN), plain)) {
                assertRefused(caller.grpc(call, tooLong), Code.RESOURCE_EXHAUSTED, 200);
                assertRefused(caller.grpcFrames(call, saysSo), Code.RESOURCE_EXHAUSTED, 200);
                assertRefused(caller.grpcFrames(call, beyondInt), Code.RESOURCE_EXHAUSTED, 200);
                assertRefused(caller.http(post, tooLong), Code.RESOURCE_EXHAUSTED, 413);
            }
        });
    }

    @Test
    void octetsAtRandom_areAnsweredOrRefused() {
        Set<Code> expected = EnumSet.of(Code.OK, Code.INVALID_ARGUMENT, Code.NOT_FOUND, Code.RESOURCE_EXHAUSTED);
        List<ApiCall> readable = ApiCall.ALL.stream()
                .filter(call -> call.role().getNumber() <= Role.READ_VALUE)
                .toList();
        traffic.during(() -> {
            var random = new SplittableRandom(11); // the same ones each time
            for (RawCaller caller : List.of(local, tls.with(Listeners.TOKEN), plain)) {
                for (ApiCall call : readable) {
                    byte[] octets = new byte[1 + random.nextInt(40)];
                    random.nextBytes(octets);
                    List<Answer> answers = new ArrayList<>(List.of(caller.grpc(call, octets)));
                    call.routes().forEach(route -> answers.add(caller.http(route, octets)));
                    assertThat(answers).allSatisfy(answer -> {
                        assertThat(answer.code()).as(answer.text()).isIn(expected);
                        Leaks.assertNone(answer);
                    });
                }
            }
        });
    }

    @Test
    void requestWithoutAMessage_isRefused_whereTheMethodTakesOne() {
        for (RawCaller caller : List.of(local, tls.with(Listeners.TOKEN), plain)) {
            for (ApiCall call : ApiCall.ALL) {
                if (call.role().getNumber() <= Role.READ_VALUE) {
                    Answer answer = caller.grpcFrames(call, new byte[0]);
                    assertThat(answer.code()).as(call.method()).isEqualTo(Code.INVALID_ARGUMENT);
                    Leaks.assertNone(answer);
                }
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "/weir.v1.Daemon/GetVersion, grpc-encoding, gzip",
        "/weir.v1.Daemon/GetVersion, grpc-encoding, unheard-of",
        "/weir.v1.Daemon/GetVersion, grpc-timeout, soon",
        "/weir.v1.Daemon/GetVersion, grpc-timeout, 99999999999999999999H",
        "/weir.v1.Daemon/GetVersion, content-type, application/grpc+json",
        "/weir.v1.Daemon/GetVersion, content-type, application/grpc-web-text",
        "/weir.v1.Daemon/GetVersion, content-type, text/plain",
        "/weir.v1.Daemon/GetVersions, accept, *",
        "/weir.v1.Nothing/GetVersion, accept, *",
        "/weir.v1.Daemon/../../etc/passwd, accept, *",
    })
    void oddHeaders_areRefused_orDoNotMatter(String path, String header, String value) {
        traffic.during(() -> {
            for (RawCaller caller : List.of(local, tls.with(Listeners.TOKEN), plain)) {
                Answer answer = caller.grpc(path, header, value);
                assertThat(answer.code()).as(answer.text()).isNotEqualTo(Code.INTERNAL);
                Leaks.assertNone(answer);
            }
        });
    }

    private static SocketAddress addressOf(String listener) {
        if (listener.equals("unix")) {
            return UnixDomainSocketAddress.of(rig.server.socket().orElseThrow());
        }
        URI address = URI.create(listener.equals("tls") ? Listeners.tls(rig) : Listeners.plain(rig));
        return new InetSocketAddress(address.getHost(), address.getPort());
    }

    private static SocketChannel connect(SocketAddress address) {
        try {
            SocketChannel channel = SocketChannel.open(address);
            channel.configureBlocking(false);
            return channel;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Whether the other end has closed it; {@code said} gets what it said before. */
    private static boolean isClosed(SocketChannel channel, StringBuilder said) {
        ByteBuffer octets = ByteBuffer.allocate(1024);
        try {
            int n = channel.read(octets);
            said.append(new String(octets.array(), 0, Math.max(n, 0), ISO_8859_1));
            return n < 0;
        } catch (IOException e) {
            return true;
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"unix", "tls", "plain"})
    void octetsWithoutAProtocol_areNotAnswered_orAsABadRequest(String listener) {
        var random = new SplittableRandom(12);
        traffic.during(() -> {
            var said = new StringBuilder();
            byte[] octets = new byte[1 + random.nextInt(200)];
            random.nextBytes(octets);
            try (SocketChannel channel = connect(addressOf(listener))) {
                channel.write(ByteBuffer.wrap(octets));
                channel.shutdownOutput();
                while (!isClosed(channel, said)) {
                    LockSupport.parkNanos(ApiRig.MILLI);
                }
            } catch (IOException e) {
                assertThat(e)
                        .as("closed at once")
                        .hasMessageMatching(
                                "Broken pipe|Connection reset.*|Socket is not connected|Transport endpoint is not connected");
            }
            Leaks.assertNone(said.toString());
        });
    }

    /** Octet by octet, until the other end has closed them all. */
    @ParameterizedTest
    @ValueSource(strings = {"unix", "tls", "plain"})
    void slowSenders_areCutOff_andKeepNobodyWaiting(String listener) {
        List<String> begun = listener.equals("tls")
                ? List.of("\u0016\u0003\u0001\u0001\u00FC\u0001")
                : List.of(
                        "GET /v1/version HTTP/1.1\r\nhost: ",
                        "POST /v1/flow:get HTTP/1.1\r\nhost: localhost\r\ncontent-length: 100000\r\n\r\n{",
                        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
        traffic.during(() -> {
            List<SocketChannel> slow = new ArrayList<>();
            var said = new StringBuilder();
            for (int i = 0; i < SLOW; i++) {
                SocketChannel channel = connect(addressOf(listener));
                drip(channel, begun.get(i % begun.size()));
                slow.add(channel);
            }
            while (!slow.isEmpty()) {
                assertThat(local.grpc(ApiCall.of("GetVersion"), NOTHING).code()).isEqualTo(Code.OK);
                for (Iterator<SocketChannel> each = slow.iterator(); each.hasNext(); ) {
                    SocketChannel channel = each.next();
                    if (isClosed(channel, said) || !drip(channel, " ")) {
                        each.remove();
                    }
                }
                LockSupport.parkNanos(10 * ApiRig.MILLI);
            }
            Leaks.assertNone(said.toString());
        });
    }

    /** False when it is closed, which it is now. */
    private static boolean drip(SocketChannel channel, String octets) {
        try {
            channel.write(ByteBuffer.wrap(octets.getBytes(ISO_8859_1)));
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"unix", "plain"})
    void aThousandIdleConnections_keepNobodyWaiting(String listener) throws IOException {
        int before = rig.server.connections();
        List<SocketChannel> idle = new ArrayList<>();
        try {
            while (idle.size() < IDLE) {
                idle.add(connect(addressOf(listener)));
            }
            traffic.during(() -> {
                for (RawCaller caller : List.of(local, tls.with(Listeners.TOKEN), plain)) {
                    assertThat(caller.grpc(ApiCall.of("GetCounters"), NOTHING).code())
                            .isEqualTo(Code.OK);
                }
            });
        } finally {
            for (SocketChannel channel : idle) {
                channel.close();
            }
        }
        while (rig.server.connections() > before + 3) {
            LockSupport.parkNanos(ApiRig.MILLI);
        }
    }
}
