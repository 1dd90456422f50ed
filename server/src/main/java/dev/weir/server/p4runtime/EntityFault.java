package dev.weir.server.p4runtime;

import com.google.rpc.Code;
import io.grpc.Status;

/** Something that a controller asks for cannot be done: which code P4Runtime has for it, and what to do. */
final class EntityFault extends Exception {
    private static final long serialVersionUID = 1L;

    private final Code code;

    EntityFault(Code code, String message) {
        super(message, null, false, false);
        this.code = code;
    }

    static EntityFault invalid(String message) {
        return new EntityFault(Code.INVALID_ARGUMENT, message);
    }

    static EntityFault missing(String message) {
        return new EntityFault(Code.NOT_FOUND, message);
    }

    Code code() {
        return code;
    }

    String text() {
        return String.valueOf(getMessage());
    }

    /** Of a whole call. */
    Status status() {
        return Status.fromCodeValue(code.getNumber()).withDescription(text());
    }
}
