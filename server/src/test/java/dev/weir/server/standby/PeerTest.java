package dev.weir.server.standby;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.weir.api.v1.Role;
import dev.weir.server.DaemonLog;
import dev.weir.server.api.access.ApiContent;
import dev.weir.server.api.access.ApiServer;
import dev.weir.server.api.access.TestCertificates;
import dev.weir.server.config.ApiSettings;
import dev.weir.server.config.StandbySettings;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Who answers is there, whatever it says; who does not is silent. */
@Timeout(60)
class PeerTest {
    /** Where there is to be an answer, and where nobody gives one. */
    private static final long LIMIT = TimeUnit.SECONDS.toNanos(20), SHORT = TimeUnit.SECONDS.toNanos(2);

    @TempDir
    Path folder = Path.of("");

    static StandbySettings.Peer at(int port) {
        return at(port, Optional.empty());
    }

    private static StandbySettings.Peer at(int port, Optional<Path> authority) {
        return new StandbySettings.Peer(
                "the other machine",
                Optional.empty(),
                "127.0.0.1",
                port,
                authority.isPresent(),
                authority,
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    private static IOException asked(StandbySettings.Peer place) throws IOException {
        return asked(place, LIMIT);
    }

    private static IOException asked(StandbySettings.Peer place, long limitNanos) throws IOException {
        try (var peer = new Peer(place, Runnable::run)) {
            Throwable why = catchThrowable(() -> peer.look(limitNanos));
            assertThat(why).isInstanceOf(IOException.class);
            return (IOException) why;
        }
    }

    private static ServerSocket listening() throws IOException {
        return new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
    }

    private static ApiServer api(ApiSettings.Listener listener, Optional<ApiSettings.Tls> tls, boolean pairs)
            throws IOException {
        return ApiServer.start(
                new ApiSettings(
                        true,
                        Optional.empty(),
                        List.of(listener),
                        tls,
                        Optional.empty(),
                        Map.of(),
                        ApiSettings.Limits.DEFAULT),
                ApiContent.of(pairs ? List.of(new StandbyService(null)) : List.of()),
                new DaemonLog(new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8)));
    }

    private static ApiSettings.Listener plain(Role role) {
        return new ApiSettings.Listener(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), true, role, false);
    }

    private static int port(ApiServer server) {
        return URI.create(server.addresses().getFirst()).getPort();
    }

    @Test
    void nobody_isSilent() throws IOException {
        int port;
        try (ServerSocket gone = listening()) {
            port = gone.getLocalPort();
        }
        assertThat(asked(at(port, Optional.empty())))
                .isNotInstanceOf(RefusedException.class)
                .hasMessageContaining("unavailable");
    }

    @Test
    void somebody_whoSaysNothing_isSilent() throws IOException {
        try (ServerSocket mute = listening()) {
            assertThat(asked(at(mute.getLocalPort()), SHORT))
                    .isNotInstanceOf(RefusedException.class)
                    .hasMessage("no answer in time");
        }
    }

    @Test
    void somebody_whoHangsUp_isSilent_withTlsToo() throws Exception {
        var certificates = TestCertificates.in(folder);
        try (ServerSocket hangsUp = listening()) {
            Thread.ofPlatform().daemon().start(() -> {
                while (!hangsUp.isClosed()) {
                    try {
                        hangsUp.accept().close();
                    } catch (IOException _) {
                        return;
                    }
                }
            });
            assertThat(asked(at(hangsUp.getLocalPort(), Optional.empty()))).isNotInstanceOf(RefusedException.class);
            assertThat(asked(at(hangsUp.getLocalPort(), Optional.of(certificates.authority()))))
                    .isNotInstanceOf(RefusedException.class);
        }
    }

    @Test
    void machine_thatGivesNoRights_orIsNoneOfAPair_orHasNoSuchService_refuses() throws IOException {
        try (ApiServer server = api(plain(Role.ROLE_UNSPECIFIED), Optional.empty(), true)) {
            assertThat(asked(at(port(server), Optional.empty()))).isInstanceOf(RefusedException.class);
        }
        try (ApiServer server = api(plain(Role.READ), Optional.empty(), true)) {
            assertThat(asked(at(port(server), Optional.empty())))
                    .isInstanceOf(RefusedException.class)
                    .hasMessageContaining("there is no second machine");
        }
        try (ApiServer server = api(plain(Role.READ), Optional.empty(), false)) {
            assertThat(asked(at(port(server), Optional.empty())))
                    .isInstanceOf(RefusedException.class)
                    .hasMessageContaining("unimplemented");
        }
    }

    @Test
    void machine_whoseCertificateIsNotTrusted_refuses() throws Exception {
        var its = TestCertificates.in(Files.createDirectory(folder.resolve("its")))
                .sign("server", "CN=weir", 30);
        var others = TestCertificates.in(Files.createDirectory(folder.resolve("others")));
        var listener = new ApiSettings.Listener(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), false, Role.ROLE_UNSPECIFIED, false);
        var tls = new ApiSettings.Tls(its.certificate("server"), its.key("server"), Optional.empty());
        try (ApiServer server = api(listener, Optional.of(tls), true)) {
            assertThat(asked(at(port(server), Optional.of(others.authority())))).isInstanceOf(RefusedException.class);
        }
    }
}
