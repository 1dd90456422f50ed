package dev.weir.server.standby;

import dev.weir.api.v1.GetStandbyResponse;
import dev.weir.api.v1.GetStandbyResponse.Role;
import dev.weir.api.v1.YieldResponse;
import dev.weir.dataplane.graph.Dataplane;
import dev.weir.dataplane.graph.FlowRestore;
import dev.weir.server.DaemonLog;
import dev.weir.server.config.StandbySettings;
import dev.weir.server.programs.Programs;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * This machine of a pair: follows the other one or forwards, and decides which. A number that only grows says who forwards; it is on the disk before it is acted upon. Who forwards and hears of a larger one
 * stops. So after two machines have heard of each other one of them forwards, whatever happened before. {@link Watch} decides, {@link Standing} has what was decided, {@link Follower} what came from the other machine,
 * {@link Feeder} sends it what this one knows. Any thread may ask.
 */
public final class Pair implements AutoCloseable {
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
    private final Standing standing;
    private final Trouble trouble;
    private final Peer peer;
    private final ExecutorService streams;
    private final Outlook outlook;
    private final Follower follower = new Follower();
    private final Taken taken;
    private final Feeder feeder;
    private final Watch watch;

    private Pair(StandbySettings settings, List<String> programs, Patience patience, DaemonLog log) throws IOException {
        this.settings = settings;
        trouble = new Trouble(log, System::nanoTime);
        taken = new Taken(programs, log);
        feeder = new Feeder(settings.interval(), log);
        TermFile file = TermFile.open(settings.file());
        standing = new Standing(file, log);
        streams = Executors.newSingleThreadExecutor(
                Thread.ofPlatform().name("weir-standby-stream").daemon().factory());
        try {
            peer = new Peer(settings.peer(), streams);
        } catch (IOException | RuntimeException | Error e) {
            streams.shutdown();
            file.close();
            throw e;
        }
        outlook = new Outlook(peer, settings.peer().name(), file.term().machine(), patience, trouble);
        watch = new Watch(settings, patience, standing, outlook, follower, peer, trouble, log);
    }

    /**
     * Takes the file; nothing is asked or decided before {@link #start}.
     *
     * @param programs the names of nodes with programs
     * @throws IOException where the file cannot be had or written, or something that is shown to the other machine cannot be used: which, why, and what to do
     */
    public static Pair open(StandbySettings settings, List<String> programs, DaemonLog log) throws IOException {
        return open(settings, programs, Patience.of(settings.takeOver().orElse(Patience.LIMIT)), log);
    }

    static Pair open(StandbySettings settings, List<String> programs, Patience patience, DaemonLog log)
            throws IOException {
        return new Pair(settings, programs, patience, log);
    }

    /** @param onDuty is told, in another thread, that the duty is another now */
    public void start(Runnable onDuty) {
        standing.listen(onDuty);
        watch.start();
    }

    public Duty duty() {
        return standing.duty();
    }

    /**
     * Has this machine forward.
     *
     * @throws IOException where it is not decided in time, or the other machine does not yield: why
     */
    Term takeOver() throws IOException {
        return watch.takeOver();
    }

    /** Another machine forwards by that term: whether this one does no more. */
    YieldResponse yieldTo(Term term) throws IOException {
        return standing.yieldTo(term);
    }

    Feeder feeder() {
        return feeder;
    }

    /** Whether there are flows of the other machine to go on with. */
    public boolean hasFlows() {
        return follower.holds();
    }

    /** Has programs run that were loaded at the other machine; before the graph of programs is asked for. */
    public void resume(Programs programs) {
        follower.resume(taken, programs);
    }

    /** Gives the data plane that is about to start, and its programs, what came from the other machine. */
    public void restore(FlowRestore into, Programs programs) {
        follower.restore(taken, into, programs);
    }

    /** From now on the other machine may follow this data plane and its programs. */
    public void serve(Dataplane plane, Programs programs) {
        feeder.serve(plane, programs);
    }

    /** The data plane is drained: who follows gets the last changes. */
    public void finish() {
        feeder.finish(true, Duration.ofNanos(Watch.HANDED_NANOS));
    }

    /** What this machine is, and how far. */
    public GetStandbyResponse status() {
        long now = System.nanoTime();
        boolean forwards = standing.duty() == Duty.FORWARD;
        GetStandbyResponse.Builder status = GetStandbyResponse.newBuilder()
                .setRole(forwards ? Role.PRIMARY : Role.STANDBY)
                .setTerm(standing.term().message())
                .setPeer(settings.peer().name())
                .setPeerAnswers(outlook.answers())
                .setSinceAnswer(Durations.of(now - outlook.heard()))
                .setWasPrimary(standing.isPrimary())
                .setBegins(settings.begins())
                .setError(trouble.what());
        settings.takeOver().ifPresent(after -> status.setTakeOver(Durations.of(after.toNanos())));
        taken.tell(status);
        if (forwards) {
            feeder.tell(status, now);
        } else {
            follower.tell(status, now);
        }
        return status.build();
    }

    /** In a line. */
    public String summary() {
        return standing.duty() == Duty.FORWARD
                ? "forwards, term " + standing.term()
                : "follows " + settings.peer().name() + ", " + follower.flows() + " flows";
    }

    @Override
    public void close() throws IOException {
        watch.close();
        follower.end("this machine ends");
        feeder.finish(false, Duration.ofSeconds(1));
        peer.close();
        streams.shutdownNow();
        follower.close();
        standing.close();
    }
}
