package dev.weir.server.api;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.linecorp.armeria.client.ClientFactory;
import com.linecorp.armeria.client.UnprocessedRequestException;
import com.linecorp.armeria.client.WebClient;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpHeaders;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpObject;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.QueryParams;
import com.linecorp.armeria.common.RequestHeaders;
import com.linecorp.armeria.common.RequestHeadersBuilder;
import com.linecorp.armeria.common.SessionProtocol;
import com.linecorp.armeria.common.util.DomainSocketAddress;
import io.grpc.Status;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;

/** Makes calls with any octets as their request, by gRPC and by HTTP, as no client that was generated does. */
final class RawCaller {
    private static final int PATIENCE_SECONDS = 60, ATTEMPTS = 3;

    /**
     * How a call ended.
     *
     * @param code of gRPC, or of the error that came as JSON
     * @param http the status of HTTP
     * @param text all that was said: headers, body, trailers
     */
    record Answer(Status.Code code, int http, String text) {}

    private final WebClient client;
    private final @Nullable String token;

    private RawCaller(WebClient client, @Nullable String token) {
        this.client = client;
        this.token = token;
    }

    /** By a Unix socket. */
    static RawCaller at(Path socket) {
        return new RawCaller(
                WebClient.builder(
                                SessionProtocol.H2C,
                                DomainSocketAddress.of(socket).asEndpoint())
                        .responseTimeout(Duration.ofSeconds(PATIENCE_SECONDS))
                        .build(),
                null);
    }

    /** By TCP, to an address as the server tells its own. */
    static RawCaller at(String address, ClientFactory factory) {
        return new RawCaller(
                WebClient.builder(address)
                        .factory(factory)
                        .responseTimeout(Duration.ofSeconds(PATIENCE_SECONDS))
                        .build(),
                null);
    }

    /** The same with that token. */
    RawCaller with(String shown) {
        return new RawCaller(client, shown);
    }

    /** By gRPC, with one message of these octets. */
    Answer grpc(ApiCall call, byte[] message) {
        byte[] framed = ByteBuffer.allocate(5 + message.length)
                .put((byte) 0)
                .putInt(message.length)
                .put(message)
                .array();
        return grpcFrames(call, framed);
    }

    /** By gRPC, with these octets as the frames of its messages. */
    Answer grpcFrames(ApiCall call, byte[] frames) {
        return send(grpcHeaders("/" + call.method()), frames, call.isEndless());
    }

    /** By gRPC, of whatever path, with an empty message and a header set to what it should not be. */
    Answer grpc(String path, String header, String value) {
        return send(grpcHeaders(path).set(header, value), new byte[] {0, 0, 0, 0, 0}, false);
    }

    private static RequestHeadersBuilder grpcHeaders(String path) {
        return RequestHeaders.builder(HttpMethod.POST, path)
                .add("content-type", "application/grpc")
                .add("te", "trailers");
    }

    /** By HTTP, with these octets as the body, or where the route has none as the query. */
    Answer http(ApiCall.Route route, byte[] octets) {
        if (route.hasBody()) {
            return send(
                    RequestHeaders.builder(route.verb(), route.path()).contentType(MediaType.JSON),
                    octets,
                    route.call().isEndless());
        }
        // no client sends control characters, nor those that were written as %00
        String text = new String(octets, StandardCharsets.UTF_8).replaceAll("\\p{Cntrl}", "");
        String query = QueryParams.fromQueryString(text).toQueryString().replaceAll("%([01][0-9A-F]|7F)", "");
        return send(
                RequestHeaders.builder(route.verb(), query.isEmpty() ? route.path() : route.path() + "?" + query),
                new byte[0],
                route.call().isEndless());
    }

    private Answer send(RequestHeadersBuilder headers, byte[] body, boolean endless) {
        if (token != null) {
            headers.add("authorization", "Bearer " + token);
        }
        for (int attempt = 1; ; attempt++) {
            var reader = new Reader(endless);
            client.execute(HttpRequest.of(headers.build(), HttpData.wrap(body))).subscribe(reader);
            try {
                return reader.whole
                        .orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS)
                        .join();
            } catch (CompletionException e) {
                // on a busy machine the server may close a new connection before this client has used it
                if (attempt == ATTEMPTS || !(e.getCause() instanceof UnprocessedRequestException)) {
                    throw e;
                }
            }
        }
    }

    /** Takes all of an answer, of one without an end the first message. */
    private static final class Reader implements Subscriber<HttpObject> {
        final CompletableFuture<Answer> whole = new CompletableFuture<>();
        private final boolean endless;
        private final StringBuilder text = new StringBuilder(), body = new StringBuilder();
        private @Nullable String code;
        private int http;

        @SuppressWarnings("NullAway.Init") // set before anything else comes
        private Subscription subscription;

        Reader(boolean endless) {
            this.endless = endless;
        }

        @Override
        public void onSubscribe(Subscription made) {
            subscription = made;
            made.request(Long.MAX_VALUE);
        }

        @Override
        public void onNext(HttpObject part) {
            switch (part) {
                case HttpHeaders headers -> {
                    text.append(headers).append('\n');
                    String status = headers.get(":status");
                    http = status == null ? http : Integer.parseInt(status);
                    String ended = headers.get("grpc-status");
                    code = ended == null ? code : ended;
                }
                case HttpData data -> {
                    text.append(data.toStringUtf8());
                    body.append(data.toStringUtf8());
                    if (endless && http == 200) {
                        subscription.cancel();
                        whole.complete(new Answer(Status.Code.OK, http, text.toString()));
                    }
                }
                default -> throw new AssertionError(part);
            }
        }

        @Override
        public void onError(Throwable why) {
            whole.completeExceptionally(why);
        }

        @Override
        public void onComplete() {
            Status.Code ended = code == null
                    ? codeOf(body.toString())
                    : Status.fromCodeValue(Integer.parseInt(code)).getCode();
            whole.complete(new Answer(ended, http, text.toString()));
        }

        /** Of an answer over HTTP: what the error says that it is or that it ends with. */
        private Status.Code codeOf(String json) {
            String last = json.strip().lines().reduce("", (_, line) -> line);
            JsonObject error = object(last);
            if (http == 200) {
                error = error.has("error") ? error.getAsJsonObject("error") : new JsonObject();
            }
            JsonElement number = error.get("code");
            if (number == null) {
                return http == 200 ? Status.Code.OK : Status.Code.UNKNOWN;
            }
            return Status.fromCodeValue(number.getAsInt()).getCode();
        }

        private static JsonObject object(String json) {
            try {
                return JsonParser.parseString(json).getAsJsonObject();
            } catch (JsonParseException | IllegalStateException _) {
                return new JsonObject();
            }
        }
    }
}
