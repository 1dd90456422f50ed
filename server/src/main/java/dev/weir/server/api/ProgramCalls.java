package dev.weir.server.api;

import com.google.rpc.Code;
import dev.weir.api.v1.EntryFailure;
import dev.weir.p4.control.Change;
import dev.weir.p4.control.Outcome;
import dev.weir.p4.tc.PortNames;
import dev.weir.server.programs.LoadException;
import dev.weir.server.programs.Programs;
import dev.weir.server.programs.RunningNode;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/** What calls about programs have in common: which program is meant, what its refusals mean. Stateless but for the programs. */
final class ProgramCalls {
    /** Changes of a request at the most. */
    static final int MAX_CHANGES = 10_000;

    private final Programs programs;

    ProgramCalls(Programs programs) {
        this.programs = programs;
    }

    /** As programs know ports now. */
    PortNames ports() {
        return new PortNames(programs.portNames());
    }

    RunningNode found(String name, String field) {
        try {
            return programs.find(name);
        } catch (LoadException e) {
            throw ProgramLoads.refusal(e, field);
        }
    }

    EntryRequests requests(RunningNode program) {
        return new EntryRequests(program.image().schema(), ports());
    }

    EntryMessages messages() {
        return new EntryMessages(ports());
    }

    /** With what a program's control plane says against a call as its refusal. */
    static <T> CompletionStage<T> answered(CompletableFuture<T> asked) {
        return asked.exceptionally(why -> {
            Throwable cause = why instanceof CompletionException && why.getCause() != null ? why.getCause() : why;
            if (cause instanceof IllegalStateException) throw Refusal.unavailable(String.valueOf(cause.getMessage()));
            throw cause instanceof RuntimeException e ? e : new CompletionException(cause);
        });
    }

    /** Of the changes of a request those that mean something, and what is wrong with the others. */
    record Read(List<@Nullable Change> changes, List<EntryFailure> failures) {
        List<Change> good() {
            List<Change> good = new ArrayList<>();
            for (Change change : changes) {
                if (change != null) good.add(change);
            }
            return good;
        }
    }

    static <T> Read read(List<T> wanted, BiFunction<T, String, Change> reading) {
        if (wanted.size() > MAX_CHANGES) {
            throw Refusal.field("changes", "are too many: " + wanted.size() + "; give " + MAX_CHANGES + " at the most");
        }
        List<@Nullable Change> changes = new ArrayList<>();
        List<EntryFailure> failures = new ArrayList<>();
        for (int i = 0; i < wanted.size(); i++) {
            try {
                changes.add(reading.apply(wanted.get(i), "changes[" + i + "]"));
            } catch (Refusal refusal) {
                changes.add(null);
                failures.add(failure(i, refusal.code(), refusal.message()));
            }
        }
        return new Read(changes, failures);
    }

    /** What was not done: outcomes are those of the good changes, in their order. */
    static List<EntryFailure> failures(Read read, List<Outcome> outcomes) {
        List<EntryFailure> failures = new ArrayList<>(read.failures());
        int at = 0;
        for (int i = 0; i < read.changes().size(); i++) {
            if (read.changes().get(i) == null) continue;
            Outcome outcome = outcomes.get(at++);
            if (!outcome.isDone()) failures.add(failure(i, code(outcome.status()), outcome.message()));
        }
        failures.sort(java.util.Comparator.comparingInt(EntryFailure::getIndex));
        return failures;
    }

    /** Where one that is wrong means that none is done: that, of all the others. */
    static List<EntryFailure> aborted(Read read) {
        List<Outcome> none = read.good().stream()
                .map(_ -> new Outcome(
                        Outcome.Status.ABORTED, "not done: another change of the request is wrong; correct it", 0))
                .toList();
        return failures(read, none);
    }

    private static EntryFailure failure(int index, int code, String message) {
        return EntryFailure.newBuilder()
                .setIndex(index)
                .setCode(code)
                .setMessage(message)
                .build();
    }

    private static int code(Outcome.Status status) {
        return switch (status) {
            case DONE -> Code.OK_VALUE;
            case EXISTS -> Code.ALREADY_EXISTS_VALUE;
            case MISSING -> Code.NOT_FOUND_VALUE;
            case FULL -> Code.RESOURCE_EXHAUSTED_VALUE;
            case CONSTANT, DENIED -> Code.PERMISSION_DENIED_VALUE;
            case INVALID -> Code.INVALID_ARGUMENT_VALUE;
            case PRECONDITION -> Code.FAILED_PRECONDITION_VALUE;
            case ABORTED -> Code.ABORTED_VALUE;
            case UNAVAILABLE -> Code.UNAVAILABLE_VALUE;
        };
    }

    /** The refusal that an outcome is. */
    static Refusal refusal(Outcome outcome, String field) {
        return outcome.status() == Outcome.Status.INVALID
                ? Refusal.field(field, outcome.message())
                : Refusal.coded(code(outcome.status()), outcome.message());
    }
}
