package dev.weir.server.programs;

import dev.weir.p4.control.ProgramImage;
import dev.weir.p4.control.ProgramText;
import dev.weir.p4.source.Diagnostic;
import dev.weir.p4.source.Diagnostics;
import dev.weir.p4.source.SourceFile;
import dev.weir.wire.linux.Capabilities;
import dev.weir.wire.linux.Niceness;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Compiles programs again of what they were compiled of, one at a time, in a thread of its own that lives while there is something to do, behind workers, without rights and with
 * the stack that large ones take. What was compiled is kept until somebody says what else is wanted. Any thread.
 */
public final class Recompiling {
    /** Trees of programs are walked recursively, and their height is limited to what fits easily. */
    public static final long STACK_BYTES = 8 << 20;

    private final Map<ProgramText, FutureTask<Compiled>> tasks = new HashMap<>();
    private final ThreadPoolExecutor thread =
            new ThreadPoolExecutor(1, 1, 1, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), Recompiling::thread);

    /**
     * What came of it, without its templates.
     *
     * @param image null where it cannot be compiled
     * @param why it cannot; empty where it can
     */
    record Compiled(@Nullable ProgramImage image, String why) {}

    public Recompiling() {
        thread.allowCoreThreadTimeOut(true);
    }

    private static Thread thread(Runnable work) {
        Runnable behindWorkers = () -> {
            Niceness.set(Niceness.LOWEST_PRIORITY);
            Capabilities.keepOnly(Set.of());
            work.run();
        };
        Thread thread = new Thread(null, behindWorkers, "weir-programs", STACK_BYTES);
        thread.setDaemon(true);
        return thread;
    }

    /** Has these compiled, unless they were, and forgets all others. Does not wait. */
    public synchronized void want(Set<ProgramText> texts) {
        tasks.forEach((text, task) -> {
            if (!texts.contains(text)) task.cancel(false);
        });
        tasks.keySet().retainAll(texts);
        for (ProgramText text : texts) {
            var _ = task(text);
        }
    }

    private synchronized FutureTask<Compiled> task(ProgramText text) {
        return tasks.computeIfAbsent(text, _ -> begun(() -> compile(text)));
    }

    private <T> FutureTask<T> begun(Callable<T> work) {
        FutureTask<T> task = new FutureTask<>(work);
        thread.execute(task);
        return task;
    }

    /**
     * Does something else with a program in that thread, and waits for it.
     *
     * @throws ExecutionException with what it threw, be it that its stack was too short
     */
    <T> T run(Callable<T> work) throws ExecutionException, InterruptedException {
        return begun(work).get();
    }

    /** Waits until it is compiled. */
    Compiled get(ProgramText text) {
        try {
            return task(text).get();
        } catch (ExecutionException | CancellationException e) {
            return new Compiled(null, "internal error: " + (e.getCause() == null ? e : e.getCause()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Compiled(null, "it was interrupted");
        }
    }

    private static Compiled compile(ProgramText text) {
        Diagnostics diagnostics = new Diagnostics();
        ProgramImage image = ProgramImage.compile(
                text.name(),
                SourceFile.of(text.file(), text.text()),
                new SentFiles(text.included()),
                text.defines(),
                text.rules(),
                diagnostics);
        if (image != null) return new Compiled(image, "");
        Diagnostic first = diagnostics.sorted().getFirst();
        return new Compiled(null, first.span().position() + ": " + first.message());
    }
}
