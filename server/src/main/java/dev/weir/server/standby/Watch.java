package dev.weir.server.standby;

import dev.weir.api.v1.GetStandbyResponse;
import dev.weir.api.v1.GetStandbyResponse.Role;
import dev.weir.api.v1.YieldResponse;
import dev.weir.dataplane.Threads;
import dev.weir.server.Bell;
import dev.weir.server.DaemonLog;
import dev.weir.server.config.StandbySettings;
import dev.weir.server.standby.Outlook.Sight;
import dev.weir.server.standby.Pair.Duty;
import dev.weir.wire.linux.Capabilities;
import java.io.IOException;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Watches the other machine, turn by turn, in a thread of its own, and decides what this one is to do: follow, go on by its number, or take the next one. A machine that forwards looks whether the other one
 * does too.
 */
final class Watch {
    private static final long TURN_NANOS = TimeUnit.MILLISECONDS.toNanos(50), YIELD_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** How long is waited for the last changes of a machine that yields. */
    static final long HANDED_NANOS = TimeUnit.SECONDS.toNanos(3);

    private final String name;
    private final Choice choice;
    private final Standing standing;
    private final Outlook outlook;
    private final Follower follower;
    private final Peer peer;
    private final Patience patience;
    private final Trouble trouble;
    private final DaemonLog log;
    private final Thread thread;
    private final Bell bell = new Bell();
    private final TakeOverCommand command;
    private volatile boolean closed;
    private long nobodySince = System.nanoTime();

    Watch(
            StandbySettings settings,
            Patience patience,
            Standing standing,
            Outlook outlook,
            Follower follower,
            Peer peer,
            Trouble trouble,
            DaemonLog log) {
        this.name = settings.peer().name();
        this.choice = new Choice(settings.begins(), settings.takeOver().isPresent());
        this.patience = patience;
        this.standing = standing;
        this.outlook = outlook;
        this.follower = follower;
        this.peer = peer;
        this.trouble = trouble;
        this.log = log;
        command = new TakeOverCommand(bell, () -> closed || standing.duty() != Duty.FOLLOW);
        thread = Thread.ofPlatform().name("weir-standby").daemon().unstarted(this::run);
    }

    void start() {
        nobodySince = System.nanoTime();
        outlook.heardAt(nobodySince);
        thread.start();
    }

    private void run() {
        Capabilities.keepOnly(Set.of());
        while (!closed && standing.duty() != Duty.END) {
            try {
                if (standing.duty() == Duty.FORWARD) {
                    watch();
                } else {
                    seek();
                }
            } catch (IOException e) {
                trouble.tell(String.valueOf(e.getMessage()));
            } catch (RuntimeException e) {
                String why = "internal error: " + e + "; it goes on, please report it";
                trouble.tell(why);
                command.conclude(why);
            }
            await(standing.duty() == Duty.FORWARD ? patience.watch() : TURN_NANOS);
        }
    }

    private void await(long nanos) {
        try {
            bell.awaitNext(nanos, () -> closed || command.isGiven());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            closed = true;
        }
    }

    /** One turn of a machine that forwards. */
    private void watch() throws IOException {
        Sight sight = outlook.look();
        GetStandbyResponse other = outlook.other();
        if (other != null && other.getRole() == Role.PRIMARY && standing.duty() == Duty.FORWARD) {
            if (!standing.yieldTo(Term.of(other.getTerm())).getYields()) {
                peer.tellYield(standing.term(), YIELD_NANOS);
            }
        }
        if (sight == Sight.ANSWERED) {
            trouble.over();
        }
    }

    /** One turn of a machine that does not. */
    private void seek() throws IOException {
        boolean byCommand = command.isGiven();
        Sight sight = outlook.look();
        GetStandbyResponse other = outlook.other();
        if (byCommand) {
            takeOverByCommand(null, other != null && other.getRole() == Role.PRIMARY);
            return;
        }
        Choice.Mine mine = new Choice.Mine(standing.term(), standing.isPrimary(), follower.followed());
        if (sight == Sight.SILENT) {
            decide(outlook.isSilent() ? choice.alone(mine) : Choice.Next.WAIT, "the other machine is silent");
            return;
        }
        if (other == null) {
            nobodySince = System.nanoTime(); // it may forward
            return;
        }
        Term its = Term.of(other.getTerm());
        standing.learn(
                its.number(),
                standing.isPrimary() && its.number() == standing.term().number());
        if (other.getRole() == Role.PRIMARY) {
            nobodySince = System.nanoTime();
            follow(its);
            nobodySince = System.nanoTime();
            return;
        }
        boolean forLong = System.nanoTime() - nobodySince >= outlook.limit();
        decide(choice.together(mine, other, forLong), "the other machine does not forward");
    }

    private void decide(Choice.Next next, String why) throws IOException {
        switch (next) {
            case RESUME -> {
                log.info("standby: goes on forwarding, term " + standing.term() + ": " + why);
                forward();
            }
            case TAKE_OVER -> {
                standing.takeNumber(why);
                forward();
            }
            case WAIT -> {}
        }
    }

    private void forward() {
        trouble.over();
        try {
            standing.forward();
        } finally {
            command.conclude(""); // one that came while it was decided is carried out as well
        }
    }

    /** Follows the machine that forwards, until the stream ends, it is silent, or somebody has this one take over. */
    private void follow(Term its) throws IOException {
        standing.learn(its.number(), false);
        Following stream = follower.begin(peer, standing.term(), bell::ring);
        boolean told = false;
        long turn = System.nanoTime(), stalled = 0, last = outlook.heard();
        while (!closed && !stream.hasEnded()) {
            await(TURN_NANOS);
            if (command.isGiven()) {
                takeOverByCommand(stream, true);
                if (standing.duty() != Duty.FOLLOW) {
                    return;
                }
            }
            long now = System.nanoTime(), heard = stream.progress().heard();
            outlook.heardAt(heard);
            if (heard != last) {
                last = heard;
                stalled = 0;
            }
            if (now - turn > 2 * TURN_NANOS) {
                stalled += now - turn - TURN_NANOS; // this machine itself stood still, and may find what came meanwhile
            }
            turn = now;
            if (stream.progress().round() != null && !told) {
                told = true;
                trouble.over();
                follower.inStepBy(its.number());
                log.info("standby: follows " + name + ", term " + its + ": in step, " + follower.flows() + " flows");
            }
            if (now - heard - stalled >= outlook.limit()) {
                stream.cancel("nothing came for " + TimeUnit.NANOSECONDS.toMillis(now - heard) + " ms");
                peer.giveUpConnection();
            }
        }
        if (!stream.error().isEmpty()) {
            trouble.tell("the stream from " + name + " ended: " + stream.error());
        }
        follower.end("it has ended");
        outlook.heardAt(outlook.heard() + stalled);
    }

    private void takeOverByCommand(@Nullable Following stream, boolean otherForwards) {
        String why;
        try {
            why = carryOut(stream, otherForwards);
        } catch (IOException e) {
            why = String.valueOf(e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            why = "this machine ends";
        }
        if (!why.isEmpty()) {
            trouble.tell(why);
        }
        command.conclude(why);
    }

    /** Takes over, and forwards; why not, where it does not. */
    private String carryOut(@Nullable Following stream, boolean otherForwards)
            throws IOException, InterruptedException {
        if (otherForwards && (stream == null || stream.progress().round() == null)) {
            return "not in step yet, flows would be lost: wait until 'weir ctl show standby' says that it is";
        }
        standing.takeNumber("by command");
        boolean isTold = tellYield();
        if (!standing.isPrimary()) {
            return "the other machine has a larger term and goes on; take over again";
        }
        long end = System.nanoTime() + HANDED_NANOS;
        while (stream != null && isTold && !stream.hasEnded() && System.nanoTime() < end) {
            Thread.sleep(1);
        }
        if (stream != null && isTold && !stream.hasEnded()) {
            log.warning("standby: " + name + " has not sent its last changes within "
                    + TimeUnit.NANOSECONDS.toSeconds(HANDED_NANOS) + " s; it goes on with what has come");
        }
        follower.end("this machine takes over");
        forward();
        return "";
    }

    /** Has the other machine yield; false where it cannot be asked. Where it knows a larger number this one follows on. */
    private boolean tellYield() throws IOException {
        YieldResponse answer;
        try {
            answer = peer.tellYield(standing.term(), YIELD_NANOS);
        } catch (IOException e) {
            log.warning("standby: " + name + " could not be told to yield: " + e.getMessage()
                    + "; it does as soon as it hears of this");
            return false;
        }
        if (!answer.getYields()) {
            standing.learn(Term.of(answer.getTerm()).number(), false);
        }
        return true;
    }

    /**
     * Has this machine forward.
     *
     * @throws IOException where it is not decided in time, or the other machine does not yield: why
     */
    Term takeOver() throws IOException {
        String why = command.give();
        if (standing.duty() != Duty.FORWARD) {
            throw new IOException(why.isEmpty() ? "this machine ends" : why);
        }
        return standing.term();
    }

    /** Ends the thread. */
    void close() {
        closed = true;
        bell.ring();
        if (thread.isAlive()) {
            Threads.join(thread);
        }
    }
}
