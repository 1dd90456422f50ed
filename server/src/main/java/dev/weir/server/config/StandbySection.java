package dev.weir.server.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The options under {@code standby}. */
final class StandbySection {
    private static final Duration INTERVAL_STANDARD = Duration.ofMillis(20), LEAST_INTERVAL = Duration.ofMillis(1);
    private static final Duration MOST_INTERVAL = Duration.ofSeconds(1), LEAST_SILENCE = Duration.ofMillis(500);
    private static final int DEFAULT_PORT = 9470;
    private static final String BY_COMMAND = "on command alone";

    /** {@code https://host:port}, {@code http://127.0.0.1:port}, {@code unix:path}; IPv6 in brackets. */
    private static final Pattern PLACE =
            Pattern.compile("(https?)://(\\[[0-9A-Fa-f:.]+\\]|[A-Za-z0-9._-]+)(?::([0-9]{1,5}))?/?");

    private static final Pattern LOOPBACK = Pattern.compile("localhost|\\[::1\\]|127(\\.[0-9]{1,3}){3}");

    private static final Field<String> OF = Field.required(
            "of",
            Kinds.TEXT,
            "The other machine's API: `https://192.0.2.2:9470`, `unix:PATH`, or `http://` of a loopback address. There"
                    + " this machine may `administer`.");

    private static final Field<String> FILE = Field.required(
            "file",
            Kinds.FILE,
            "Keeps the number by which takeovers are told apart. Its folder is there and can be written to.");

    private static final Field<Boolean> BEGINS = Field.of(
            "begins",
            Kinds.SWITCH,
            false,
            "false",
            "Whether this machine is the one to forward where neither ever has: true on one of the two.");

    private static final Field<Duration> TAKE_OVER = Field.optional(
            "take-over",
            Kinds.DURATION,
            BY_COMMAND,
            "How long the other machine may be silent before this one takes over by itself, at least 500ms.");

    private static final Field<Duration> INTERVAL = Field.of(
            "interval",
            Kinds.DURATION,
            INTERVAL_STANDARD,
            "20ms",
            "How long this machine, while it forwards, waits between two rounds of changes, 1ms to 1s.");

    private static final Field<String> CA = Field.optional(
            "ca", Kinds.FILE, "those that Java trusts", "Certificates in PEM that the other machine's one leads to.");

    private static final Field<String> CERTIFICATE =
            Field.optional("certificate", Kinds.FILE, "none", "What this machine shows the other one, in PEM.");

    private static final Field<String> KEY =
            Field.optional("key", Kinds.FILE, "none", "The private key of `certificate`, in PEM (PKCS #8).");

    private static final Field<String> TOKEN_FILE = Field.optional(
            "token-file", Kinds.FILE, "none", "A file with the token that this machine shows the other one.");

    static final Section<StandbySettings> SECTION = new Section<>(
            "standby",
            "The other machine of a pair of which one forwards and the other follows.",
            List.of(OF, FILE, BEGINS, TAKE_OVER, INTERVAL, CA, CERTIFICATE, KEY, TOKEN_FILE),
            StandbySection::settings);

    private StandbySection() {}

    private static @Nullable StandbySettings settings(Values values) {
        Duration interval = values.get(INTERVAL);
        if (interval.compareTo(LEAST_INTERVAL) < 0 || interval.compareTo(MOST_INTERVAL) > 0) {
            values.fault(INTERVAL, "is out of range; give 1ms to 1s");
        }
        if (values.find(TAKE_OVER)
                .filter(after -> after.compareTo(LEAST_SILENCE) < 0)
                .isPresent()) {
            values.fault(TAKE_OVER, "is too short to tell silence from a pause; give 500ms or more");
        }
        Duration rounds = interval.multipliedBy(3);
        if (values.find(TAKE_OVER).filter(after -> after.compareTo(rounds) < 0).isPresent()) {
            values.fault(TAKE_OVER, "is less than three times 'interval', in which nothing comes; give more");
        }
        if (values.find(CERTIFICATE).isPresent() != values.find(KEY).isPresent()) {
            values.fault(CERTIFICATE, "and 'key' belong together; give both");
        }
        StandbySettings.Peer peer = peer(values);
        return peer == null
                ? null
                : new StandbySettings(peer, values.get(FILE), values.get(BEGINS), values.find(TAKE_OVER), interval);
    }

    private static StandbySettings.@Nullable Peer peer(Values values) {
        String of = values.get(OF);
        Optional<Path> ca = values.find(CA).map(Path::of),
                certificate = values.find(CERTIFICATE).map(Path::of);
        Optional<Path> key = values.find(KEY).map(Path::of),
                token = values.find(TOKEN_FILE).map(Path::of);
        boolean shows = ca.isPresent() || certificate.isPresent() || token.isPresent();
        if (of.startsWith("unix:") && of.length() > "unix:".length()) {
            if (shows) {
                values.fault(OF, "is a Unix socket, where nothing is shown; leave ca, certificate, key and token-file");
            }
            Optional<Path> socket = Optional.of(Path.of(of.substring("unix:".length())));
            return new StandbySettings.Peer(of, socket, "", 0, false, ca, certificate, key, token);
        }
        Matcher place = PLACE.matcher(of.toLowerCase(Locale.ROOT));
        int port = place.matches() ? place.group(3) == null ? DEFAULT_PORT : Integer.parseInt(place.group(3)) : 0;
        if (port == 0 || port > 0xFFFF) {
            values.fault(OF, "is no place of an API; give https://HOST:PORT or unix:PATH, IPv6 in brackets");
            return null;
        }
        boolean tls = place.group(1).equals("https");
        String host = place.group(2);
        if (!tls && (shows || !LOOPBACK.matcher(host).matches())) {
            values.fault(OF, "is not encrypted, anybody could read what goes there; give https://");
        }
        String bare = host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
        return new StandbySettings.Peer(of, Optional.empty(), bare, port, tls, ca, certificate, key, token);
    }
}
