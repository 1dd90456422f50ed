package dev.weir.server.programs;

import dev.weir.p4.control.ProgramImage;
import dev.weir.p4.control.ProgramText;
import dev.weir.p4.source.Diagnostic;
import dev.weir.p4.source.Diagnostics;
import dev.weir.p4.source.SourceFile;
import dev.weir.wire.linux.Capabilities;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;

/**
 * Compiles programs again of what they were compiled of, each in a thread of its own, which has no rights and the stack that large ones take. What was compiled is kept until
 * somebody says what else is wanted. Any thread.
 */
public final class Recompiling {
    /** Trees of programs are walked recursively, and their height is limited to what fits easily. */
    public static final long STACK_BYTES = 8 << 20;

    private final Map<ProgramText, FutureTask<Compiled>> tasks = new HashMap<>();

    /**
     * What came of it, without its templates.
     *
     * @param image null where it cannot be compiled
     * @param why it cannot; empty where it can
     */
    record Compiled(@Nullable ProgramImage image, String why) {}

    /** Has these compiled, unless they were, and forgets all others. Does not wait. */
    public synchronized void want(Set<ProgramText> texts) {
        tasks.keySet().retainAll(texts);
        for (ProgramText text : texts) {
            var _ = task(text);
        }
    }

    private synchronized FutureTask<Compiled> task(ProgramText text) {
        return tasks.computeIfAbsent(text, Recompiling::begun);
    }

    private static FutureTask<Compiled> begun(ProgramText text) {
        FutureTask<Compiled> task = new FutureTask<>(() -> {
            Capabilities.keepOnly(Set.of());
            return compile(text);
        });
        Thread thread = new Thread(null, task, "weir-programs", STACK_BYTES);
        thread.setDaemon(true);
        thread.start();
        return task;
    }

    /** Waits until it is compiled. */
    Compiled get(ProgramText text) {
        try {
            return task(text).get();
        } catch (ExecutionException e) {
            return new Compiled(null, "internal error: " + e.getCause());
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
