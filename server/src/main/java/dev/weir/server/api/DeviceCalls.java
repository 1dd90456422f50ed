package dev.weir.server.api;

import com.google.rpc.Code;
import dev.weir.offload.check.Fault;
import dev.weir.offload.driver.DriverException;
import dev.weir.offload.json.JsonDocuments;
import dev.weir.offload.json.JsonFormatException;
import dev.weir.offload.model.Document;
import dev.weir.offload.model.Flow;
import dev.weir.server.flowtables.FlowTableDrivers;
import dev.weir.server.flowtables.FlowTableDrivers.Device;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;

/** What calls of devices have in common: how devices are named, documents read, and failures told. Any thread. */
final class DeviceCalls {
    private final FlowTableDrivers drivers;

    DeviceCalls(FlowTableDrivers drivers) {
        this.drivers = drivers;
    }

    Device found(String name) {
        if (name.isEmpty()) throw Refusal.field("interface", "is missing; give a driver, or driver and number as sw/2");
        try {
            return drivers.find(name);
        } catch (DriverException e) {
            throw refusal(e);
        }
    }

    /** The flows that a document lists. */
    static List<Flow> flows(String document) {
        try {
            if (JsonDocuments.read(document) instanceof Document.Flows flows) return flows.items();
        } catch (JsonFormatException e) {
            throw Refusal.field("document", String.valueOf(e.getMessage()));
        }
        throw Refusal.field("document", "lists no flows; give {\"flows\": [...]}");
    }

    static String document(List<Flow> flows) {
        return JsonDocuments.write(new Document.Flows(flows));
    }

    /** A driver's answer, with a failure as callers are told it. */
    static <T> CompletionStage<T> answered(CompletableFuture<T> answer) {
        return answer.exceptionally(why -> {
            Throwable cause = why instanceof CompletionException && why.getCause() != null ? why.getCause() : why;
            throw cause instanceof DriverException failure ? refusal(failure) : new CompletionException(cause);
        });
    }

    static Refusal refusal(DriverException failure) {
        String message = String.valueOf(failure.getMessage());
        Fault fault = failure.fault();
        return switch (fault) {
            case UNKNOWN_INTERFACE, UNKNOWN_TABLE, NOT_FOUND -> Refusal.notFound(message);
            case BAD_REQUEST -> Refusal.coded(Code.INVALID_ARGUMENT_VALUE, message);
            case TIMED_OUT, BACKEND_FAILED -> Refusal.coded(Code.ABORTED_VALUE, message);
            default -> Refusal.coded(Code.FAILED_PRECONDITION_VALUE, message);
        };
    }
}
