package dev.weir.server.api.http;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.JsonFormat;
import com.google.rpc.ErrorDetailsProto;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpStatus;
import dev.weir.api.v1.ProgramFaults;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.protobuf.StatusProto;

/**
 * How calls over HTTP fail: a status of HTTP, and a {@code google.rpc.Status} as JSON with the code, a message and details.
 * The code is that of gRPC, the status what {@code google/rpc/code.proto} maps it to.
 */
public final class JsonErrors {
    private static final JsonFormat.Printer PRINTER = JsonFormat.printer()
            .usingTypeRegistry(JsonFormat.TypeRegistry.newBuilder()
                    .add(ErrorDetailsProto.getDescriptor().getMessageTypes())
                    .add(ProgramFaults.getDescriptor())
                    .build())
            .omittingInsignificantWhitespace();

    private static final Metadata NO_TRAILERS = new Metadata();

    private JsonErrors() {}

    /** The status of HTTP for a code of gRPC. */
    public static HttpStatus httpStatus(Status.Code code) {
        return switch (code) {
            case OK -> HttpStatus.OK;
            case INVALID_ARGUMENT, FAILED_PRECONDITION, OUT_OF_RANGE -> HttpStatus.BAD_REQUEST;
            case UNAUTHENTICATED -> HttpStatus.UNAUTHORIZED;
            case PERMISSION_DENIED -> HttpStatus.FORBIDDEN;
            case NOT_FOUND -> HttpStatus.NOT_FOUND;
            case ALREADY_EXISTS, ABORTED -> HttpStatus.CONFLICT;
            case RESOURCE_EXHAUSTED -> HttpStatus.TOO_MANY_REQUESTS;
            case CANCELLED -> HttpStatus.valueOf(499);
            case UNIMPLEMENTED -> HttpStatus.NOT_IMPLEMENTED;
            case UNAVAILABLE -> HttpStatus.SERVICE_UNAVAILABLE;
            case DEADLINE_EXCEEDED -> HttpStatus.GATEWAY_TIMEOUT;
            case UNKNOWN, INTERNAL, DATA_LOSS -> HttpStatus.INTERNAL_SERVER_ERROR;
        };
    }

    /** The error as a line of JSON without its end. */
    public static String json(Status status) {
        return json(status, NO_TRAILERS);
    }

    /** The same with the details that the trailers have. */
    static String json(Status status, Metadata trailers) {
        com.google.rpc.Status error = StatusProto.fromStatusAndTrailers(status, trailers).toBuilder()
                .setMessage(status.getDescription() == null ? words(status.getCode()) : status.getDescription())
                .build();
        try {
            return PRINTER.print(error);
        } catch (InvalidProtocolBufferException e) {
            return json(status); // details of a kind that nobody knows
        }
    }

    /** The same as what is sent. */
    public static HttpData body(Status status) {
        return HttpData.ofUtf8(json(status) + "\n");
    }

    private static String words(Status.Code code) {
        return code.name().toLowerCase(java.util.Locale.ROOT).replace('_', ' ');
    }
}
