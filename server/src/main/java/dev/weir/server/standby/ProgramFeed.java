package dev.weir.server.standby;

import dev.weir.server.DaemonLog;
import dev.weir.server.programs.Programs;
import dev.weir.server.state.Chunks;
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

        GivenUpException(String why) {
            super(why);
        }
    }

    private final Programs programs;
    private final ChangeWriter writer;
    private final DaemonLog log;
    private long next = System.nanoTime();
    private int failed;
    /** Whether the follower may have something: the last copy of use had, or there was none in this stream. */
    private boolean hadSome = true;

    private boolean told;

    ProgramFeed(Programs programs, ChangeWriter writer, DaemonLog log) {
        this.programs = programs;
        this.writer = writer;
        this.log = log;
    }

    /** Whether it is time for a copy, and there is something to tell. */
    boolean isDue() {
        return System.nanoTime() - next >= 0 && hasNews();
    }

    /** Whether there are programs, or the follower still has some that are gone. */
    boolean hasNews() {
        return hadSome || !programs.running().isEmpty();
    }

    /**
     * Sends a copy; false where it is of no use, and another one is to be sent.
     *
     * @param isLast whether no other comes: then it is of use although members and groups change meanwhile
     */
    boolean copy(boolean isLast, Between between) throws IOException {
        long began = System.nanoTime();
        boolean done, hasSome = !programs.running().isEmpty();
        try {
            done = new ProgramSave(programs, !isLast && failed < PATIENCE, CHUNK).write((payload, _) -> {
                if (payload.size() > Chunks.LONGEST) {
                    tellTooLong(payload.size());
                    throw new GivenUpException("a chunk is too long");
                }
                writer.program(payload);
                if (!between.chunk()) {
                    throw new GivenUpException("the last round is to come now");
                }
            });
        } catch (GivenUpException e) {
            done = false;
        }
        long end = System.nanoTime();
        writer.endPrograms(done, end - began);
        hadSome = done ? hasSome : hadSome;
        failed = done ? 0 : failed + 1;
        told &= !done;
        next = end + Math.max(PAUSE_NANOS, SHARE * (end - began));
        return done;
    }

    private void tellTooLong(int octets) {
        if (!told) {
            told = true;
            log.warning("standby: what programs keep cannot be sent: a chunk has " + octets + " octets, the most is "
                    + Chunks.LONGEST + "; flows go on being sent, and the copy is tried again");
        }
    }
}
