package dev.weir.p4.node;

import dev.weir.p4.ir.Pipeline;
import dev.weir.p4.run.Inheritance;
import dev.weir.p4.run.ProgramState;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * How the control plane reaches a program that workers run: what it asks is done by each of them between two of its vectors; those that sleep are
 * woken for it. Any thread may ask.
 */
public final class ProgramControl {
    /** How much is done between two vectors, and after how long nothing more is begun. */
    private static final int PIECE = 64;

    private static final long PIECE_NANOS = 20_000;

    private final List<Mail> workers = new CopyOnWriteArrayList<>();
    private final List<EventRing> rings = new ArrayList<>();
    private final CpuPort cpu = new CpuPort();
    private boolean watched;
    private volatile int ports;

    /** What workers lost that ended. */
    private long lost;

    /**
     * For a worker that begins to run the program, with so many ports.
     *
     * @param rouse has the worker look soon whether something was asked, also where it sleeps; any thread
     */
    Mail join(Pipeline pipeline, int numberOfPorts, Runnable rouse) {
        ports = numberOfPorts;
        Mail mail = new Mail(new EventRing(pipeline), rouse);
        synchronized (rings) {
            rings.add(mail.events);
            if (watched) mail.events.open();
        }
        workers.add(mail);
        return mail;
    }

    /** How many ports the program has; 0 while no worker has run it. */
    public int ports() {
        return ports;
    }

    /** The port between the program and its controller. */
    public CpuPort cpu() {
        return cpu;
    }

    /** Those that run the program now. */
    public List<Mail> workers() {
        return List.copyOf(workers);
    }

    /** Whether workers tell of events, which {@link #drainTo} then has to take. */
    public void watch(boolean watched) {
        synchronized (rings) {
            this.watched = watched;
            for (EventRing ring : rings) {
                if (watched) {
                    ring.open();
                } else {
                    ring.shut();
                }
            }
        }
    }

    /**
     * Gives all events of all workers, those of one worker in their order.
     *
     * @return how many were lost so far
     */
    public long drainTo(EventRing.Sink sink) {
        synchronized (rings) {
            long all = lost;
            for (EventRing ring : List.copyOf(rings)) {
                boolean last = ring.isEnded();
                ring.drainTo(sink);
                all += ring.lost();
                if (last) {
                    lost += ring.lost();
                    rings.remove(ring);
                }
            }
            return all;
        }
    }

    /**
     * Has each worker answer.
     *
     * @return the answers, a worker each; a worker that ends instead gives an {@link IllegalStateException}
     */
    public <T> List<CompletableFuture<T>> ask(Function<? super ProgramState, ? extends T> question) {
        List<CompletableFuture<T>> answers = new ArrayList<>();
        for (Mail mail : workers) answers.add(mail.ask(question));
        return answers;
    }

    /** A worker that runs the program. */
    public final class Mail {
        private final EventRing events;
        private final Runnable rouse;
        private final Queue<Letter<?>> letters = new ConcurrentLinkedQueue<>();
        private final CompletableFuture<Inheritance> inheritance = new CompletableFuture<>();
        private volatile boolean closed;
        private volatile @Nullable ProgramState begun;

        private Mail(EventRing events, Runnable rouse) {
            this.events = events;
            this.rouse = rouse;
        }

        EventRing events() {
            return events;
        }

        /** Whether something was asked. */
        boolean isWaiting() {
            return !letters.isEmpty();
        }

        /** Has the worker answer. Any thread. */
        public <T> CompletableFuture<T> ask(Function<? super ProgramState, ? extends T> question) {
            Letter<T> letter = new Letter<>(question, new CompletableFuture<>());
            letters.add(letter);
            if (closed) {
                refuse();
            } else {
                rouse.run();
            }
            return letter.answer;
        }

        /** For the node that is made: this is what the worker will have. */
        void begin(ProgramState state) {
            begun = state;
        }

        /**
         * Has somebody put into the worker's tables what they had in another run, in the calling thread, which is the one that starts the data plane: only before workers
         * begin.
         */
        public void restore(Consumer<? super ProgramState> from) {
            ProgramState state = begun;
            if (state != null) from.accept(state);
        }

        /** Answers what was asked. */
        void deliver(ProgramState state) {
            long begin = System.nanoTime();
            for (int i = 0; i < PIECE && System.nanoTime() - begin < PIECE_NANOS; i++) {
                Letter<?> letter = letters.poll();
                if (letter == null) return;
                letter.deliver(state);
            }
            if (isWaiting()) rouse.run(); // a worker without packets would sleep first
        }

        /** What the worker's tables have of the program before. */
        public CompletableFuture<Inheritance> inheritance() {
            return inheritance;
        }

        void inherited(Inheritance of) {
            inheritance.complete(of);
        }

        void close() {
            inheritance.complete(Inheritance.NONE);
            workers.remove(this);
            closed = true;
            events.end();
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
