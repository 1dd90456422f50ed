package dev.weir.p4.control;

import dev.weir.p4.node.ProgramControl;
import dev.weir.p4.run.ProgramState;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;

/** Asks workers and waits for their answers; those that end meanwhile are left out. For the control plane's own thread. */
final class Workers {
    private static final int PATIENCE_SECONDS = 30;

    private final ProgramControl control;

    Workers(ProgramControl control) {
        this.control = control;
    }

    /** A worker's answer. */
    record Answer<T>(ProgramControl.Mail from, T answer) {}

    List<ProgramControl.Mail> all() {
        return control.workers();
    }

    /** Of all workers at the same time. */
    <T> List<Answer<T>> ask(Function<? super ProgramState, ? extends T> question) {
        return ask(all(), question);
    }

    <T> List<Answer<T>> ask(List<ProgramControl.Mail> whom, Function<? super ProgramState, ? extends T> question) {
        List<CompletableFuture<T>> asked = new ArrayList<>();
        for (ProgramControl.Mail mail : whom) asked.add(mail.ask(question));
        List<Answer<T>> answers = new ArrayList<>();
        for (int i = 0; i < asked.size(); i++) {
            ProgramControl.Mail from = whom.get(i);
            answer(asked.get(i)).ifPresent(answer -> answers.add(new Answer<>(from, answer)));
        }
        return answers;
    }

    <T> Optional<T> ask(ProgramControl.Mail whom, Function<? super ProgramState, ? extends T> question) {
        CompletableFuture<T> asked = whom.ask(question);
        return answer(asked);
    }

    /** Empty when the worker has ended. */
    private static <T> Optional<T> answer(CompletableFuture<T> asked) {
        try {
            return Optional.of(asked.get(PATIENCE_SECONDS, TimeUnit.SECONDS));
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IllegalStateException) return Optional.empty();
            throw new IllegalStateException("program: a worker could not answer: " + e.getCause(), e.getCause());
        } catch (TimeoutException e) {
            throw new IllegalStateException(
                    "program: a worker has not answered for " + PATIENCE_SECONDS + " s; look at its load", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("program: it is being unloaded", e);
        }
    }
}
