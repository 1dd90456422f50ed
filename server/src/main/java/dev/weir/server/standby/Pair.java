package dev.weir.server.standby;

import dev.weir.api.v1.GetStandbyResponse;
import dev.weir.api.v1.GetStandbyResponse.Role;
import dev.weir.api.v1.YieldResponse;
import dev.weir.dataplane.Threads;
import dev.weir.dataplane.graph.Dataplane;
import dev.weir.dataplane.graph.FlowRestore;
import dev.weir.server.DaemonLog;
import dev.weir.server.config.StandbySettings;
import dev.weir.wire.linux.Capabilities;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * This machine of a pair: follows the other one or forwards, and decides which. A number that only grows says who forwards; it is on the disk before it is acted upon. Who forwards and hears of a larger one
 * stops. So after two machines have heard of each other one of them forwards, whatever happened before. A thread of its own watches the other machine and decides; any thread may ask.
 */
public final class Pair implements AutoCloseable {
    /** How long is waited for the other machine where nobody says when to take over. */
    private static final Duration PATIENCE = Duration.ofSeconds(3);

    /** How long is waited at the least for one that has never answered: both may be starting. */
    private static final long FIRST_NANOS = TimeUnit.SECONDS.toNanos(5), FIRST_CALL_NANOS = TimeUnit.SECONDS.toNanos(3);

    private static final long WATCH_NANOS = TimeUnit.MILLISECONDS.toNanos(300),
            TURN_NANOS = TimeUnit.MILLISECONDS.toNanos(50),
            COMMAND_NANOS = TimeUnit.SECONDS.toNanos(10),
            HANDED_NANOS = TimeUnit.SECONDS.toNanos(3),
            SHORTEST_CALL_NANOS = TimeUnit.MILLISECONDS.toNanos(500),
            LONGEST_CALL_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** What this machine is to do. */
    public enum Duty {
        /** Receive nothing. */
        FOLLOW,
        /** Forward. */
        FORWARD,
        /** Forward no more, and end: the other machine does. Who is started again follows it. */
        END
    }

    private final StandbySettings settings;
    private final DaemonLog log;
    private final TermFile file;
    private final Peer peer;
    private final Thread thread;
    private final ExecutorService streams;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    /** Held while the reader is used. */
    private final ReentrantLock reading = new ReentrantLock();

    private final ChangeReader reader = new ChangeReader();
    private final Taken taken;
    private final Feeder feeder;
    private final Choice choice;

    private volatile Duty duty = Duty.FOLLOW;
    private volatile boolean closed;
    /** Guarded by the lock. */
    private boolean commanded;

    private Runnable listener = () -> {};
    private volatile @Nullable Following following;
    private final AtomicLong streamsBegun = new AtomicLong();
    private volatile long followedTerm;
    private volatile long heard = System.nanoTime();
    private volatile boolean answers, everAnswered;
    private volatile String error = "";
    private long nobodySince = System.nanoTime();

    private Pair(StandbySettings settings, List<String> programs, DaemonLog log) throws IOException {
        this.settings = settings;
        this.log = log;
        taken = new Taken(programs, log);
        file = TermFile.open(settings.file());
        feeder = new Feeder(settings.interval());
        choice = new Choice(settings.begins(), settings.takeOver().isPresent());
        thread = Thread.ofPlatform().name("weir-standby").daemon().unstarted(this::run);
        streams = Executors.newSingleThreadExecutor(
                Thread.ofPlatform().name("weir-standby-stream").daemon().factory());
        try {
            peer = new Peer(settings.peer(), streams);
        } catch (IOException | RuntimeException | Error e) {
            streams.shutdown();
            file.close();
            throw e;
        }
    }

    /**
     * Takes the file; nothing is asked or decided before {@link #start}.
     *
     * @param programs the names of nodes whose programs are not followed
     * @throws IOException where the file cannot be had, or something that is shown to the other machine cannot be used: which, why, and what to do
     */
    public static Pair open(StandbySettings settings, List<String> programs, DaemonLog log) throws IOException {
        return new Pair(settings, programs, log);
    }

    /** @param onDuty is told, in another thread, that the duty is another now */
    public void start(Runnable onDuty) {
        listener = onDuty;
        heard = System.nanoTime();
        nobodySince = heard;
        thread.start();
    }

    public Duty duty() {
        return duty;
    }

    private void run() {
        Capabilities.keepOnly(Set.of());
        while (!closed && duty != Duty.END) {
            try {
                if (duty == Duty.FORWARD) {
                    watch();
                } else {
                    seek();
                }
            } catch (IOException e) {
                fail(String.valueOf(e.getMessage()));
            } catch (RuntimeException e) {
                fail("internal error: " + e + "; it goes on, please report it");
            }
            await(duty == Duty.FORWARD ? WATCH_NANOS : TURN_NANOS);
        }
    }

    private void fail(String why) {
        if (!why.equals(error)) {
            log.warning("standby: " + why);
        }
        error = why;
    }

    @SuppressWarnings("WaitNotInLoop") // a turn that comes early is a turn
    private void await(long nanos) {
        lock.lock();
        try {
            if (!closed && !commanded) {
                long _ = changed.awaitNanos(nanos);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            closed = true;
        } finally {
            lock.unlock();
        }
    }

    private void wake() {
        lock.lock();
        try {
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** For how long the other machine may be silent. */
    private long limitNanos() {
        long limit = settings.takeOver().orElse(PATIENCE).toNanos();
        return everAnswered ? limit : Math.max(limit, FIRST_NANOS);
    }

    private long callNanos() {
        return everAnswered ? Math.clamp(limitNanos() / 2, SHORTEST_CALL_NANOS, LONGEST_CALL_NANOS) : FIRST_CALL_NANOS;
    }

    /** What the other machine is; null where it does not answer. */
    private @Nullable GetStandbyResponse look() {
        try {
            GetStandbyResponse other = peer.look(callNanos());
            if (other.getTerm().getNumber() < 0) {
                fail(settings.peer().name() + " says a term that there cannot be: " + Term.of(other.getTerm()));
                return null;
            }
            if (Term.of(other.getTerm()).machine() == file.term().machine()) {
                heard = System.nanoTime();
                fail(
                        "standby.of leads to this machine itself, or the other one has a copy of its standby.file; nobody is followed");
                return null;
            }
            heard = System.nanoTime();
            everAnswered = true;
            answers = true;
            return other;
        } catch (IOException e) {
            answers = false;
            fail(settings.peer().name() + " does not answer: " + e.getMessage());
            return null;
        }
    }

    /** One turn of a machine that forwards. */
    private void watch() throws IOException {
        GetStandbyResponse other = look();
        if (other == null || other.getRole() != Role.PRIMARY || duty != Duty.FORWARD) {
            error = other == null ? error : "";
            return;
        }
        Term its = Term.of(other.getTerm());
        if (!yieldTo(its).getYields()) {
            peer.tellYield(file.term(), LONGEST_CALL_NANOS);
        }
    }

    /** One turn of a machine that does not. */
    private void seek() throws IOException {
        boolean byCommand = isCommanded();
        GetStandbyResponse other = look();
        if (byCommand) {
            takeOverByCommand(null, other != null && other.getRole() == Role.PRIMARY);
            return;
        }
        Choice.Mine mine = new Choice.Mine(file.term(), file.isPrimary(), holds() ? followedTerm : 0);
        if (other == null) {
            boolean isSilent = System.nanoTime() - heard >= limitNanos();
            decide(isSilent ? choice.alone(mine) : Choice.Next.WAIT, "the other machine is silent");
            return;
        }
        Term its = Term.of(other.getTerm());
        learn(its.number(), file.isPrimary() && its.number() == file.term().number());
        if (other.getRole() == Role.PRIMARY) {
            nobodySince = System.nanoTime();
            follow(its);
            nobodySince = System.nanoTime();
            return;
        }
        boolean forLong = System.nanoTime() - nobodySince >= limitNanos();
        decide(choice.together(mine, other, forLong), "the other machine does not forward");
    }

    private void decide(Choice.Next next, String why) throws IOException {
        switch (next) {
            case RESUME -> {
                log.info("standby: goes on forwarding, term " + file.term() + ": " + why);
                forward();
            }
            case TAKE_OVER -> {
                file.write(file.term().number() + 1, true);
                log.info("standby: takes over, term " + file.term() + ": " + why);
                forward();
            }
            case WAIT -> {}
        }
    }

    private void forward() {
        error = "";
        duty = Duty.FORWARD;
        listener.run();
    }

    private boolean holds() {
        reading.lock();
        try {
            return reader.whole() != null;
        } finally {
            reading.unlock();
        }
    }

    /** Takes note of a number that is larger than what was known. */
    private void learn(long number, boolean primary) throws IOException {
        if (Long.compareUnsigned(number, file.term().number()) > 0 || (file.isPrimary() && !primary)) {
            file.write(Math.max(number, file.term().number()), primary);
        }
    }

    /** Follows the machine that forwards, until the stream ends, it is silent, or somebody has this one take over. */
    private void follow(Term its) throws IOException {
        learn(its.number(), false);
        reading.lock();
        try {
            reader.begin();
        } finally {
            reading.unlock();
        }
        Following stream = new Following(reading, reader, file.term(), this::wake);
        var _ = peer.stream().followFlows(stream);
        stream.begin();
        following = stream;
        streamsBegun.incrementAndGet();
        boolean told = false;
        long turn = System.nanoTime(), stalled = 0, last = heard;
        while (!closed && !stream.hasEnded()) {
            await(TURN_NANOS);
            if (isCommanded()) {
                takeOverByCommand(stream, true);
                return;
            }
            long now = System.nanoTime();
            heard = stream.progress().heard();
            if (heard != last) {
                last = heard;
                stalled = 0;
            }
            if (now - turn > 2 * TURN_NANOS) {
                stalled += now - turn; // this machine itself stood still, and may find what came meanwhile
            }
            turn = now;
            if (stream.progress().round() != null && !told) {
                told = true;
                error = "";
                followedTerm = its.number();
                log.info("standby: follows " + settings.peer().name() + ", term " + its + ": in step, " + flows()
                        + " flows");
            }
            if (now - heard - stalled >= limitNanos()) {
                stream.cancel("nothing came for " + TimeUnit.NANOSECONDS.toMillis(now - heard) + " ms");
                peer.giveUpConnection();
            }
        }
        if (!stream.error().isEmpty()) {
            fail("the stream from " + settings.peer().name() + " ended: " + stream.error());
        }
        stream.cancel("it has ended");
        following = null;
        long latest = heard;
        heard = latest + stalled;
    }

    private int flows() {
        reading.lock();
        try {
            Replica whole = reader.whole();
            return whole == null ? 0 : whole.flows();
        } finally {
            reading.unlock();
        }
    }

    private boolean isCommanded() {
        lock.lock();
        try {
            return commanded;
        } finally {
            lock.unlock();
        }
    }

    private void takeOverByCommand(@Nullable Following stream, boolean otherForwards) {
        try {
            if (otherForwards && (stream == null || stream.progress().round() == null)) {
                fail("not in step yet, flows would be lost: wait until 'weir ctl show standby' says that it is");
                return;
            }
            file.write(file.term().number() + 1, true);
            log.info("standby: takes over, term " + file.term() + ": by command");
            boolean isAlone = !tellYield();
            if (duty == Duty.FOLLOW && file.isPrimary()) {
                long end = System.nanoTime() + HANDED_NANOS;
                while (stream != null && !isAlone && !stream.hasEnded() && System.nanoTime() < end) {
                    Thread.sleep(1);
                }
                if (stream != null) {
                    stream.cancel("this machine takes over");
                }
                following = null;
                forward();
            }
        } catch (IOException e) {
            fail(String.valueOf(e.getMessage())); // before who waits is woken, who is told this
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            lock.lock();
            try {
                commanded = false;
                changed.signalAll();
            } finally {
                lock.unlock();
            }
        }
    }

    /** Has the other machine yield; false where it cannot be asked. Where it knows a larger number this one follows on. */
    private boolean tellYield() throws IOException {
        YieldResponse answer;
        try {
            answer = peer.tellYield(file.term(), LONGEST_CALL_NANOS);
        } catch (IOException e) {
            log.warning("standby: " + settings.peer().name() + " could not be told to yield: " + e.getMessage()
                    + "; it does as soon as it hears of this");
            return false;
        }
        if (!answer.getYields()) {
            learn(Term.of(answer.getTerm()).number(), false);
            fail("the other machine has a larger term and goes on; take over again");
        }
        return true;
    }

    /**
     * Has this machine forward.
     *
     * @throws IOException where it is not decided in time, or the other machine does not yield: why
     */
    Term takeOver() throws IOException {
        lock.lock();
        try {
            if (duty == Duty.FORWARD) {
                return file.term();
            }
            commanded = duty == Duty.FOLLOW;
            changed.signalAll();
            long left = COMMAND_NANOS;
            while (commanded && !closed && left > 0) {
                left = changed.awaitNanos(left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            lock.unlock();
        }
        if (duty != Duty.FORWARD) {
            throw new IOException(error.isEmpty() ? "it could not be decided within 10 s; try again" : error);
        }
        return file.term();
    }

    /** Another machine forwards by that term: whether this one does no more. */
    YieldResponse yieldTo(Term term) throws IOException {
        if (term.number() < 0) {
            throw new IOException("there cannot be such a term: " + term);
        }
        lock.lock();
        try {
            boolean yields = duty != Duty.FORWARD || term.compareTo(file.term()) > 0;
            if (yields && duty == Duty.FORWARD) {
                try {
                    file.write(term.number(), false);
                } catch (
                        IOException
                                e) { // with the old number it is asked first at the next start, and finds the larger
                    // one
                    log.warning("standby: " + e.getMessage() + "; it yields all the same");
                }
                log.warning("standby: yields to term " + term + "; forwards no more");
                duty = Duty.END;
                listener.run();
            }
            return YieldResponse.newBuilder()
                    .setYields(yields)
                    .setTerm(file.term().message())
                    .build();
        } finally {
            lock.unlock();
        }
    }

    Feeder feeder() {
        return feeder;
    }

    /** Whether there are flows of the other machine to go on with. */
    public boolean hasFlows() {
        return holds();
    }

    /** Gives the data plane that is about to start the flows of the other machine. */
    public void restore(FlowRestore into) {
        reading.lock();
        try {
            Replica whole = reader.whole();
            if (whole != null) {
                taken.restore(whole, into);
            }
            reader.clear();
        } finally {
            reading.unlock();
        }
    }

    /** From now on the other machine may follow this data plane. */
    public void serve(Dataplane plane) {
        feeder.serve(plane);
    }

    /** The data plane is drained: who follows gets the last changes. */
    public void finish() {
        feeder.finish(true, Duration.ofNanos(HANDED_NANOS));
    }

    /** What this machine is, and how far. */
    GetStandbyResponse status() {
        long now = System.nanoTime();
        GetStandbyResponse.Builder status = GetStandbyResponse.newBuilder()
                .setRole(duty == Duty.FORWARD ? Role.PRIMARY : Role.STANDBY)
                .setTerm(file.term().message())
                .setPeer(settings.peer().name())
                .setPeerAnswers(answers)
                .setSinceAnswer(Durations.of(now - heard))
                .setWasPrimary(file.isPrimary())
                .setBegins(settings.begins())
                .setStreams(streamsBegun.get())
                .setError(error);
        settings.takeOver().ifPresent(after -> status.setTakeOver(Durations.of(after.toNanos())));
        taken.tell(status);
        if (duty == Duty.FORWARD) {
            return feeder.tell(status, now).build();
        }
        Following stream = following;
        ChangeReader.Round round = stream == null ? null : stream.progress().round();
        status.setInStep(holds()).setFlows(flows()).setFollowedTerm(holds() ? followedTerm : 0);
        if (stream != null && round != null) {
            status.setRounds(round.number())
                    .setLag(Durations.of(now - stream.progress().kept() + round.tookNanos()));
        }
        return status.build();
    }

    /** In a line. */
    public String summary() {
        return duty == Duty.FORWARD
                ? "forwards, term " + file.term()
                : "follows " + settings.peer().name() + ", " + flows() + " flows";
    }

    @Override
    public void close() throws IOException {
        closed = true;
        wake();
        if (thread.isAlive()) {
            Threads.join(thread);
        }
        Following stream = following;
        if (stream != null) {
            stream.cancel("this machine ends");
        }
        feeder.finish(false, Duration.ofSeconds(1));
        peer.close();
        streams.shutdownNow();
        reading.lock();
        try {
            reader.clear();
        } finally {
            reading.unlock();
        }
        file.close();
    }
}
