package dev.weir.server.standby;

import dev.weir.dataplane.graph.Dataplane;
import dev.weir.server.programs.Programs;
import dev.weir.server.state.ProgramSave;
import java.io.IOException;
import java.util.concurrent.TimeUnit;

/**
 * Sends what programs keep to a machine that follows: whole copies, one after the other, with rounds of flows between their chunks. A copy begins a second after the end of the one before, or later, so
 * that copies take no more than a tenth of the time. One thread.
 */
final class ProgramFeed {
    private static final long PAUSE_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final int SHARE = 9;
    /** As small as those of flows, so that they are a sign of life on a slow line. */
    private static final int CHUNK = 1 << 16;
    /** How many copies may be of no use, because members and groups changed meanwhile, before one is taken as it is. */
    private static final int PATIENCE = 5;

    /** What may be done between two chunks. */
    interface Between {
        /** @return false where the copy is to be given up */
        boolean chunk() throws IOException;
    }

    /** The copy is given up; the stream goes on. */
    private static final class GivenUpException extends IOException {
        private static final long serialVersionUID = 1;
    }

    private final Dataplane plane;
    private final Programs programs;
    private final ChangeWriter writer;
    private long next = System.nanoTime();
    private int failed;

    ProgramFeed(Dataplane plane, Programs programs, ChangeWriter writer) {
        this.plane = plane;
        this.programs = programs;
        this.writer = writer;
    }

    /** Whether it is time for a copy, and there is something to copy. */
    boolean isDue() {
        return System.nanoTime() - next >= 0 && !programs.running().isEmpty();
    }

    /** Sends a copy; false where it is of no use, and another one is to be sent. */
    boolean copy(Between between) throws IOException {
        long began = System.nanoTime();
        boolean done;
        try {
            done = new ProgramSave(programs, failed < PATIENCE, CHUNK).write(plane, (payload, _) -> {
                writer.program(payload);
                if (!between.chunk()) {
                    throw new GivenUpException();
                }
            });
        } catch (GivenUpException e) {
            done = false;
        }
        long end = System.nanoTime();
        writer.endPrograms(done, end - began);
        failed = done ? 0 : failed + 1;
        next = end + Math.max(PAUSE_NANOS, SHARE * (end - began));
        return done;
    }
}
