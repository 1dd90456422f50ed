package dev.weir.cli.p4;

import dev.weir.api.v1.ProgramEvent.Kind;
import dev.weir.api.v1.WatchEntriesRequest;
import dev.weir.api.v1.WatchEntriesResponse;
import dev.weir.cli.CommandException;
import dev.weir.cli.Streams;
import dev.weir.cli.ctl.EventStream;
import dev.weir.cli.ctl.Session;
import dev.weir.cli.ctl.Verb;
import dev.weir.p4.tc.TcCommand;
import dev.weir.p4.tc.TcFault;
import dev.weir.p4.tc.TcJson;
import dev.weir.p4.tc.TcParser;
import dev.weir.p4.tc.TcText;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** {@code weir p4 mon}: what happens to entries, as it happens, over all connections until it is ended. */
final class MonVerb extends Verb {
    private static final String FILTER = " filter ";

    MonVerb(Streams streams) {
        super(
                streams,
                "mon",
                "Tells what happens to entries of programs as it happens, in P4TC's form, or with -j as a JSON object a line.",
                "",
                "A connection that breaks is made again; events that were missed are counted where they are missing.");
        words(
                "WORDS",
                "0..*",
                "[p4] events [PROGRAM/table/CONTROL/TABLE [filter EXPR]], or [p4] digest [PROGRAM]. Default: events of all.");
        examples("  weir p4 mon", "  weir p4 mon -j events flow_tracker/table/Track/flows filter 'cmd = delete'");
    }

    @Override
    protected int run(Session session) throws CommandException, IOException {
        List<String> words = new ArrayList<>(words());
        if (!words.isEmpty() && words.getFirst().equals("p4")) words.removeFirst();
        if (words.isEmpty()) words.add("events");
        WatchEntriesRequest request = request(session, words);
        session.streams().interruption().onRequest(session.client()::close);
        Printing printing = new Printing(session, new HashMap<>());
        new EventStream<>(
                        session,
                        after -> session.client()
                                .programStreams()
                                .watchEntries(
                                        after == null
                                                ? request
                                                : request.toBuilder()
                                                        .setResumeAfter(after)
                                                        .build()),
                        answer -> answer.hasPosition() ? answer.getPosition() : null)
                .follow(printing::take);
        return CommandException.DONE;
    }

    private static WatchEntriesRequest request(Session session, List<String> words) throws CommandException {
        WatchEntriesRequest.Builder request = WatchEntriesRequest.newBuilder();
        boolean digests = words.getFirst().equals("digest");
        if (!digests && !words.getFirst().equals("events")) {
            throw CommandException.usage("'" + words.getFirst() + "': there is no such monitor; give events or digest");
        }
        EnumSet<Kind> kinds = EnumSet.range(Kind.CREATED, Kind.IDLE);
        request.addAllKinds(digests ? EnumSet.of(Kind.DIGEST) : kinds);
        if (words.size() == 1) return request.build();
        String line = "mon " + String.join(" ", words);
        RemoteProgram program = RemoteProgram.ask(session, TcParser.program(line));
        request.setProgram(program.node());
        try {
            TcCommand command = new TcParser(program.schema(), program.ports()).parse(line);
            if (command instanceof TcCommand.Monitor monitor && monitor.table() != null) {
                int filter = line.indexOf(FILTER);
                request.setTable(monitor.table().name())
                        .setFilter(filter < 0 ? "" : line.substring(filter + FILTER.length()));
            }
        } catch (TcFault e) {
            throw CommandException.usage(e.render().stripTrailing());
        }
        return request.build();
    }

    /**
     * Prints events; what it knows of a program is asked once, and again where an event does not fit it.
     *
     * @param known programs by their nodes
     */
    private record Printing(Session session, Map<String, RemoteProgram> known) {
        boolean take(WatchEntriesResponse answer) throws IOException {
            if (answer.hasGap()) session.printLine(EventStream.gap(session, answer.getGap()));
            for (dev.weir.api.v1.ProgramEvent event : answer.getEventsList()) print(event);
            session.out().flush();
            return true;
        }

        private void print(dev.weir.api.v1.ProgramEvent event) throws IOException {
            RemoteProgram program = known.get(event.getNode());
            String text = program == null ? null : text(program, event);
            if (text == null) {
                program = asked(event);
                text = program == null ? null : text(program, event);
            }
            session.print(
                    text != null
                            ? text
                            : " " + event.getKind().name().toLowerCase(java.util.Locale.ROOT) + " pipeline:  "
                                    + event.getProgram() + "(id " + event.getNumber()
                                    + ")\n    of a program that is gone\n");
        }

        private @Nullable RemoteProgram asked(dev.weir.api.v1.ProgramEvent event) {
            try {
                RemoteProgram program = RemoteProgram.ask(session, event.getNode(), event.getProgram());
                known.put(event.getNode(), program);
                return program;
            } catch (StatusRuntimeException e) {
                if (e.getStatus().getCode() == io.grpc.Status.Code.NOT_FOUND) return null;
                throw e;
            }
        }

        /** Null where the event is of another text of the program. */
        private @Nullable String text(RemoteProgram program, dev.weir.api.v1.ProgramEvent event) {
            try {
                var shown = new RemoteEntries(program).event(event);
                String name = event.getProgram();
                return session.json()
                        ? new TcJson(name, event.getNumber(), program.ports()).event(shown)
                        : new TcText(name, event.getNumber(), program.ports()).event(shown);
            } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
                return null;
            }
        }
    }
}
