package dev.weir.server.config;

import dev.weir.api.SocketPath;
import dev.weir.api.v1.Role;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Who reaches the API, and how; immutable.
 *
 * @param wanted whether the file asks for it: then it is an error when it cannot be had, else only told
 * @param socket the Unix socket, if there is one
 * @param listen TCP addresses
 * @param tls what those with TLS show and trust
 * @param tokens the file of tokens, {@code NAME ROLE SHA256HEX} a line
 * @param certificates the role of each certificate, by its common name or its whole distinguished name
 * @param limits of all listeners
 */
public record ApiSettings(
        boolean wanted,
        Optional<Path> socket,
        List<Listener> listen,
        Optional<Tls> tls,
        Optional<Path> tokens,
        Map<String, Role> certificates,
        Limits limits) {
    public ApiSettings {
        listen = List.copyOf(listen);
        certificates = Map.copyOf(certificates);
    }

    /** What holds where the file says nothing: this user's Unix socket. */
    public static ApiSettings standard() {
        return at(SocketPath.ofThisUser(), false);
    }

    /** No listener at all. */
    static ApiSettings nowhere() {
        return new ApiSettings(
                true, Optional.empty(), List.of(), Optional.empty(), Optional.empty(), Map.of(), Limits.DEFAULT);
    }

    /** With a listener more. */
    ApiSettings with(Listener more) {
        List<Listener> all = new ArrayList<>(listen);
        all.add(more);
        return new ApiSettings(true, socket, all, tls, tokens, certificates, limits);
    }

    /** The Unix socket at that path alone. */
    public static ApiSettings at(Path socket) {
        return at(socket, true);
    }

    private static ApiSettings at(Path socket, boolean wanted) {
        return new ApiSettings(
                wanted, Optional.of(socket), List.of(), Optional.empty(), Optional.empty(), Map.of(), Limits.DEFAULT);
    }

    /** Whether the right to bind ports below 1024 is needed. */
    public boolean needsLowPorts() {
        return listen.stream()
                .mapToInt(listener -> listener.address().getPort())
                .anyMatch(port -> port > 0 && port < 1024);
    }

    /** The listener that a connection came in by, whose own end is that address. */
    public Optional<Listener> listener(InetSocketAddress local) {
        return listen.stream().filter(listener -> listener.accepts(local)).findFirst();
    }

    /**
     * A TCP address.
     *
     * @param insecure without TLS, on a loopback address
     * @param role of whoever calls without a token there; none with TLS
     * @param metricsOnly whether there are the metrics and nothing else
     */
    public record Listener(InetSocketAddress address, boolean insecure, Role role, boolean metricsOnly) {
        /** Whether a connection whose own end is that address came in by it. */
        public boolean accepts(InetSocketAddress local) {
            return (address.getPort() == local.getPort() || address.getPort() == 0)
                    && (address.getAddress().isAnyLocalAddress()
                            || address.getAddress().equals(local.getAddress()));
        }
    }

    /**
     * Files in PEM, read again on reload.
     *
     * @param clientAuthority whose certificates clients may show
     */
    public record Tls(Path certificate, Path key, Optional<Path> clientAuthority) {}

    /**
     * What a caller may take.
     *
     * @param messageBytes of one message, either way of writing it
     * @param headerBytes of a request's headers
     * @param connections by TCP at a time; those by the Unix socket are not counted among them, and may be as many
     * @param streams calls at a time on one connection
     * @param callsPerSecond of one caller, that many at once too
     * @param requestTimeout until a request is complete, but for streams of requests
     * @param idleTimeout how long a connection without a call is kept
     */
    public record Limits(
            int messageBytes,
            int headerBytes,
            int connections,
            int streams,
            int callsPerSecond,
            Duration requestTimeout,
            Duration idleTimeout) {
        /** What holds where the configuration says nothing. */
        public static final Limits DEFAULT =
                new Limits(4 << 20, 16 << 10, 4096, 128, 10_000, Duration.ofSeconds(10), Duration.ofMinutes(5));
    }
}
