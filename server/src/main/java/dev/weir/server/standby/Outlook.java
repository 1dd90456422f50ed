package dev.weir.server.standby;

import dev.weir.api.v1.GetStandbyResponse;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * What this machine sees of the other one, and since when that one has been silent. One that answers is not silent, whatever it says: it may forward. One thread looks; any thread may ask
 * how it stands.
 */
final class Outlook {
    /** What looking came to. */
    enum Sight {
        /** It answered as one of a pair does: {@link #other}. */
        ANSWERED,
        /** It answered, and nothing can be made of it; or it could not be asked, for a reason that is this machine's own. */
        STRANGE,
        SILENT
    }

    private final Peer peer;
    private final String name;
    private final long machine;
    private final Patience patience;
    private final Trouble trouble;
    private volatile long heard = System.nanoTime();
    /** When it could not be asked the last time: silence is counted from then on. */
    private volatile long unasked = heard;

    private volatile boolean answers, everAnswered;
    private @Nullable GetStandbyResponse other;

    /** @param machine this machine's own name */
    Outlook(Peer peer, String name, long machine, Patience patience, Trouble trouble) {
        this.peer = peer;
        this.name = name;
        this.machine = machine;
        this.patience = patience;
        this.trouble = trouble;
    }

    /** Asks the other machine what it is. */
    Sight look() {
        other = null;
        try {
            GetStandbyResponse answer = peer.look(patience.call(everAnswered));
            answered();
            if (answer.getTerm().getNumber() < 0) {
                return strange(name + " says a term that there cannot be: " + Term.of(answer.getTerm()));
            }
            if (answer.getTerm().getMachine() == machine) {
                return strange(
                        "standby.of leads to this machine itself, or the other one has a copy of its standby.file; nobody is followed");
            }
            other = answer;
            return Sight.ANSWERED;
        } catch (RefusedException e) {
            answered();
            return strange(name + " answers but refuses: " + e.getMessage()
                    + "; while it does, this machine neither follows nor takes over by itself");
        } catch (UnusableException e) {
            answers = false;
            unasked = System.nanoTime();
            return strange(e.getMessage() + "; while it is so, this machine neither follows nor takes over by itself");
        } catch (IOException e) {
            answers = false;
            trouble.tell(name + " does not answer: " + e.getMessage());
            return Sight.SILENT;
        }
    }

    private Sight strange(String why) {
        trouble.tell(why);
        return Sight.STRANGE;
    }

    private void answered() {
        heard = System.nanoTime();
        answers = true;
        everAnswered = true;
    }

    /** What it said the last time; null where nothing could be made of that. */
    @Nullable
    GetStandbyResponse other() {
        return other;
    }

    /** Something came from it, by {@link System#nanoTime} then. */
    void heardAt(long nanos) {
        heard = nanos;
    }

    /** When something came from it last. */
    long heard() {
        return heard;
    }

    /** Whether it answered the last time. */
    boolean answers() {
        return answers;
    }

    /** For how long it may be silent, in nanoseconds. */
    long limit() {
        return patience.limit(everAnswered);
    }

    boolean isSilent() {
        long now = System.nanoTime();
        return Math.min(now - heard, now - unasked) >= limit();
    }
}
