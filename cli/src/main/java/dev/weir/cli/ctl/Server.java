package dev.weir.cli.ctl;

import dev.weir.api.SocketPath;
import dev.weir.cli.CommandException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Locale;

/**
 * Where a daemon listens, as {@code --server} and {@code WEIR_SERVER} name it: {@code unix:PATH}, {@code https://HOST:PORT},
 * {@code http://HOST:PORT}, or {@code HOST:PORT}, which is the last of these on the machine itself and the one before elsewhere.
 */
public sealed interface Server {
    /** Its port where none is said. */
    int DEFAULT_PORT = 9470;

    /** A Unix socket. */
    record Unix(Path path) implements Server {
        @Override
        public String toString() {
            return "unix:" + path;
        }
    }

    /** A TCP port. */
    record Tcp(String host, int port, boolean tls) implements Server {
        /** Whether no other machine can be meant. */
        boolean isLoopback() {
            return host.equals("localhost") || host.equals("::1") || host.matches("127(\\.\\d{1,3}){3}");
        }

        @Override
        public String toString() {
            String shown = host.contains(":") ? "[" + host + "]" : host;
            return (tls ? "https://" : "http://") + shown + ":" + port;
        }
    }

    /** The daemon of this machine and user. */
    static Server standard() {
        return new Unix(SocketPath.ofThisUser());
    }

    /** What was said after {@code option}. */
    static Server parse(String option, String text) throws CommandException {
        if (text.startsWith("unix:")) {
            String path = text.substring("unix:".length());
            return unix(option, path.startsWith("//") ? path.substring(2) : path);
        }
        if (text.startsWith("/") || text.startsWith("./")) {
            return unix(option, text);
        }
        String lower = text.toLowerCase(Locale.ROOT);
        if (lower.startsWith("https://")) {
            return tcp(option, text, text.substring("https://".length()), Tls.YES);
        }
        if (lower.startsWith("http://")) {
            return tcp(option, text, text.substring("http://".length()), Tls.NO);
        }
        return tcp(option, text, text, Tls.UNLESS_LOOPBACK);
    }

    /** Whether TCP is encrypted. */
    enum Tls {
        YES,
        NO,
        UNLESS_LOOPBACK
    }

    private static Server unix(String option, String path) throws CommandException {
        try {
            if (!path.isEmpty()) {
                return new Unix(Path.of(path));
            }
        } catch (InvalidPathException _) {
            // told below
        }
        throw CommandException.usage(option + ": unix:" + path + ": is no path; give unix:/run/weir/weir.sock");
    }

    private static Server tcp(String option, String text, String authority, Tls tls) throws CommandException {
        String place = authority.endsWith("/") ? authority.substring(0, authority.length() - 1) : authority;
        int colon = place.lastIndexOf(':');
        boolean brackets = place.startsWith("[") && place.lastIndexOf(']') > 0;
        boolean hasPort = colon >= 0 && (!brackets || colon > place.lastIndexOf(']'));
        String host = hasPort ? place.substring(0, colon) : place;
        host = brackets && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
        int port = hasPort ? port(place.substring(colon + 1)) : DEFAULT_PORT;
        boolean strange = host.isEmpty() || host.contains("/") || host.contains("@") || host.contains(" ");
        if (strange || port == 0 || (host.contains(":") && !brackets)) {
            throw CommandException.usage(option + ": " + text
                    + ": is no place of a daemon; give unix:PATH, HOST:PORT or https://HOST:PORT, IPv6 in brackets");
        }
        Tcp plain = new Tcp(host, port, false);
        return switch (tls) {
            case NO -> plain;
            case YES -> new Tcp(host, port, true);
            case UNLESS_LOOPBACK -> new Tcp(host, port, !plain.isLoopback());
        };
    }

    /** 0 where the text is no port. */
    private static int port(String text) {
        if (text.isEmpty() || text.length() > 5 || !text.chars().allMatch(c -> c >= '0' && c <= '9')) {
            return 0;
        }
        int port = Integer.parseInt(text);
        return port > 0xFFFF ? 0 : port;
    }
}
