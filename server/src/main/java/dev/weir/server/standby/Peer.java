package dev.weir.server.standby;

import dev.weir.api.UnixSockets;
import dev.weir.api.v1.GetStandbyRequest;
import dev.weir.api.v1.GetStandbyResponse;
import dev.weir.api.v1.StandbyGrpc;
import dev.weir.api.v1.YieldRequest;
import dev.weir.api.v1.YieldResponse;
import dev.weir.server.config.StandbySettings;
import dev.weir.server.state.Chunks;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.TlsChannelCredentials;
import io.grpc.okhttp.OkHttpChannelBuilder;
import io.grpc.stub.MetadataUtils;
import java.io.EOFException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;
import javax.net.ssl.SSLException;

/**
 * The other machine's API. Files are read at each new connection. After a call that failed the connection is made anew, so that one that a dead line has eaten is not waited for. One
 * thread at a time.
 */
final class Peer implements AutoCloseable {
    private static final Metadata.Key<String> AUTHORIZATION =
            Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);

    private static final int MOST_OCTETS = Chunks.LONGEST + (1 << 16), MOST_TOKEN = 4096;

    /** The library's, which would tell every failed call in its own way. Kept: a logger that nobody holds forgets its level. */
    private static final Logger LIBRARY = Logger.getLogger("io.grpc");

    private final StandbySettings.Peer place;
    private final Executor executor;
    private ManagedChannel channel;
    private boolean open;

    /**
     * Makes a connection; nobody is asked yet.
     *
     * @param executor where answers of streams come
     * @throws UnusableException where this machine's own files cannot be used, as each call does that makes a connection
     */
    Peer(StandbySettings.Peer place, Executor executor) throws UnusableException {
        LIBRARY.setLevel(Level.OFF);
        this.place = place;
        this.executor = executor;
        channel = connect();
        open = true;
    }

    /** Makes the connection anew, and ends what is under way on the one before. */
    private void renew() throws UnusableException {
        channel.shutdownNow();
        open = false;
        channel = connect();
        open = true;
    }

    private ManagedChannel connect() throws UnusableException {
        OkHttpChannelBuilder builder =
                place.socket().isPresent() ? unix(place.socket().get()) : tcp();
        if (place.tokenFile().isPresent()) {
            Metadata headers = new Metadata();
            headers.put(AUTHORIZATION, "Bearer " + token(place.tokenFile().get()));
            builder.intercept(MetadataUtils.newAttachHeadersInterceptor(headers));
        }
        return builder.maxInboundMessageSize(MOST_OCTETS)
                .executor(executor)
                .disableRetry()
                .disableServiceConfigLookUp()
                .proxyDetector(_ -> null)
                .userAgent("weir-standby")
                .build();
    }

    private static OkHttpChannelBuilder unix(Path socket) {
        return OkHttpChannelBuilder.forAddress("127.0.0.1", 1)
                .overrideAuthority("localhost")
                .usePlaintext()
                .socketFactory(new UnixSockets(socket));
    }

    private OkHttpChannelBuilder tcp() throws UnusableException {
        if (!place.tls()) {
            return OkHttpChannelBuilder.forAddress(place.host(), place.port()).usePlaintext();
        }
        TlsChannelCredentials.Builder credentials = TlsChannelCredentials.newBuilder();
        try {
            if (place.authority().isPresent()) {
                credentials.trustManager(place.authority().get().toFile());
            }
            if (place.certificate().isPresent() && place.key().isPresent()) {
                credentials.keyManager(
                        place.certificate().get().toFile(), place.key().get().toFile());
            }
            return OkHttpChannelBuilder.forAddress(place.host(), place.port(), credentials.build());
        } catch (IOException | IllegalArgumentException e) {
            throw new UnusableException(
                    "standby: ca, certificate or key cannot be used: " + e.getMessage() + "; give files in PEM", e);
        }
    }

    private static String token(Path file) throws UnusableException {
        String token;
        try {
            token = Files.size(file) > MOST_TOKEN ? "" : Files.readString(file).strip();
        } catch (IOException e) {
            throw new UnusableException(
                    "standby.token-file: " + file + " cannot be read: " + e + "; write the token there", e);
        }
        if (token.isEmpty() || !token.chars().allMatch(c -> c > ' ' && c < 0x7F)) {
            throw new UnusableException(
                    "standby.token-file: " + file + ": has no single token; write it alone, on one line");
        }
        return token;
    }

    /** Something that is asked. */
    private interface Question<T> {
        T ask(StandbyGrpc.StandbyBlockingStub stub);
    }

    private <T> T ask(long limitNanos, Question<T> question) throws IOException {
        try {
            if (!open) {
                renew();
            }
            return question.ask(
                    StandbyGrpc.newBlockingStub(channel).withDeadlineAfter(limitNanos, TimeUnit.NANOSECONDS));
        } catch (StatusRuntimeException e) {
            open = false;
            String why = told(e.getStatus());
            throw isAnswer(e.getStatus()) ? new RefusedException(why, e) : new IOException(why, e);
        }
    }

    /**
     * Whether somebody there has answered: with a refusal, or in words that are not understood, down to a certificate. Nobody has where no connection is made, one is lost, or
     * time runs out.
     */
    static boolean isAnswer(Status status) {
        boolean tls = false, lost = false;
        for (Throwable cause = status.getCause(); cause != null; cause = cause.getCause()) {
            tls |= cause instanceof SSLException;
            lost |= cause instanceof SocketException
                    || cause instanceof EOFException
                    || cause instanceof InterruptedIOException;
        }
        return switch (status.getCode()) {
            case OK, CANCELLED, DEADLINE_EXCEEDED, UNKNOWN -> false;
            case UNAVAILABLE -> tls && !lost;
            default -> true;
        };
    }

    /** What the other machine is. */
    GetStandbyResponse look(long limitNanos) throws IOException {
        return ask(limitNanos, stub -> stub.getStandby(GetStandbyRequest.getDefaultInstance()));
    }

    /** Tells it that this machine forwards. */
    YieldResponse tellYield(Term term, long limitNanos) throws IOException {
        YieldRequest request = YieldRequest.newBuilder().setTerm(term.message()).build();
        return ask(limitNanos, stub -> stub.yield(request));
    }

    /** For a stream. */
    StandbyGrpc.StandbyStub stream() throws IOException {
        if (!open) {
            renew();
        }
        return StandbyGrpc.newStub(channel);
    }

    /** The next call makes a connection of its own. */
    void giveUpConnection() {
        open = false;
    }

    /** What went wrong, for a person. */
    static String told(Status status) {
        if (status.getCode() == Status.Code.DEADLINE_EXCEEDED) {
            return "no answer in time"; // the library's words have how long, another each time
        }
        Throwable cause = status.getCause();
        while (cause != null && cause.getCause() != null) {
            cause = cause.getCause();
        }
        String said = status.getDescription() == null ? "" : ": " + status.getDescription();
        return status.getCode().name().toLowerCase(java.util.Locale.ROOT).replace('_', ' ')
                + said
                + (cause == null || cause.getMessage() == null ? "" : " (" + cause.getMessage() + ")");
    }

    @Override
    public void close() {
        channel.shutdownNow();
    }
}
