package dev.weir.server.p4runtime;

import com.google.protobuf.Any;
import com.google.rpc.Code;
import com.google.rpc.Status;
import dev.weir.api.p4.v1.Error;
import dev.weir.api.p4.v1.Update;
import dev.weir.api.p4.v1.WriteRequest;
import dev.weir.p4.control.Atomicity;
import dev.weir.p4.control.Change;
import dev.weir.p4.control.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** The updates of one Write: what each of them changes, and what came of it. One thread. */
final class WriteCall {
    static final String SPACE = "weir";

    private final WriteRequest request;
    private final Changes codec;
    private final DigestLists digests;
    /** Of each update; null for one that was right so far. */
    private final @Nullable EntityFault[] faults;

    private final List<Change> changes = new ArrayList<>();
    /** Of each change, the update that it is of. */
    private final List<Integer> owners = new ArrayList<>();

    WriteCall(WriteRequest request, Changes codec, DigestLists digests) {
        this.request = request;
        this.codec = codec;
        this.digests = digests;
        faults = new EntityFault[request.getUpdatesCount()];
    }

    private Atomicity atomicity() throws EntityFault {
        return switch (request.getAtomicity()) {
            case CONTINUE_ON_ERROR -> Atomicity.CONTINUE_ON_ERROR;
            case ROLLBACK_ON_ERROR -> Atomicity.ROLLBACK_ON_ERROR;
            case DATAPLANE_ATOMIC -> Atomicity.DATAPLANE_ATOMIC;
            case UNRECOGNIZED ->
                throw EntityFault.invalid("atomicity=" + request.getAtomicityValue() + ": is none of the standard's");
        };
    }

    /** Does it; the future has the status of the call, with an error for each update where one failed. */
    CompletableFuture<Status> on(ForwardingPipeline pipeline) throws EntityFault {
        Atomicity atomicity = atomicity();
        boolean whole = atomicity != Atomicity.CONTINUE_ON_ERROR;
        for (int i = 0; i < faults.length; i++) read(i);
        if (whole && failed()) {
            abortOthers();
            return CompletableFuture.completedFuture(status());
        }
        if (changes.isEmpty()) {
            configureDigests();
            return CompletableFuture.completedFuture(status());
        }
        return pipeline.write(changes, atomicity).thenApply(outcomes -> {
            for (int i = 0; i < outcomes.size(); i++) note(owners.get(i), outcomes.get(i));
            if (!whole || !failed()) configureDigests();
            if (whole && failed()) abortOthers();
            return status();
        });
    }

    /** Looks at the updates, and has them done when the program runs. */
    Status later(SavedPipeline saved) throws EntityFault {
        boolean whole = atomicity() != Atomicity.CONTINUE_ON_ERROR;
        WriteRequest.Builder right = request.toBuilder().clearUpdates();
        for (int i = 0; i < faults.length; i++) {
            read(i);
            if (faults[i] == null) right.addUpdates(request.getUpdates(i));
        }
        if (whole && failed()) {
            abortOthers();
        } else {
            saved.add(right.build());
        }
        return status();
    }

    private void read(int i) {
        Update update = request.getUpdates(i);
        try {
            if (update.getEntity().hasDigestEntry()) digests.check(update);
            for (Change change : codec.of(update)) {
                changes.add(change);
                owners.add(i);
            }
        } catch (EntityFault fault) {
            faults[i] = fault;
        }
    }

    private void configureDigests() {
        for (int i = 0; i < faults.length; i++) {
            Update update = request.getUpdates(i);
            if (faults[i] != null || !update.getEntity().hasDigestEntry()) continue;
            try {
                digests.configure(update);
            } catch (EntityFault fault) {
                faults[i] = fault;
            }
        }
    }

    private void note(int update, Outcome outcome) {
        if (outcome.isDone() || faults[update] != null) return;
        faults[update] = new EntityFault(code(outcome.status()), outcome.message());
    }

    private static Code code(Outcome.Status status) {
        return switch (status) {
            case DONE -> Code.OK;
            case EXISTS -> Code.ALREADY_EXISTS;
            case MISSING -> Code.NOT_FOUND;
            case FULL -> Code.RESOURCE_EXHAUSTED;
            case CONSTANT, DENIED -> Code.PERMISSION_DENIED;
            case INVALID -> Code.INVALID_ARGUMENT;
            case PRECONDITION -> Code.FAILED_PRECONDITION;
            case ABORTED -> Code.ABORTED;
            case UNAVAILABLE -> Code.UNAVAILABLE;
        };
    }

    private boolean failed() {
        for (EntityFault fault : faults) {
            if (fault != null) return true;
        }
        return false;
    }

    private void abortOthers() {
        for (int i = 0; i < faults.length; i++) {
            if (faults[i] == null) {
                faults[i] = new EntityFault(Code.ABORTED, "not done, as another update of this Write failed");
            }
        }
    }

    private Status status() {
        if (!failed()) return Status.getDefaultInstance();
        Status.Builder status = Status.newBuilder()
                .setCode(Code.UNKNOWN_VALUE)
                .setMessage("not all updates were done; the details have an error for each");
        for (EntityFault fault : faults) {
            Error.Builder error = Error.newBuilder();
            if (fault != null) {
                error.setCanonicalCode(fault.code().getNumber())
                        .setMessage(fault.text())
                        .setSpace(SPACE);
            }
            status.addDetails(Any.pack(error.build()));
        }
        return status.build();
    }
}
