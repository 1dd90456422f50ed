package dev.weir.server.config;

import dev.weir.api.SocketPath;
import dev.weir.api.v1.Role;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The options under {@code api}: who reaches the API, and how. */
final class ApiSection {
    /** What is written: where there is no API at all, {@code settings} are empty. */
    record Declared(Optional<ApiSettings> settings) {}

    /** The role of a certificate. */
    record Certificate(String subject, Role role) {}

    private static final int MAX_LISTENERS = 16, MAX_CERTIFICATES = 1000;
    private static final String NONE = "none";
    private static final ApiSettings.Limits LIMITS = ApiSettings.Limits.DEFAULT;

    /** {@code 192.0.2.1:8443}, {@code [2001:db8::1]:8443}. */
    private static final Pattern ADDRESS = Pattern.compile("(?:([0-9.]+)|\\[([0-9A-Fa-f:.]+)\\]):([0-9]{1,5})");

    static final Kind<InetSocketAddress> SOCKET_ADDRESS = new Scalars<>(
            "an address and port",
            "write it as \"127.0.0.1:8443\" or \"[::1]:8443\", in quotes",
            Json.object("type", "string", "pattern", "^([0-9.]+|\\[[0-9A-Fa-f:.]+\\]):[0-9]{1,5}$"),
            ApiSection::socketAddress);

    static final Kind<Role> ROLE = Kinds.choice(roles());

    private static final Field<Boolean> ENABLED =
            Field.of("enabled", Kinds.SWITCH, true, "true", "Whether there is an API at all.");

    private static final Field<String> SOCKET = Field.optional(
            "socket",
            Kinds.FILE,
            "`/run/weir/weir.sock` for root, else `$XDG_RUNTIME_DIR/weir.sock`",
            "The Unix socket, or `none`. Only this user and root can connect, and may do all.");

    private static final Field<InetSocketAddress> ADDRESS_FIELD = Field.required(
            "address",
            SOCKET_ADDRESS,
            "An IP address of this machine and a port; port 0 for one that the kernel chooses. `0.0.0.0` and `[::]`"
                    + " both are all addresses, those of IPv4 and of IPv6.");

    static final Field<Boolean> INSECURE = Field.of(
            "insecure", Kinds.SWITCH, false, "false", "Without TLS. Only for loopback addresses: 127.0.0.0/8, [::1].");

    private static final Field<Role> LISTENER_ROLE = Field.optional(
            "role",
            ROLE,
            "`read` where `insecure`",
            "What callers without a token may do, where `insecure`: everybody on this machine can be one.");

    private static final Section<ApiSettings.Listener> LISTENER = new Section<>(
            "api-listen",
            "A TCP address that the API listens to.",
            List.of(ADDRESS_FIELD, INSECURE, LISTENER_ROLE),
            ApiSection::listener);

    static final Field<List<ApiSettings.Listener>> LISTEN = Field.of(
            "listen",
            new Lists<>(LISTENER, 0, MAX_LISTENERS),
            List.of(),
            "none",
            "TCP addresses to listen to as well: `[{address: \"192.0.2.1:8443\"}]`.");

    private static final Field<String> CERTIFICATE = Field.required(
            "certificate", Kinds.FILE, "The certificate and those that vouch for it, in PEM, the own one first.");

    private static final Field<String> KEY =
            Field.required("key", Kinds.FILE, "Its private key, in PEM (PKCS #8), without a password.");

    private static final Field<String> CLIENT_CA = Field.optional(
            "client-ca",
            Kinds.FILE,
            "none are asked for",
            "Certificates in PEM, of those whose certificates clients may show instead of a token.");

    static final Field<ApiSettings.Tls> TLS = Field.optional(
            "tls",
            new Section<>(
                    "api-tls",
                    "What TCP listeners show, and whom they trust. The files are read again on SIGHUP.",
                    List.of(CERTIFICATE, KEY, CLIENT_CA),
                    values -> new ApiSettings.Tls(
                            Path.of(values.get(CERTIFICATE)),
                            Path.of(values.get(KEY)),
                            values.find(CLIENT_CA).map(Path::of))),
            "none",
            "What TCP listeners show; without it they must be `insecure`.");

    static final Field<String> TOKENS = Field.optional(
            "tokens",
            Kinds.FILE,
            "none",
            "A file of tokens: `NAME ROLE SHA256` a line, the last in hexadecimal digits, `#` before remarks; read"
                    + " again on SIGHUP.");

    private static final Field<String> SUBJECT = Field.required(
            "subject",
            Kinds.TEXT,
            "The common name of the certificate's subject, or all of it, as `CN=monitor,O=Example`.");

    private static final Field<Role> CERTIFICATE_ROLE = Field.required("role", ROLE, "What its owner may do.");

    static final Field<List<Certificate>> CERTIFICATES = Field.of(
            "certificates",
            new Lists<>(
                    new Section<>(
                            "api-certificate",
                            "What the owner of a client certificate may do; those without an entry may do nothing.",
                            List.of(SUBJECT, CERTIFICATE_ROLE),
                            values -> new Certificate(values.get(SUBJECT), values.get(CERTIFICATE_ROLE))),
                    0,
                    MAX_CERTIFICATES),
            List.of(),
            "none",
            "What the owners of client certificates may do: `[{subject: monitor, role: read}]`.");

    private static final Field<Long> MESSAGE = Field.of(
            "message",
            Kinds.size(1024, 64 << 20),
            (long) LIMITS.messageBytes(),
            "4M",
            "The longest message of a caller.");

    private static final Field<Long> HEADERS = Field.of(
            "headers",
            Kinds.size(1024, 1 << 20),
            (long) LIMITS.headerBytes(),
            "16k",
            "How long a request's headers may be, and its path.");

    private static final Field<Integer> CONNECTIONS = Field.of(
            "connections",
            Kinds.integer(1, 100_000),
            LIMITS.connections(),
            "4096",
            "Connections by TCP at a time; the Unix socket has room for as many of its own.");

    private static final Field<Integer> STREAMS = Field.of(
            "streams", Kinds.integer(1, 10_000), LIMITS.streams(), "128", "Calls at a time on one connection.");

    private static final Field<Integer> CALLS = Field.of(
            "calls-per-second",
            Kinds.integer(1, 1_000_000),
            LIMITS.callsPerSecond(),
            "10000",
            "Calls of one caller in a second; requests within a stream do not count.");

    private static final Field<Duration> REQUEST_TIMEOUT = Field.of(
            "request-timeout",
            Kinds.DURATION,
            LIMITS.requestTimeout(),
            "10s",
            "How long a request may take to come in. Streams of requests take as long as they like.");

    private static final Field<Duration> IDLE_TIMEOUT = Field.of(
            "idle-timeout",
            Kinds.DURATION,
            LIMITS.idleTimeout(),
            "5m",
            "A connection without a call for so long is closed.");

    static final Field<ApiSettings.Limits> LIMITS_FIELD = Field.section(
            "limits",
            new Section<>(
                    "api-limits",
                    "What callers may take.",
                    List.of(MESSAGE, HEADERS, CONNECTIONS, STREAMS, CALLS, REQUEST_TIMEOUT, IDLE_TIMEOUT),
                    ApiSection::limits));

    static final Section<Declared> SECTION = new Section<>(
            "api",
            "How others ask and change what runs.",
            List.of(ENABLED, SOCKET, LISTEN, TLS, TOKENS, CERTIFICATES, LIMITS_FIELD),
            ApiSection::declare);

    private ApiSection() {}

    private static Map<String, Role> roles() {
        Map<String, Role> words = new LinkedHashMap<>();
        words.put("read", Role.READ);
        words.put("operate", Role.OPERATE);
        words.put("administer", Role.ADMINISTER);
        return words;
    }

    static InetSocketAddress socketAddress(String text) {
        Matcher parts = ADDRESS.matcher(text);
        int port = parts.matches() ? Integer.parseInt(parts.group(3)) : -1;
        if (port < 0 || port > 65_535) {
            throw new IllegalArgumentException("'" + text
                    + "' is no address and port; write it as \"127.0.0.1:8443\" or \"[::1]:8443\", in quotes");
        }
        String host = parts.group(1) != null ? parts.group(1) : parts.group(2);
        try {
            return new InetSocketAddress(InetAddress.getByAddress(Kinds.address(String.valueOf(host))), port);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException("'" + text + "' is no address; write it as \"127.0.0.1:8443\"", e);
        }
    }

    private static ApiSettings.@Nullable Listener listener(Values values) {
        InetSocketAddress address = values.get(ADDRESS_FIELD);
        boolean insecure = values.get(INSECURE);
        if (!checkInsecure(values, INSECURE, address, insecure)) {
            return null;
        }
        if (!insecure && values.has(LISTENER_ROLE)) {
            values.fault(LISTENER_ROLE, "is for insecure listeners; with TLS tokens and certificates say who may what");
            return null;
        }
        Role standard = insecure ? Role.READ : Role.ROLE_UNSPECIFIED;
        return new ApiSettings.Listener(
                address, insecure, values.find(LISTENER_ROLE).orElse(standard), false);
    }

    /** Whether it may be: plain text leaves the machine by no address but the loopback's. */
    static boolean checkInsecure(Values values, Field<Boolean> field, InetSocketAddress address, boolean insecure) {
        if (insecure && !address.getAddress().isLoopbackAddress()) {
            values.fault(
                    field,
                    "others could read and change what goes to "
                            + address.getAddress().getHostAddress()
                            + "; use TLS, or a loopback address such as 127.0.0.1");
            return false;
        }
        return true;
    }

    private static ApiSettings.Limits limits(Values values) {
        return new ApiSettings.Limits(
                values.get(MESSAGE).intValue(),
                values.get(HEADERS).intValue(),
                values.get(CONNECTIONS),
                values.get(STREAMS),
                values.get(CALLS),
                values.get(REQUEST_TIMEOUT),
                values.get(IDLE_TIMEOUT));
    }

    private static @Nullable Declared declare(Values values) {
        ApiSettings settings = settings(values, socket(values.find(SOCKET)));
        if (settings == null) {
            return null;
        }
        return new Declared(values.get(ENABLED) ? Optional.of(settings) : Optional.empty());
    }

    /** What the listeners are; null where they cannot be so. */
    static @Nullable ApiSettings settings(Values values, Optional<Path> socket) {
        Optional<ApiSettings.Tls> tls = values.find(TLS);
        List<ApiSettings.Listener> listeners = values.get(LISTEN);
        boolean encrypted = listeners.stream().anyMatch(listener -> !listener.insecure());
        boolean trusts = tls.flatMap(ApiSettings.Tls::clientAuthority).isPresent();
        if (encrypted && tls.isEmpty()) {
            values.fault(
                    LISTEN, "there is nothing to encrypt with; give 'tls', or a loopback address 'insecure: true'");
            return null;
        }
        if (encrypted && !values.has(TOKENS) && !trusts) {
            values.fault(LISTEN, "nobody could call; give 'tokens', or 'tls.client-ca' and 'certificates'");
            return null;
        }
        Map<String, Role> certificates = new HashMap<>();
        for (Certificate certificate : values.get(CERTIFICATES)) {
            if (certificates.put(certificate.subject(), certificate.role()) != null) {
                values.fault(CERTIFICATES, "'" + certificate.subject() + "' is there twice; remove one");
                return null;
            }
        }
        if (!certificates.isEmpty() && !trusts) {
            values.fault(CERTIFICATES, "nobody says whose certificates are true; give 'tls.client-ca'");
            return null;
        }
        return new ApiSettings(
                true,
                socket,
                listeners,
                tls,
                values.find(TOKENS).map(Path::of),
                certificates,
                values.get(LIMITS_FIELD));
    }

    private static Optional<Path> socket(Optional<String> written) {
        return written.map(path -> path.equals(NONE) ? Optional.<Path>empty() : Optional.of(Path.of(path)))
                .orElseGet(() -> Optional.of(SocketPath.ofThisUser()));
    }
}
