package dev.weir.cli;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * SIGINT and SIGTERM: they ask the running command to stop, and the process waits until it has written what it knows, though not
 * for ever: whoever reads its output may have been stopped as well. Any thread.
 */
public final class Interruption {
    private static final int WAIT_SECONDS = 30;

    private final boolean ofProcess;
    private final CountDownLatch finished = new CountDownLatch(1);
    private volatile boolean requested, idle;
    private volatile @Nullable Runnable stop;
    private volatile int status = CommandException.INTERRUPTED;

    /** Of nobody but {@link #request}. */
    Interruption() {
        this(false);
    }

    private Interruption(boolean ofProcess) {
        this.ofProcess = ofProcess;
    }

    /** Of this process: heard through a shutdown hook, which also runs at a normal end and then does nothing. */
    static Interruption ofProcess() {
        Interruption interruption = new Interruption(true);
        Runtime.getRuntime().addShutdownHook(new Thread(interruption::ending, "weir-interrupt"));
        return interruption;
    }

    /** Nothing is known yet that would have to be written: a signal ends the process at once. */
    public void nothingToWrite() {
        idle = true;
    }

    /** What to do to stop; it runs in another thread, at once where the signal came before. */
    public void onRequest(Runnable action) {
        stop = action;
        idle = false;
        if (requested) {
            action.run();
        }
    }

    /** As a signal does. */
    void request() {
        requested = true;
        Runnable action = stop;
        if (action != null) {
            action.run();
        }
    }

    /** Whether it is of this process, which then may have other signals to hear too. */
    public boolean isOfProcess() {
        return ofProcess;
    }

    /** Whether somebody asked. */
    public boolean requested() {
        return requested;
    }

    /** The command is through, with that exit status. */
    void finish(int exitStatus) {
        status = exitStatus;
        finished.countDown();
    }

    private void ending() {
        if (finished.getCount() != 0 && idle) {
            Runtime.getRuntime().halt(CommandException.INTERRUPTED);
        }
        if (finished.getCount() == 0 || stop == null) {
            return;
        }
        request();
        try {
            boolean inTime = finished.await(WAIT_SECONDS, TimeUnit.SECONDS);
            if (!inTime) {
                System.err.println("weir: interrupted: the output could not be written in time; it is not complete");
            }
        } catch (InterruptedException e) {
            return;
        }
        Runtime.getRuntime().halt(status);
    }
}
