package dev.weir.server.api;

import dev.weir.dataplane.graph.UnavailableException;
import dev.weir.server.DaemonLog;
import dev.weir.wire.linux.Niceness;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Where calls are worked at: a few threads of their own, so that neither workers nor the threads that read and write
 * connections do anything of it. Any thread. Whatever goes wrong, the caller gets a status and no more.
 */
final class Calls implements AutoCloseable {
    private static final int THREADS = Math.clamp(Runtime.getRuntime().availableProcessors() / 2, 2, 4);
    /** Calls that may wait to be begun. */
    private static final int MAX_WAITING = 4096;

    private final ThreadPoolExecutor threads;
    private final DaemonLog log;

    Calls(DaemonLog log) {
        this.log = log;
        var number = new AtomicInteger();
        threads = new ThreadPoolExecutor(THREADS, THREADS, 1, TimeUnit.MINUTES, new LinkedBlockingQueue<>(), task -> {
            Runnable behindWorkers = () -> {
                Niceness.set(Niceness.LOWEST_PRIORITY);
                task.run();
            };
            Thread thread = new Thread(behindWorkers, "weir-api-" + number.getAndIncrement());
            thread.setDaemon(true);
            return thread;
        });
        threads.allowCoreThreadTimeOut(true);
    }

    /** The threads, for what goes on with a call. */
    ExecutorService threads() {
        return threads;
    }

    /**
     * Has a call worked at, and answers it.
     *
     * @param method for the log
     * @param work may throw a {@link Refusal}
     */
    <T> void answer(String method, StreamObserver<T> caller, Supplier<CompletionStage<T>> work) {
        begin(method, caller, () -> {
            var _ = work.get()
                    .whenCompleteAsync(
                            (answer, why) -> {
                                if (why != null) {
                                    refuse(method, caller, why);
                                } else {
                                    tell(caller, answer);
                                }
                            },
                            threads);
        });
    }

    /** Has something done for a call that it refuses where that fails. */
    void begin(String method, StreamObserver<?> caller, Runnable work) {
        if (threads.getQueue().size() >= MAX_WAITING) {
            refuse(method, caller, Refusal.unavailable("too many calls wait already; ask again"));
            return;
        }
        threads.execute(() -> {
            try {
                work.run();
            } catch (RuntimeException | Error why) {
                refuse(method, caller, why);
            }
        });
    }

    private static <T> void tell(StreamObserver<T> caller, T answer) {
        try {
            caller.onNext(answer);
            caller.onCompleted();
        } catch (RuntimeException _) {
            // the caller has gone
        }
    }

    /** Answers a call with what it failed with. */
    void refuse(String method, StreamObserver<?> caller, Throwable why) {
        try {
            caller.onError(refusal(method, why).toException());
        } catch (RuntimeException _) {
            // the caller has gone
        }
    }

    private Refusal refusal(String method, Throwable why) {
        return switch (cause(why)) {
            case Refusal refusal -> refusal;
            case UnavailableException unavailable -> Refusal.unavailable(String.valueOf(unavailable.getMessage()));
            case OutOfMemoryError _ -> Refusal.exhausted("the daemon has not enough memory for that; ask for less");
            case Throwable other -> {
                log.error("api: " + method + ": internal error: " + other + at(other) + "; please report it");
                yield Refusal.internal();
            }
        };
    }

    private static Throwable cause(Throwable why) {
        Throwable cause = why;
        while (cause instanceof CompletionException && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause;
    }

    private static String at(Throwable why) {
        StackTraceElement[] trace = why.getStackTrace();
        return trace.length == 0 ? "" : " at " + trace[0];
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }

    /** The value, or a refusal where there is none. */
    static <T> T required(@Nullable T value, Supplier<Refusal> otherwise) {
        if (value == null) {
            throw otherwise.get();
        }
        return value;
    }
}
