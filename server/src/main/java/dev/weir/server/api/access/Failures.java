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
import org.jspecify.annotations.Nullable;

/**
 * What callers are told when something fails before a service has answered. What the daemon itself did wrong goes to its log;
 * callers learn that it was the daemon, and no more. Any thread.
 */
final class Failures implements GrpcExceptionHandlerFunction, ServerErrorHandler {
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
        Throwable cause = cause(status);
        Status told = switch (status.getCode()) {
            case UNKNOWN -> status(cause);
            case INTERNAL -> cause instanceof InvalidProtocolBufferException ? status(cause) : internal(cause);
            default -> status;
        };
        CallEnd.told(context, told);
        return told;
    }

    /** What is behind a status: not that a library gave its own failure that code. */
    private static Throwable cause(Status status) {
        Throwable cause = status.getCause();
        if (cause instanceof StatusRuntimeException e && e.getStatus().getCause() != null) {
            cause = e.getStatus().getCause();
        }
        return cause == null ? status.asException() : cause;
    }

    private Status internal(Throwable cause) {
        log.error("api: internal error: " + cause + "; please report it");
        return Status.INTERNAL;
    }

    private Status status(Throwable cause) {
        return switch (cause) {
            case StatusRuntimeException e -> e.getStatus();
            case StatusException e -> e.getStatus();
            case ContentTooLargeException _ ->
                Status.RESOURCE_EXHAUSTED.withDescription("the message is longer than this daemon takes");
            case InvalidProtocolBufferException _ ->
                Status.INVALID_ARGUMENT.withDescription("the request is no message of its type");
            case RequestTimeoutException _ ->
                Status.DEADLINE_EXCEEDED.withDescription("the request did not come in in time");
            case ClosedSessionException _, ClosedStreamException _, ClosedChannelException _ -> Status.CANCELLED;
            default -> internal(cause);
        };
    }

    @Override
    public HttpResponse onServiceException(ServiceRequestContext context, Throwable cause) {
        if (cause instanceof HttpStatusException || cause instanceof HttpResponseException) {
            return HttpResponse.ofFailure(cause);
        }
        HttpStatus http = switch (cause) {
            case ContentTooLargeException _ -> HttpStatus.REQUEST_ENTITY_TOO_LARGE;
            case RequestTimeoutException _ -> HttpStatus.REQUEST_TIMEOUT;
            default -> JsonErrors.httpStatus(status(cause).getCode());
        };
        return HttpResponse.of(http, MediaType.JSON_UTF_8, JsonErrors.body(status(cause)));
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
