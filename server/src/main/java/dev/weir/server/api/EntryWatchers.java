package dev.weir.server.api;

import dev.weir.api.v1.Position;
import dev.weir.api.v1.ProgramEvent.Kind;
import dev.weir.api.v1.WatchEntriesRequest;
import dev.weir.api.v1.WatchEntriesResponse;
import dev.weir.api.v1.WatchFlowsResponse;
import dev.weir.api.v1.WatchFlowsResponse.Reason;
import dev.weir.p4.control.ProgramEvent;
import dev.weir.p4.control.TableSchema;
import dev.weir.p4.tc.PortNames;
import dev.weir.p4.tc.TcFilter;
import dev.weir.server.programs.LoadException;
import dev.weir.server.programs.ProgramEventLog;
import dev.weir.server.programs.Programs;
import dev.weir.server.programs.RunningNode;
import dev.weir.wire.linux.Capabilities;
import dev.weir.wire.linux.Niceness;
import io.grpc.stub.ServerCallStreamObserver;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * All streams of events of programs, told by one thread, as soon as there are some and the stream can take them. Calls come from any thread.
 */
final class EntryWatchers implements AutoCloseable {
    private static final String METHOD = "Programs.WatchEntries";
    private static final int MAX_WATCHERS = 256, MESSAGE = 256, MESSAGES = 16;
    private static final long REST_NANOS = 100_000_000, HEARTBEAT_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Programs programs;
    private final ProgramEventLog log;
    private final Calls calls;
    private final String run;
    private final AtomicInteger count = new AtomicInteger();
    private final CopyOnWriteArrayList<Watch> watches = new CopyOnWriteArrayList<>();
    private final Thread thread;
    private volatile boolean closing;

    /** @param run names this run of the daemon */
    EntryWatchers(Programs programs, Calls calls, String run) {
        this.programs = programs;
        this.calls = calls;
        this.run = run;
        thread = Thread.ofPlatform().daemon().name("weir-program-events").unstarted(this::run);
        log = new ProgramEventLog(programs, () -> LockSupport.unpark(thread));
        thread.start();
    }

    /** A call's stream: a place in the log. The telling thread's, but for {@link #leave}. */
    private final class Watch {
        private final EntryInterest interest;
        private final ServerCallStreamObserver<WatchEntriesResponse> reader;
        private WatchFlowsResponse.@Nullable Gap gap;
        private long sequence;
        private long told = System.nanoTime() - HEARTBEAT_NANOS;
        private boolean left;

        Watch(EntryInterest interest, ServerCallStreamObserver<WatchEntriesResponse> reader, long sequence) {
            this.interest = interest;
            this.reader = reader;
            this.sequence = sequence;
        }

        /** It is over, in whatever way. */
        synchronized void leave() {
            if (left) return;
            left = true;
            log.leave(System.nanoTime());
            count.decrementAndGet();
            watches.remove(this);
        }

        /** Tells what the stream can take; whether there may be more at once. */
        boolean advance(long now) {
            for (int n = 0; n < MESSAGES && reader.isReady(); n++) {
                if (!tellSome(now)) {
                    if (now - told >= HEARTBEAT_NANOS) tell(WatchEntriesResponse.newBuilder(), now);
                    return false;
                }
            }
            return reader.isReady();
        }

        private boolean tellSome(long now) {
            ProgramEventLog.Piece piece = log.after(sequence, MESSAGE);
            if (piece.missed() != 0)
                gap = gap(Math.max(piece.missed(), 0), piece.missed() < 0 ? Reason.TOO_OLD : Reason.SLOW);
            boolean moved = piece.sequence() != sequence;
            WatchEntriesResponse.Builder message = WatchEntriesResponse.newBuilder();
            for (ProgramEventLog.Logged logged : piece.events()) {
                if (logged.event() instanceof ProgramEvent.Lost lost) {
                    if (message.getEventsCount() > 0) tell(message, now);
                    gap = gap(lost.events(), Reason.OVERRUN);
                    message = WatchEntriesResponse.newBuilder();
                } else if (interest.wants(logged)) {
                    message.addEvents(EventMessages.event(programs, logged));
                }
                sequence = logged.sequence();
            }
            sequence = piece.sequence();
            if (message.getEventsCount() > 0 || gap != null) tell(message, now);
            return moved;
        }

        private void tell(WatchEntriesResponse.Builder message, long now) {
            if (gap != null) message.setGap(gap);
            gap = null;
            told = now;
            reader.onNext(message.setPosition(Position.newBuilder().setRun(run).setSequence(sequence))
                    .build());
        }
    }

    private static WatchFlowsResponse.Gap gap(long missed, Reason reason) {
        return WatchFlowsResponse.Gap.newBuilder()
                .setMissed(missed)
                .setReason(reason)
                .build();
    }

    /** How many streams there are. */
    int count() {
        return count.get();
    }

    /** Begins a stream. */
    void watch(WatchEntriesRequest request, ServerCallStreamObserver<WatchEntriesResponse> reader) {
        List<Watch> begun = new CopyOnWriteArrayList<>();
        reader.setOnReadyHandler(() -> LockSupport.unpark(thread));
        reader.setOnCancelHandler(() -> begun.forEach(Watch::leave));
        calls.begin(METHOD, reader, () -> {
            EntryInterest interest = interest(request);
            if (closing) throw ending();
            if (count.incrementAndGet() > MAX_WATCHERS) {
                count.decrementAndGet();
                throw Refusal.exhausted("so many watch already: " + MAX_WATCHERS + "; end another one's call first");
            }
            Watch watch = new Watch(interest, reader, log.join());
            begun.add(watch);
            try {
                if (request.hasResumeAfter()) resume(watch, request.getResumeAfter());
                watches.add(watch);
                if (reader.isCancelled()) watch.leave();
                LockSupport.unpark(thread);
            } catch (RuntimeException e) {
                watch.leave();
                throw e;
            }
        });
    }

    private void resume(Watch watch, Position after) {
        if (!after.getRun().equals(run)) {
            watch.gap = gap(0, Reason.OTHER_RUN);
            return;
        }
        if (after.getSequence() < 0 || after.getSequence() > watch.sequence) {
            throw Refusal.field(
                    "resume_after.sequence", "is later than the last event; give a position that WatchEntries told");
        }
        watch.sequence = after.getSequence();
    }

    private static Refusal ending() {
        return Refusal.unavailable("the daemon is ending");
    }

    private EntryInterest interest(WatchEntriesRequest request) {
        Set<Kind> kinds = EnumSet.noneOf(Kind.class);
        for (int i = 0; i < request.getKindsCount(); i++) {
            Kind kind = request.getKinds(i);
            if (kind == Kind.KIND_UNSPECIFIED || kind == Kind.UNRECOGNIZED) {
                throw Refusal.field(
                        "kinds[" + i + "]",
                        "there is no such kind; give CREATED, UPDATED, DELETED, FLUSHED, IDLE, DIGEST, or none for all");
            }
            kinds.add(kind);
        }
        if (request.getProgram().isEmpty()) {
            if (!request.getTable().isEmpty()) throw Refusal.field("table", "needs the program; name it");
            if (!request.getFilter().isEmpty()) throw Refusal.field("filter", "needs program and table; name them");
            return new EntryInterest("", null, TcFilter.ALL, kinds);
        }
        RunningNode program = found(request.getProgram());
        EntryRequests requests = new EntryRequests(program.image().schema(), new PortNames(programs.portNames()));
        if (request.getTable().isEmpty()) {
            if (!request.getFilter().isEmpty()) throw Refusal.field("filter", "needs the table; name it");
            return new EntryInterest(program.node(), null, TcFilter.ALL, kinds);
        }
        TableSchema table = requests.table(request.getTable(), "table");
        TcFilter filter = EntryFilters.read(
                request.getFilter(), program.image().schema(), table, new PortNames(programs.portNames()), "filter");
        return new EntryInterest(program.node(), table.name(), filter, kinds);
    }

    private RunningNode found(String name) {
        try {
            return programs.find(name);
        } catch (LoadException e) {
            throw ProgramLoads.refusal(e, "program");
        }
    }

    private void run() {
        Niceness.set(Niceness.LOWEST_PRIORITY);
        Capabilities.keepOnly(Set.of());
        while (!closing) {
            long now = System.nanoTime();
            boolean more = false;
            for (Watch watch : watches) more |= advance(watch, now);
            log.age(now);
            if (!more) LockSupport.parkNanos(this, REST_NANOS);
        }
        for (Watch watch : watches) {
            advance(watch, System.nanoTime());
            watch.leave();
            calls.refuse(METHOD, watch.reader, ending());
        }
    }

    private boolean advance(Watch watch, long now) {
        try {
            return watch.advance(now);
        } catch (RuntimeException | Error e) {
            watch.leave();
            if (!watch.reader.isCancelled()) calls.refuse(METHOD, watch.reader, e);
            return false;
        }
    }

    /** Tells the last events and ends all streams. A second call does nothing. */
    @Override
    public void close() {
        closing = true;
        LockSupport.unpark(thread);
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) Thread.currentThread().interrupt();
        log.close();
    }
}
