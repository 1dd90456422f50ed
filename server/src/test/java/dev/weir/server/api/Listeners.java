package dev.weir.server.api;

import dev.weir.api.v1.Role;
import dev.weir.server.api.access.TestCertificates;
import dev.weir.server.config.ApiSettings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** One of each kind of listener: the Unix socket, TLS, without TLS for reading, metrics alone; each TCP one at an address of its own. */
final class Listeners {
    /** Whose role is read. */
    static final String TOKEN = "r-secret";

    static final int MESSAGE = 1 << 20;
    private static final int HEADERS = 8 << 10, CONNECTIONS = 1200, STREAMS = 100, CALLS = 100_000;

    final TestCertificates certificates;
    private final Path folder;

    Listeners(Path folder) throws Exception {
        this.folder = folder;
        certificates = TestCertificates.in(folder).sign("server", "CN=weir", 30).sign("late", "CN=late", 5);
        byte[] hash = MessageDigest.getInstance("SHA-256").digest(TOKEN.getBytes(StandardCharsets.UTF_8));
        Files.writeString(
                folder.resolve("tokens"), "reader read " + HexFormat.of().formatHex(hash));
    }

    ApiSettings settings(Path socket) {
        try {
            return new ApiSettings(
                    true,
                    Optional.of(socket),
                    List.of(
                            new ApiSettings.Listener(loopback(1), false, Role.ROLE_UNSPECIFIED, false),
                            new ApiSettings.Listener(loopback(2), true, Role.READ, false),
                            new ApiSettings.Listener(loopback(3), true, Role.READ, true)),
                    Optional.of(new ApiSettings.Tls(
                            certificates.certificate("server"),
                            certificates.key("server"),
                            Optional.of(certificates.authority()))),
                    Optional.of(folder.resolve("tokens")),
                    Map.of("late", Role.ADMINISTER),
                    new ApiSettings.Limits(
                            MESSAGE,
                            HEADERS,
                            CONNECTIONS,
                            STREAMS,
                            CALLS,
                            Duration.ofSeconds(3),
                            Duration.ofSeconds(30)));
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private static InetSocketAddress loopback(int last) throws IOException {
        return new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, (byte) last}), 0);
    }

    static String tls(ApiRig rig) {
        return address(rig, "https://127.0.0.1:");
    }

    static String plain(ApiRig rig) {
        return address(rig, "http://127.0.0.2:");
    }

    static String metrics(ApiRig rig) {
        return address(rig, "http://127.0.0.3:");
    }

    private static String address(ApiRig rig, String begin) {
        return rig.server.addresses().stream()
                .filter(address -> address.startsWith(begin))
                .findAny()
                .orElseThrow();
    }
}
