package dev.weir.server.state;

import dev.weir.dataplane.Threads;
import dev.weir.dataplane.graph.Dataplane;
import dev.weir.dataplane.graph.FlowCopies;
import dev.weir.dataplane.graph.FlowRestore;
import dev.weir.dataplane.graph.FlowSink;
import dev.weir.dataplane.graph.FlowsLegend;
import dev.weir.dataplane.graph.UnavailableException;
import dev.weir.server.Bell;
import dev.weir.server.Clock;
import dev.weir.server.DaemonLog;
import dev.weir.server.config.StateSettings;
import dev.weir.server.programs.Programs;
import dev.weir.server.state.StateStatus.Restored;
import dev.weir.server.state.StateStatus.Snapshot;
import dev.weir.wire.linux.Niceness;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletionException;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Has what a daemon knows of flows and programs survive it: reads the snapshot at the start, writes one at every interval, on request, and after the last packet. One
 * thread of its own writes; it is behind workers where a processor is short. Any thread may ask.
 */
public final class StateKeeper implements AutoCloseable {
    /** Behind workers, but not by so much that snapshots would take longer than the interval. */
    private static final int NICENESS = 5;
    /** How often one is begun anew because the configuration changed while it was written. */
    private static final int ATTEMPTS = 5;

    private final StateSettings settings;
    private final StateFile file;
    private final Programs programs;
    private final DaemonLog log;
    private final Runnable begins;
    private final StateRestore restoring;
    private final Thread thread;
    private final Bell bell = new Bell();
    /** Held while a snapshot is written. */
    private final ReentrantLock writing = new ReentrantLock();

    /** Changed with the bell. */
    private boolean stopped;

    private volatile StateStatus status;
    private volatile @Nullable Dataplane plane;

    private StateKeeper(StateSettings settings, StateFile file, Programs programs, DaemonLog log, Runnable begins) {
        this.settings = settings;
        this.file = file;
        this.programs = programs;
        this.log = log;
        this.begins = begins;
        restoring = new StateRestore(file, settings.file(), programs, log);
        thread = Thread.ofPlatform().name("weir-state").daemon().unstarted(this::run);
        status = new StateStatus(settings.file(), settings.interval(), null, 0, 0, "", Restored.none());
    }

    /**
     * Takes the file; nothing is read or written before {@link #restore} and {@link #start}.
     *
     * @param programs those of the data plane to come
     * @param begins first thing in the thread that writes, as to give up rights
     * @throws IOException where the file cannot be had: which, why, and what to do
     */
    public static StateKeeper open(StateSettings settings, Programs programs, DaemonLog log, Runnable begins)
            throws IOException {
        return new StateKeeper(settings, StateFile.open("state.file", settings.file()), programs, log, begins);
    }

    /**
     * Looks at all of the snapshot, if there is one, and has programs run that it says were loaded; before the graph of programs is asked for. One that cannot be used is
     * put aside, and the data plane begins with nothing.
     */
    public void resume() {
        restoring.resume();
        status = status.with(restoring.restored());
    }

    /** Puts back what else the snapshot has, if {@link #resume} found that it can be used; for the options of the data plane that is about to start. */
    public void restore(FlowRestore into) {
        restoring.restore(into);
        status = status.with(restoring.restored());
    }

    /** Begins to write snapshots of a data plane that runs. */
    public void start(Dataplane running) {
        plane = running;
        thread.start();
    }

    private void run() {
        begins.run();
        Niceness.set(NICENESS);
        while (awaitInterval()) {
            try {
                save();
            } catch (IOException _) {
                // counted and told already; tried again after the next interval
            } catch (RuntimeException | Error e) {
                fail("internal error: " + e);
            }
        }
    }

    /** False when it was stopped. */
    private boolean awaitInterval() {
        try {
            return !bell.await(settings.interval().toNanos(), () -> stopped);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /**
     * Writes a snapshot now, in the calling thread, after one that is being written.
     *
     * @throws IOException where it could not be written: why
     */
    public Snapshot save() throws IOException {
        Dataplane of = plane;
        writing.lock();
        try {
            if (of == null || isStopped()) {
                throw new IOException("the data plane is ending");
            }
            for (int attempt = 1; ; attempt++) {
                var entries = new ProgramSave(programs, attempt < ATTEMPTS, ProgramSave.CHUNK);
                Snapshot written = write(false, writer -> {
                    if (!of.copyFlows(writer)) {
                        return false;
                    }
                    return entries.write(writer);
                });
                if (written != null) {
                    return written;
                }
                if (attempt == ATTEMPTS) {
                    throw new IOException("the configuration changed while it was written, time after time");
                }
            }
        } catch (IOException e) {
            fail(String.valueOf(e.getMessage()));
            throw e;
        } catch (CompletionException e) {
            if (e.getCause() instanceof UnavailableException) {
                throw new IOException("the data plane is ending", e);
            }
            throw e;
        } finally {
            writing.unlock();
        }
    }

    private boolean isStopped() {
        return bell.get(() -> stopped);
    }

    /** What fills a snapshot; false where that is of no use. */
    private interface Filler {
        boolean fill(SnapshotWriter writer) throws IOException;
    }

    private @Nullable Snapshot write(boolean clean, Filler filler) throws IOException {
        long begin = System.nanoTime();
        Instant taken = Instant.now();
        boolean done = false;
        try {
            Snapshot snapshot;
            try (var writer = new SnapshotWriter(file.next(), Clock.now(), clean)) {
                if (!filler.fill(writer)) {
                    return null;
                }
                writer.finish();
                snapshot = new Snapshot(
                        taken,
                        writer.octets(),
                        writer.flows(),
                        writer.entries(),
                        Duration.ofNanos(System.nanoTime() - begin));
            }
            file.replace();
            done = true;
            succeed(snapshot);
            return snapshot;
        } finally {
            if (!done) {
                file.discard();
            }
        }
    }

    private void succeed(Snapshot snapshot) {
        StateStatus before = status;
        if (!before.error().isEmpty()) {
            log.info("state: snapshots are written again");
        }
        status = new StateStatus(
                settings.file(),
                settings.interval(),
                snapshot,
                before.written() + 1,
                before.failed(),
                "",
                before.restored());
    }

    private void fail(String why) {
        StateStatus before = status;
        if (!before.error().equals(why)) {
            log.error("state: no snapshot could be written: " + why + "; the one before stays, and it is tried again");
        }
        status = new StateStatus(
                settings.file(),
                settings.interval(),
                before.last(),
                before.written(),
                before.failed() + 1,
                why,
                before.restored());
    }

    public StateStatus status() {
        return status;
    }

    /**
     * Ends a drained data plane with a last snapshot: its flows do not end but go on in the next run. Where it cannot be written they end as without one. To be called
     * before programs are closed.
     */
    public void end(Dataplane of) {
        stop();
        writing.lock();
        try (var writer = new SnapshotWriter(file.next(), Clock.now(), true)) {
            if (!new ProgramSave(programs, false, ProgramSave.CHUNK).write(writer)) {
                throw new IOException("programs changed while it was written");
            }
            var last = new Last(writer);
            of.close(last);
            if (!last.isWritten) {
                throw new IOException(last.why);
            }
            log.info("state: " + writer.flows() + " flows and " + writer.entries() + " entries are in "
                    + settings.file() + ", " + writer.octets() + " octets");
        } catch (IOException e) {
            file.discard();
            fail(String.valueOf(e.getMessage()));
        } catch (RuntimeException e) {
            file.discard();
            fail("internal error: " + e); // the data plane is closed, and flows end, all the same
        } finally {
            writing.unlock();
        }
    }

    /** Stops writing at intervals; a snapshot that is being written comes to its end. */
    private void stop() {
        bell.change(() -> stopped = true);
        if (thread.isAlive()) {
            Threads.join(thread);
        }
    }

    /** Takes the flows of a data plane that closes; it is to say that it has all before they may go. */
    private final class Last implements FlowSink {
        private final SnapshotWriter writer;
        private boolean isWritten;
        private String why = "it did not come to its end";

        Last(SnapshotWriter writer) {
            this.writer = writer;
        }

        @Override
        public void begin(FlowsLegend legend, FlowsLegend.Counted counted) throws IOException {
            told(() -> writer.begin(legend, counted));
        }

        @Override
        public void flows(int worker, FlowCopies copies) throws IOException {
            told(() -> writer.flows(worker, copies));
        }

        @Override
        public void end() throws IOException {
            told(() -> {
                writer.finish();
                file.replace();
            });
            isWritten = true;
        }

        /** Keeps the reason of a failure, which the data plane takes for one to end its flows. */
        private void told(Step step) throws IOException {
            try {
                step.run();
            } catch (IOException e) {
                why = String.valueOf(e.getMessage());
                throw e;
            }
        }
    }

    /** Something that can fail. */
    private interface Step {
        void run() throws IOException;
    }

    @Override
    public void close() throws IOException {
        stop();
        file.close();
    }
}
