package dev.weir.p4.node;

import dev.weir.p4.run.ProgramState;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * How the control plane reaches a program that workers run: what it asks is done by each of them between two of its vectors, at the latest after a tenth
 * of a second. Any thread may ask.
 */
public final class ProgramControl {
    /** How much is done between two vectors. */
    private static final int PIECE = 64;

    private final List<Mail> workers = new CopyOnWriteArrayList<>();

    /** For a worker that begins to run the program. */
    Mail join() {
        Mail mail = new Mail();
        workers.add(mail);
        return mail;
    }

    /**
     * Has each worker answer.
     *
     * @return the answers, a worker each; a worker that ends instead gives an {@link IllegalStateException}
     */
    public <T> List<CompletableFuture<T>> ask(Function<? super ProgramState, ? extends T> question) {
        List<CompletableFuture<T>> answers = new ArrayList<>();
        for (Mail mail : workers) answers.add(mail.put(question));
        return answers;
    }

    /** The questions to one worker. */
    final class Mail {
        private final Queue<Letter<?>> letters = new ConcurrentLinkedQueue<>();
        private volatile boolean closed;

        private <T> CompletableFuture<T> put(Function<? super ProgramState, ? extends T> question) {
            Letter<T> letter = new Letter<>(question, new CompletableFuture<>());
            letters.add(letter);
            if (closed) refuse();
            return letter.answer;
        }

        /** Answers what was asked. */
        void deliver(ProgramState state) {
            for (int i = 0; i < PIECE; i++) {
                Letter<?> letter = letters.poll();
                if (letter == null) return;
                letter.deliver(state);
            }
        }

        void close() {
            workers.remove(this);
            closed = true;
            refuse();
        }

        private void refuse() {
            for (Letter<?> letter = letters.poll(); letter != null; letter = letters.poll()) letter.deliver(null);
        }
    }

    private record Letter<T>(Function<? super ProgramState, ? extends T> question, CompletableFuture<T> answer) {
        void deliver(@Nullable ProgramState state) {
            if (state == null) {
                answer.completeExceptionally(
                        new IllegalStateException("program: it does not run any more; load it again"));
                return;
            }
            try {
                answer.complete(question.apply(state));
            } catch (RuntimeException e) {
                answer.completeExceptionally(e);
            }
        }
    }
}
