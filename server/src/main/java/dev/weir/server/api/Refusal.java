package dev.weir.server.api;

import com.google.protobuf.Any;
import com.google.protobuf.Message;
import com.google.rpc.BadRequest;
import com.google.rpc.Code;
import com.google.rpc.PreconditionFailure;
import com.google.rpc.Status;
import dev.weir.dataplane.graph.GraphConfig.Fault;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A call that is not done: the status that its caller gets. Has no stack trace: it is no bug. */
final class Refusal extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final transient Status status;

    private Refusal(Status status) {
        super(status.getMessage(), null, false, false);
        this.status = status;
    }

    private static Refusal of(Code code, String message) {
        return new Refusal(Status.newBuilder()
                .setCode(code.getNumber())
                .setMessage(message)
                .build());
    }

    /**
     * A field of the request is wrong.
     *
     * @param field its path in the request, as {@code change.key.text}; its elements by number from 0
     * @param why what is wrong; what to do
     */
    static Refusal field(String field, String why) {
        return field(field, why, null);
    }

    /** The same with something more to say about it. */
    static Refusal field(String field, String why, @Nullable Message more) {
        BadRequest details = BadRequest.newBuilder()
                .addFieldViolations(
                        BadRequest.FieldViolation.newBuilder().setField(field).setDescription(why))
                .build();
        Status.Builder status = Status.newBuilder()
                .setCode(Code.INVALID_ARGUMENT_VALUE)
                .setMessage(field + ": " + why)
                .addDetails(Any.pack(details));
        if (more != null) status.addDetails(Any.pack(more));
        return new Refusal(status.build());
    }

    /** @param code of {@link Code} */
    static Refusal coded(int code, String message) {
        return new Refusal(Status.newBuilder().setCode(code).setMessage(message).build());
    }

    /** What the request names is not there. */
    static Refusal notFound(String what) {
        return of(Code.NOT_FOUND, what);
    }

    /** Something of that name is there. */
    static Refusal exists(String what) {
        return of(Code.ALREADY_EXISTS, what);
    }

    /** There is too much of it already. */
    static Refusal exhausted(String why) {
        return of(Code.RESOURCE_EXHAUSTED, why);
    }

    /** Not as things stand. */
    static Refusal precondition(String why) {
        return of(Code.FAILED_PRECONDITION, why);
    }

    /** Not now. */
    static Refusal unavailable(String why) {
        return of(Code.UNAVAILABLE, why);
    }

    /** The configuration does not allow it. */
    static Refusal configuration(List<Fault> faults) {
        var details = PreconditionFailure.newBuilder();
        var message = new StringBuilder();
        for (Fault fault : faults) {
            details.addViolations(PreconditionFailure.Violation.newBuilder()
                    .setType("CONFIGURATION")
                    .setSubject(fault.path())
                    .setDescription(fault.message()));
            message.append(message.isEmpty() ? "" : ", and ");
            message.append(fault.path().isEmpty() ? fault.message() : fault.toString());
        }
        return new Refusal(Status.newBuilder()
                .setCode(Code.FAILED_PRECONDITION_VALUE)
                .setMessage(message.toString())
                .addDetails(Any.pack(details.build()))
                .build());
    }

    /** Something is wrong with the daemon. The caller is told no more. */
    static Refusal internal() {
        return of(Code.INTERNAL, "internal error; the daemon's log says more");
    }

    /** A code of {@link Code}. */
    int code() {
        return status.getCode();
    }

    /** What is wrong, for a person. */
    String message() {
        return status.getMessage();
    }

    StatusRuntimeException toException() {
        return StatusProto.toStatusRuntimeException(status);
    }
}
