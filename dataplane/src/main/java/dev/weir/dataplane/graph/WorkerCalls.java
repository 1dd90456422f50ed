package dev.weir.dataplane.graph;

import dev.weir.table.FlowTable;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What control asks the workers: mail, each with a future for the answer, which is never left open. Any thread. Calls of
 * applications never wait: where a mailbox is full, or after the end, the future has failed with
 * {@link UnavailableException}. Futures are completed by a thread of their own, and what all workers have answered is put
 * together by it ({@link Answers}): code that runs now and then is never compiled, and would hold up packets.
 */
final class WorkerCalls {
    private static final long PAUSE_NANOS = 1_000_000;

    private final WorkerLoop[] loops;
    /** Nothing is mailed after the end: no worker would answer. */
    private final Object gate = new Object();

    private boolean closed;

    private final Answers answers;

    /** @param told is told, in the thread that puts answers together, that it begins */
    WorkerCalls(WorkerLoop[] loops, DataplaneListener told) {
        this.loops = loops;
        answers = new Answers(told);
        answers.start();
    }

    /** Asks every worker; waits for room in their mailboxes. For the control thread. */
    <T> CompletableFuture<List<T>> askAllWaiting(Function<Worker, T> question) {
        return sendAllWaiting(_ -> new Question<>(question));
    }

    /** Sends every worker mail of its own; waits for room in their mailboxes. For the control thread. */
    <T> CompletableFuture<List<T>> sendAllWaiting(IntFunction<? extends Answering<T>> letters) {
        return collect(worker -> {
            Answering<T> mail = letters.apply(worker);
            while (!post(worker, mail)) {
                if (mail.answer.isDone()) {
                    break;
                }
                LockSupport.parkNanos(PAUSE_NANOS);
            }
            return mail.answer;
        });
    }

    /** Asks every worker. */
    <T> CompletableFuture<List<T>> askAll(Function<Worker, T> question) {
        return collect(worker -> ask(worker, question));
    }

    /** Asks one worker. */
    <T> CompletableFuture<T> ask(int worker, Function<Worker, T> question) {
        return send(worker, new Question<>(question));
    }

    /** Walks over the flows of every worker. */
    <T> CompletableFuture<List<T>> walkAll(Supplier<? extends Walk<T>> walks) {
        return collect(worker -> walk(worker, 0, walks.get()));
    }

    /** Walks over the flows of one worker, from a place on. */
    <T> CompletableFuture<T> walk(int worker, long from, Walk<T> walk) {
        return send(worker, new Walking<>(walk, from));
    }

    /** Sends mail that answers. */
    <T> CompletableFuture<T> send(int worker, Answering<T> mail) {
        if (!post(worker, mail)) {
            mail.answer.completeExceptionally(UnavailableException.busy());
        }
        return mail.answer;
    }

    /** Asks every worker by mail of its own. */
    <T> CompletableFuture<List<T>> collect(Function<Integer, CompletableFuture<T>> ask) {
        var asked = new ArrayList<CompletableFuture<T>>();
        for (int worker = 0; worker < loops.length; worker++) {
            asked.add(ask.apply(worker));
        }
        return CompletableFuture.allOf(asked.toArray(CompletableFuture<?>[]::new))
                .thenApply(_ -> asked.stream().map(CompletableFuture::join).toList());
    }

    /** False when the mailbox is full; after the end the mail fails, and it is true. */
    private boolean post(int worker, Answering<?> mail) {
        synchronized (gate) {
            if (!closed) {
                mail.through = answers;
                return loops[worker].offer(mail);
            }
        }
        mail.abandon();
        return true;
    }

    /** Has a worker that sleeps take a turn, without mail; one that has not begun will, anyway. Any thread. */
    void rouse(int worker) {
        synchronized (gate) {
            if (!closed && loops[worker] != null) {
                loops[worker].rouse();
            }
        }
    }

    /** From here on nothing is mailed; what was is answered. */
    void close() {
        synchronized (gate) {
            closed = true;
        }
    }

    /** After workers have ended: what they have answered is put together yet. */
    void end() {
        answers.end();
    }

    /** A walk over a worker's flows, in pieces. */
    interface Walk<T> {
        /** The next piece; the cursor to go on with, {@link FlowTable#THROUGH} at the end. */
        long step(Worker worker, long cursor);

        T result();
    }

    /** Mail with an answer. */
    abstract static class Answering<T> implements Mail {
        final CompletableFuture<T> answer = new CompletableFuture<>();
        /** Who is to complete the future; null where there is nobody but the caller of {@link #run}. */
        private @Nullable Answers through;

        private @Nullable T given;
        private @Nullable Throwable failed;

        /** Goes on; whether there is nothing more to do, and the answer is given. */
        abstract boolean proceed(Worker worker);

        /** Answers: the last that {@link #proceed} does with what it was asked about. */
        final void give(T value) {
            given = value;
            hand();
        }

        private void hand() {
            Answers others = through;
            if (others == null || !others.offer(this)) complete();
        }

        /** Completes the future with what was given, or with what was thrown. */
        final void complete() {
            Throwable why = failed;
            if (why == null) {
                answer.complete(given);
            } else {
                answer.completeExceptionally(why);
            }
        }

        @Override
        public final boolean run(Worker worker) {
            try {
                return proceed(worker);
            } catch (RuntimeException | Error e) {
                failed = e;
                hand();
                return true;
            }
        }

        @Override
        public final void abandon() {
            answer.completeExceptionally(UnavailableException.closed());
        }
    }

    private static final class Question<T> extends Answering<T> {
        private final Function<Worker, T> question;

        Question(Function<Worker, T> question) {
            this.question = question;
        }

        @Override
        boolean proceed(Worker worker) {
            give(question.apply(worker));
            return true;
        }
    }

    private static final class Walking<T> extends Answering<T> {
        private final Walk<T> walk;
        private long cursor;

        Walking(Walk<T> walk, long from) {
            this.walk = walk;
            this.cursor = from;
        }

        @Override
        boolean proceed(Worker worker) {
            cursor = walk.step(worker, cursor);
            if (cursor != FlowTable.THROUGH) {
                return false;
            }
            give(walk.result());
            return true;
        }
    }
}
