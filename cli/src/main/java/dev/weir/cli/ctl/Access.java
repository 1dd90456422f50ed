package dev.weir.cli.ctl;

import dev.weir.api.UnixSockets;
import dev.weir.cli.CommandException;
import io.grpc.ChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.TlsChannelCredentials;
import io.grpc.okhttp.OkHttpChannelBuilder;
import io.grpc.stub.MetadataUtils;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * How to reach a daemon and who asks: its place, and for TCP the token, and certificates of the daemon's authority and of the caller.
 *
 * @param tokenFile holds a token on its first line
 * @param authority PEM file of certificates that the daemon's one leads to; null for those that Java trusts
 * @param certificate the caller's, PEM; with {@code key}, PEM of PKCS #8
 */
record Access(
        Server server,
        @Nullable String tokenFile,
        @Nullable String authority,
        @Nullable String certificate,
        @Nullable String key) {
    private static final Metadata.Key<String> AUTHORIZATION =
            Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);
    private static final int MAX_TOKEN = 4096;
    /** What a daemon sends at the most: a page of the largest size with room. */
    private static final int MAX_MESSAGE = 16 << 20;

    /** The library's, which would tell in its own way what {@link Failures} tells. Kept: a logger that nobody holds forgets its level. */
    private static final Logger LIBRARY = Logger.getLogger("io.grpc");

    /** A channel; nothing is connected before the first call. */
    ManagedChannel open() throws CommandException {
        LIBRARY.setLevel(Level.OFF);
        OkHttpChannelBuilder channel = switch (server) {
            case Server.Unix unix -> unix(unix);
            case Server.Tcp tcp -> tcp(tcp);
        };
        String token = token();
        if (token != null) {
            Metadata headers = new Metadata();
            headers.put(AUTHORIZATION, "Bearer " + token);
            channel.intercept(MetadataUtils.newAttachHeadersInterceptor(headers));
        }
        return channel.maxInboundMessageSize(MAX_MESSAGE)
                .disableRetry()
                .disableServiceConfigLookUp()
                .userAgent("weir-ctl")
                .build();
    }

    private static OkHttpChannelBuilder unix(Server.Unix unix) {
        return OkHttpChannelBuilder.forAddress("127.0.0.1", 1)
                .overrideAuthority("localhost")
                .proxyDetector(_ -> null)
                .usePlaintext()
                .socketFactory(new UnixSockets(unix.path()));
    }

    private OkHttpChannelBuilder tcp(Server.Tcp tcp) throws CommandException {
        if (tcp.tls()) {
            return OkHttpChannelBuilder.forAddress(tcp.host(), tcp.port(), credentials());
        }
        if (authority != null || certificate != null || key != null) {
            throw CommandException.usage(tcp
                    + ": is not encrypted, so no certificate is shown; give https://, or leave --ca, --cert and --key");
        }
        if (tokenFile != null && !tcp.isLoopback()) {
            throw CommandException.usage(tcp + ": is not encrypted, anybody could read the token; give https://");
        }
        return OkHttpChannelBuilder.forAddress(tcp.host(), tcp.port()).usePlaintext();
    }

    private ChannelCredentials credentials() throws CommandException {
        if ((certificate == null) != (key == null)) {
            throw CommandException.usage("--cert and --key: belong together; give both");
        }
        TlsChannelCredentials.Builder credentials = TlsChannelCredentials.newBuilder();
        String reading = "";
        try {
            if (authority != null) {
                reading = "--ca: " + authority;
                credentials.trustManager(new File(authority));
            }
            if (certificate != null && key != null) {
                reading = "--cert, --key: " + certificate + ", " + key;
                credentials.keyManager(new File(certificate), new File(key));
            }
        } catch (IOException e) {
            throw CommandException.failed(reading + ": cannot be read: " + e.getMessage() + "; give a PEM file", e);
        }
        return credentials.build();
    }

    private @Nullable String token() throws CommandException {
        if (tokenFile == null) {
            return null;
        }
        try {
            Path file = Path.of(tokenFile);
            if (Files.size(file) > MAX_TOKEN) {
                throw CommandException.usage(
                        "--token-file: " + tokenFile + ": is too large for a token; give its file");
            }
            String token = Files.readString(file).strip();
            boolean good = !token.isEmpty() && token.chars().allMatch(c -> c > ' ' && c < 0x7F);
            if (!good) {
                throw CommandException.usage("--token-file: " + tokenFile
                        + ": is empty or no single token; write the token alone into it, on one line");
            }
            return token;
        } catch (IOException | IllegalArgumentException e) {
            throw CommandException.failed(
                    "--token-file: " + tokenFile + ": cannot be read: " + e.getMessage()
                            + "; give a file that holds the token",
                    e);
        }
    }
}
