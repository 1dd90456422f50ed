package dev.weir.server.api;

import java.util.concurrent.CompletionStage;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;

/** Lets so many calls of a kind be under way at a time, and refuses the others. Any thread; nobody waits. */
final class Walks {
    private final Semaphore places;
    private final int most;
    private final String what;

    /** @param what the calls do, for who is refused */
    Walks(int most, String what) {
        this.most = most;
        this.what = what;
        places = new Semaphore(most);
    }

    /**
     * Does what a call does, if it may.
     *
     * @throws Refusal where there are too many
     */
    <T> CompletionStage<T> during(Supplier<CompletionStage<T>> walk) {
        begin();
        try {
            return walk.get().whenComplete((_, _) -> end());
        } catch (RuntimeException | Error e) {
            end();
            throw e;
        }
    }

    /** A call begins, and says {@link #end} later. */
    void begin() {
        if (!places.tryAcquire()) {
            throw Refusal.exhausted("so many calls that " + what + " are under way already: " + most + "; ask again");
        }
    }

    void end() {
        places.release();
    }
}
