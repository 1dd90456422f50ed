package dev.weir.server.api.access;

import com.google.protobuf.InvalidProtocolBufferException;
import com.linecorp.armeria.common.AggregatedHttpResponse;
import com.linecorp.armeria.common.ClosedSessionException;
import com.linecorp.armeria.common.ContentTooLargeException;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.RequestContext;
import com.linecorp.armeria.common.RequestHeaders;
import com.linecorp.armeria.common.ResponseCompleteException;
import com.linecorp.armeria.common.ResponseHeaders;
import com.linecorp.armeria.common.grpc.GrpcExceptionHandlerFunction;
import com.linecorp.armeria.common.stream.ClosedStreamException;
import com.linecorp.armeria.server.HttpResponseException;
import com.linecorp.armeria.server.HttpStatusException;
import com.linecorp.armeria.server.RequestTimeoutException;
import com.linecorp.armeria.server.ServerErrorHandler;
import com.linecorp.armeria.server.ServiceConfig;
import com.linecorp.armeria.server.ServiceRequestContext;
import dev.weir.server.DaemonLog;
import dev.weir.server.api.http.JsonErrors;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.StatusRuntimeException;
import java.nio.channels.ClosedChannelException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What callers are told when something fails before a service has answered. What the daemon itself did wrong goes to its log;
 * callers learn that it was the daemon, and no more. Any thread.
 */
final class Failures implements GrpcExceptionHandlerFunction, ServerErrorHandler {
    /** Where the library takes messages out of requests, and how deep that is below what finds octets missing, at the most. */
    private static final String DEFRAMERS = "com.linecorp.armeria.common.grpc.protocol.";

    private static final int DEFRAMER_DEPTH = 6;

    private static final Status NO_MESSAGE =
            Status.INVALID_ARGUMENT.withDescription("the request is no message of gRPC");

    private static final Status TOO_LONG =
            Status.RESOURCE_EXHAUSTED.withDescription("the message is longer than this daemon takes");

    private final DaemonLog log;

    Failures(DaemonLog log) {
        this.log = log;
    }

    @Override
    public Status apply(RequestContext context, Status status, Throwable cause, Metadata metadata) {
        return told(context, status.withCause(cause));
    }

    /** What the caller is told of how a call ended. */
    Status told(RequestContext context, Status status) {
        Status told = isOfFrames(status) ? frames(status) : told(context, status, cause(status));
        CallEnd.told(context, told);
        return told;
    }

    private Status told(RequestContext context, Status status, Throwable cause) {
        return switch (status.getCode()) {
            case UNKNOWN -> status(context, cause);
            case INTERNAL ->
                cause instanceof InvalidProtocolBufferException ? status(context, cause) : internal(context, cause);
            default -> status;
        };
    }

    /** Whether it is about what stands before a message, its length and how it is compressed; the library says so with its name. */
    private static boolean isOfFrames(Status status) {
        return String.valueOf(status.getDescription()).startsWith(DEFRAMERS);
    }

    private static Status frames(Status status) {
        return status.getCode() == Status.Code.RESOURCE_EXHAUSTED ? TOO_LONG : NO_MESSAGE;
    }

    /** What is behind a status: not that a library gave its own failure that code. */
    private static Throwable cause(Status status) {
        Throwable cause = status.getCause();
        if (cause instanceof StatusRuntimeException e && e.getStatus().getCause() != null) {
            cause = e.getStatus().getCause();
        }
        return cause == null ? status.asException() : cause;
    }

    /** Told to the log once a call: the library asks again about what it has been told. */
    private Status internal(RequestContext context, Throwable cause) {
        if (isCutShort(cause)) {
            return NO_MESSAGE;
        }
        if (CallEnd.of(context).getCode() != Status.Code.INTERNAL) {
            log.error("api: internal error: " + cause + "; please report it");
        }
        return Status.INTERNAL;
    }

    /** Whether it is what the library makes of a request that ends within a message. */
    private static boolean isCutShort(Throwable cause) {
        return cause instanceof IndexOutOfBoundsException
                && Arrays.stream(cause.getStackTrace())
                        .limit(DEFRAMER_DEPTH)
                        .anyMatch(frame -> frame.getClassName().startsWith(DEFRAMERS));
    }

    private Status status(RequestContext context, Throwable cause) {
        return switch (cause) {
            case StatusRuntimeException e -> e.getStatus();
            case StatusException e -> e.getStatus();
            case ContentTooLargeException _ -> TOO_LONG;
            case InvalidProtocolBufferException _ ->
                Status.INVALID_ARGUMENT.withDescription("the request is no message of its type");
            case RequestTimeoutException _ ->
                Status.DEADLINE_EXCEEDED.withDescription("the request did not come in in time");
            case ClosedSessionException _,
                    ClosedStreamException _,
                    ClosedChannelException _,
                    ResponseCompleteException _ -> // a stream of requests went on after its answer
                Status.CANCELLED;
            default -> internal(context, cause);
        };
    }

    @Override
    public HttpResponse onServiceException(ServiceRequestContext context, Throwable cause) {
        if (cause instanceof HttpStatusException || cause instanceof HttpResponseException) {
            return HttpResponse.ofFailure(cause);
        }
        Status status = status(context, cause);
        HttpStatus http = switch (cause) {
            case ContentTooLargeException _ -> HttpStatus.REQUEST_ENTITY_TOO_LARGE;
            case RequestTimeoutException _ -> HttpStatus.REQUEST_TIMEOUT;
            default -> JsonErrors.httpStatus(status.getCode());
        };
        return HttpResponse.of(http, MediaType.JSON_UTF_8, JsonErrors.body(status));
    }

    @Override
    public @Nullable AggregatedHttpResponse renderStatus(
            @Nullable ServiceRequestContext context,
            ServiceConfig config,
            @Nullable RequestHeaders headers,
            HttpStatus http,
            @Nullable String description,
            @Nullable Throwable cause) {
        if (http.isContentAlwaysEmpty()) {
            return AggregatedHttpResponse.of(ResponseHeaders.of(http));
        }
        return AggregatedHttpResponse.of(http, MediaType.JSON_UTF_8, JsonErrors.body(status(http)));
    }

    /** What a status that HTTP itself gives means as a code. */
    private static Status status(HttpStatus http) {
        Status.Code code = switch (http.code()) {
            case 401 -> Status.Code.UNAUTHENTICATED;
            case 403 -> Status.Code.PERMISSION_DENIED;
            case 404 -> Status.Code.NOT_FOUND;
            case 405, 501 -> Status.Code.UNIMPLEMENTED;
            case 408 -> Status.Code.DEADLINE_EXCEEDED;
            case 413, 414, 429, 431 -> Status.Code.RESOURCE_EXHAUSTED;
            case 503 -> Status.Code.UNAVAILABLE;
            default -> http.isClientError() ? Status.Code.INVALID_ARGUMENT : Status.Code.INTERNAL;
        };
        return code.toStatus().withDescription(http.reasonPhrase().toLowerCase(java.util.Locale.ROOT));
    }
}
