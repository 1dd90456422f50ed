package dev.weir.server.standby;

import dev.weir.server.Bell;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/** The command to take over: somebody gives it and waits, and the thread that decides carries it out or gives it up, whichever way the turn goes that is under way. Any thread. */
final class TakeOverCommand {
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final Bell bell;
    private final BooleanSupplier isOver;
    /** Held by who gives it: one at a time. */
    private final ReentrantLock giving = new ReentrantLock();

    /** Changed with the bell: whether it is given, and why it was given up when it last was. */
    private boolean given;

    private String refusal = "";

    /**
     * @param bell rung when it is given, and when it is carried out or given up
     * @param isOver whether there is nothing more to take over, as this machine forwards or ends
     */
    TakeOverCommand(Bell bell, BooleanSupplier isOver) {
        this.bell = bell;
        this.isOver = isOver;
    }

    /**
     * Gives it, and waits until it is carried out or given up.
     *
     * @return why it was given up; empty where it is carried out
     */
    String give() throws IOException {
        try {
            if (!giving.tryLock(PATIENCE_NANOS, TimeUnit.NANOSECONDS)) {
                throw new IOException("another command to take over is being carried out; ask again");
            }
            try {
                return await();
            } finally {
                giving.unlock();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("it was interrupted", e);
        }
    }

    private String await() throws InterruptedException {
        bell.change(() -> {
            given = !isOver.getAsBoolean();
            refusal = "";
        });
        try {
            return bell.await(PATIENCE_NANOS, () -> !given || isOver.getAsBoolean())
                    ? bell.get(() -> refusal)
                    : "it could not be decided within 10 s; try again";
        } finally {
            bell.change(() -> given = false);
        }
    }

    boolean isGiven() {
        return bell.get(() -> given);
    }

    /** It is carried out, or given up: why, or empty. Nothing where it is not given. */
    void conclude(String why) {
        bell.change(() -> {
            if (given) {
                given = false;
                refusal = why;
            }
        });
    }
}
