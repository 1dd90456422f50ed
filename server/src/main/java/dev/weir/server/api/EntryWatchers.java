package dev.weir.server.api;

import dev.weir.api.v1.Position;
import dev.weir.api.v1.ProgramEvent.Kind;
import dev.weir.api.v1.WatchEntriesRequest;
import dev.weir.api.v1.WatchEntriesResponse;
import dev.weir.api.v1.WatchFlowsResponse.Gap;
import dev.weir.p4.control.TableSchema;
import dev.weir.p4.tc.PortNames;
import dev.weir.p4.tc.TcFilter;
import dev.weir.server.programs.LoadException;
import dev.weir.server.programs.ProgramEventLog;
import dev.weir.server.programs.ProgramEventLog.Logged;
import dev.weir.server.programs.Programs;
import dev.weir.server.programs.RunningNode;
import io.grpc.stub.ServerCallStreamObserver;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** All streams of events of programs. Calls come from any thread. */
final class EntryWatchers implements AutoCloseable {
    private final Programs programs;
    private final EventStreams<Logged, WatchEntriesResponse> streams;

    /** @param run names this run of the daemon */
    EntryWatchers(Programs programs, Calls calls, String run) {
        this.programs = programs;
        streams = new EventStreams<>(
                "Programs.WatchEntries",
                "weir-program-events",
                calls,
                run,
                added -> new ProgramEventLog(programs, added));
    }

    /** What a stream tells next. */
    private static final class Message implements EventStreams.Message<Logged, WatchEntriesResponse> {
        private final Programs programs;
        private final EntryInterest interest;
        private WatchEntriesResponse.Builder next = WatchEntriesResponse.newBuilder();

        Message(Programs programs, EntryInterest interest) {
            this.programs = programs;
            this.interest = interest;
        }

        @Override
        public boolean add(Logged logged) {
            if (!interest.wants(logged)) return false;
            next.addEvents(EventMessages.event(programs, logged));
            return true;
        }

        @Override
        public WatchEntriesResponse take(@Nullable Gap gap, Position position) {
            WatchEntriesResponse.Builder made = next.setPosition(position);
            if (gap != null) made.setGap(gap);
            next = WatchEntriesResponse.newBuilder();
            return made.build();
        }
    }

    /** How many streams there are. */
    int count() {
        return streams.count();
    }

    /** Begins a stream. */
    void watch(WatchEntriesRequest request, ServerCallStreamObserver<WatchEntriesResponse> reader) {
        Position after = request.hasResumeAfter() ? request.getResumeAfter() : null;
        streams.watch(reader, after, () -> new Message(programs, interest(request)));
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

    /** Tells the last events and ends all streams. A second call does nothing. */
    @Override
    public void close() {
        streams.close();
    }
}
