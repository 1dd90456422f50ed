package dev.weir.server.standby;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.server.DaemonLog;
import dev.weir.server.api.access.TestCertificates;
import dev.weir.server.config.StandbySettings;
import dev.weir.server.standby.Outlook.Sight;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Silence is the other machine's, never what this one has done to itself. */
@Timeout(60)
class OutlookTest {
    private static final long MINUTE = TimeUnit.MINUTES.toNanos(1);

    @TempDir
    Path folder = Path.of("");

    @ParameterizedTest
    @ValueSource(strings = {"token", "authority", "certificate", "key"})
    void fileOfThisMachine_thatIsGone_isNoSilence(String file) throws Exception {
        var own = TestCertificates.in(folder).sign("client", "CN=b", 30);
        Path authority = own.authority(), certificate = own.certificate("client"), key = own.key("client");
        Path token = Files.writeString(folder.resolve("token"), "secret\n");
        Path gone = Objects.requireNonNull(
                Map.of("token", token, "authority", authority, "certificate", certificate, "key", key)
                        .get(file));
        int port;
        try (var closed = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = closed.getLocalPort();
        }
        var place = new StandbySettings.Peer(
                "the other machine",
                Optional.empty(),
                "127.0.0.1",
                port,
                true,
                Optional.of(authority),
                Optional.of(certificate),
                Optional.of(key),
                Optional.of(token));
        var trouble = new Trouble(
                new DaemonLog(new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8)),
                System::nanoTime);
        var patience = new Patience(MINUTE, MINUTE, TimeUnit.SECONDS.toNanos(3), MINUTE);
        try (var peer = new Peer(place, Runnable::run)) {
            var outlook = new Outlook(peer, "b", 7, patience, trouble);
            assertThat(outlook.look()).isEqualTo(Sight.SILENT);
            outlook.heardAt(System.nanoTime() - 2 * MINUTE);
            byte[] content = Files.readAllBytes(gone);
            Files.delete(gone);
            assertThat(outlook.look()).isEqualTo(Sight.STRANGE);
            assertThat(outlook.other()).isNull();
            assertThat(outlook.answers()).isFalse();
            assertThat(outlook.isSilent()).as("it was not asked").isFalse();
            assertThat(trouble.what())
                    .contains(file.equals("token") ? "standby.token-file: " + token : "ca, certificate or key")
                    .endsWith("this machine neither follows nor takes over by itself");
            Files.write(gone, content);
            assertThat(outlook.look()).isEqualTo(Sight.SILENT);
        }
    }
}
