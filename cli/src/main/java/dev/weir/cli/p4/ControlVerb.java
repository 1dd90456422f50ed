package dev.weir.cli.p4;

import dev.weir.api.v1.Cell;
import dev.weir.api.v1.EntryFailure;
import dev.weir.api.v1.ListEntriesRequest;
import dev.weir.api.v1.ListMembersRequest;
import dev.weir.api.v1.ReadCellsRequest;
import dev.weir.api.v1.ScanEntriesRequest;
import dev.weir.api.v1.SetTableRequest;
import dev.weir.api.v1.WriteCellsRequest;
import dev.weir.api.v1.WriteEntriesRequest;
import dev.weir.cli.CommandException;
import dev.weir.cli.Streams;
import dev.weir.cli.ctl.Session;
import dev.weir.cli.ctl.Verb;
import dev.weir.p4.control.CellState;
import dev.weir.p4.control.Change;
import dev.weir.p4.control.EntryKey;
import dev.weir.p4.control.EntryState;
import dev.weir.p4.control.ProfileState;
import dev.weir.p4.control.ValueSetSchema;
import dev.weir.p4.ir.Match;
import dev.weir.p4.tc.TcCommand;
import dev.weir.p4.tc.TcFault;
import dev.weir.p4.tc.TcJson;
import dev.weir.p4.tc.TcMembers;
import dev.weir.p4.tc.TcParser;
import dev.weir.p4.tc.TcText;
import java.io.IOException;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** {@code weir p4 create|update|get|delete}: the words of P4TC's {@code p4ctrl}. */
final class ControlVerb extends Verb {
    private static final String FILTER = " filter ";
    private static final int MAX_CELLS = 10_000;
    private static final int ABORTED = 10;

    private final String verb;

    ControlVerb(Streams streams, String verb, String description, String... examples) {
        super(streams, verb, description);
        this.verb = verb;
        words("WORDS", "1..*", "A path, and what P4TC's p4ctrl takes behind it; 'PATH help' tells.");
        examples(examples);
    }

    @Override
    protected int run(Session session) throws CommandException, IOException {
        String line = verb + " " + String.join(" ", words());
        RemoteProgram program = RemoteProgram.ask(session, TcParser.program(line));
        try {
            TcCommand command = new TcParser(program.schema(), program.ports()).parse(line);
            new Asking(session, program, line).run(command);
        } catch (TcFault e) {
            throw CommandException.usage(e.render().stripTrailing());
        }
        return CommandException.DONE;
    }

    /** One command, what it asks and prints. */
    private record Asking(Session session, RemoteProgram program, String line) {
        void run(TcCommand command) throws CommandException, IOException {
            switch (command) {
                case TcCommand.Write write -> write(write.changes());
                case TcCommand.Get get -> entry(get.table().name(), get.key());
                case TcCommand.Dump dump -> dump(dump.table().name());
                case TcCommand.GetCells cells -> cells(cells);
                case TcCommand.GetMembers members -> members(members);
                case TcCommand.GetValues values -> values(values.set());
                case TcCommand.GetSessions sessions -> sessions(sessions.session());
                case TcCommand.Help help -> session.print(help.text());
                case TcCommand.Monitor _, TcCommand.MonitorDigests _ -> throw new IllegalStateException(line);
            }
        }

        /** What was written behind the word, as the daemon reads it, too. */
        private String filter() {
            int at = line.indexOf(FILTER);
            return at < 0 ? "" : line.substring(at + FILTER.length());
        }

        private void write(List<Change> changes) throws CommandException {
            WriteEntriesRequest.Builder entries = WriteEntriesRequest.newBuilder()
                    .setProgram(program.node())
                    .setAtomicity(
                            changes.size() == 1
                                    ? WriteEntriesRequest.Atomicity.CONTINUE_ON_ERROR
                                    : WriteEntriesRequest.Atomicity.ROLLBACK_ON_ERROR);
            WriteCellsRequest.Builder cells = WriteCellsRequest.newBuilder().setProgram(program.node());
            SetTableRequest.Builder attributes = SetTableRequest.newBuilder().setProgram(program.node());
            ChangeMessages messages = new ChangeMessages(program);
            for (Change change : changes) messages.add(change, filter(), entries, cells, attributes);
            if (entries.getChangesCount() > 0) {
                check(session.client().programs().writeEntries(entries.build()).getFailuresList());
            }
            if (cells.getChangesCount() > 0) {
                check(session.client().programs().writeCells(cells.build()).getFailuresList());
            }
            if (!attributes.getTable().isEmpty()) {
                var _ = session.client().programs().setTable(attributes.build());
            }
        }

        private static void check(List<EntryFailure> failures) throws CommandException {
            for (EntryFailure failure : failures) {
                if (failure.getCode() != ABORTED) throw CommandException.failed(failure.getMessage());
            }
        }

        private void entry(String table, EntryKey key) throws CommandException, IOException {
            var name = new ChangeMessages(program).name(table, key);
            ListEntriesRequest.Builder request = ListEntriesRequest.newBuilder()
                    .setProgram(program.node())
                    .setTable(table)
                    .addAllMatches(name.getMatchesList());
            if (name.hasPriority()) request.setPriority(name.getPriority());
            RemoteEntries entries = new RemoteEntries(program);
            List<EntryState> found = session.client().programs().listEntries(request.build()).getEntriesList().stream()
                    .map(entries::state)
                    .toList();
            if (found.isEmpty())
                throw CommandException.failed(line + ": there is no such entry; get the table for all");
            print(found);
        }

        private void dump(String table) throws IOException {
            RemoteEntries entries = new RemoteEntries(program);
            List<EntryState> all = new ArrayList<>();
            session.client()
                    .programStreams()
                    .scanEntries(ScanEntriesRequest.newBuilder()
                            .setProgram(program.node())
                            .setTable(table)
                            .setFilter(filter())
                            .build())
                    .forEachRemaining(
                            message -> message.getEntriesList().forEach(entry -> all.add(entries.state(entry))));
            print(all);
        }

        private void print(List<EntryState> entries) throws IOException {
            String name = program.schema().name();
            if (session.json()) {
                session.print(new TcJson(name, program.number(), program.ports()).dump(entries));
                return;
            }
            TcText text = new TcText(name, program.number(), program.ports());
            session.print(text.header());
            for (EntryState entry : entries) session.print(text.entry(entry));
        }

        /** @param name of a profile or value set; empty for all and the sessions */
        private RemoteMembers asked(String name) {
            ListMembersRequest request = ListMembersRequest.newBuilder()
                    .setProgram(program.node())
                    .setName(name)
                    .build();
            return new RemoteMembers(session.client().programs().listMembers(request), program);
        }

        private void members(TcCommand.GetMembers wanted) throws CommandException, IOException {
            ProfileState all = asked(wanted.profile().path()).profile(wanted.profile());
            ProfileState found = new ProfileState(
                    all.profile(),
                    only(all.members(), wanted.member(), wanted.group()),
                    only(all.groups(), wanted.group(), wanted.member()));
            boolean one = wanted.member() != null || wanted.group() != null;
            if (one && found.members().isEmpty() && found.groups().isEmpty()) {
                throw CommandException.failed(line + ": there is none of that number; get the profile for all");
            }
            TcMembers members = new TcMembers(program.ports());
            session.print(session.json() ? members.json(found) : members.text(found));
        }

        /** All where nothing is wanted, the one of a number, nothing where something else is wanted. */
        private static <K, T> SortedMap<K, T> only(SortedMap<K, T> all, @Nullable K number, @Nullable K other) {
            if (number == null && other == null) return all;
            SortedMap<K, T> one = new TreeMap<>();
            if (number != null && all.containsKey(number)) one.put(number, all.get(number));
            return one;
        }

        private void values(ValueSetSchema set) throws IOException {
            List<List<Match>> found = asked(set.path()).values(set);
            TcMembers members = new TcMembers(program.ports());
            session.print(session.json() ? members.json(set, found) : members.text(set, found));
        }

        private void sessions(@Nullable Integer number) throws CommandException, IOException {
            var found = only(asked("").sessions(), number, null);
            if (number != null && found.isEmpty()) {
                throw CommandException.failed(line + ": there is no such session; get the program's mirror for all");
            }
            TcMembers members = new TcMembers(program.ports());
            session.print(session.json() ? members.json(found) : members.text(found));
        }

        private void cells(TcCommand.GetCells command) throws IOException {
            Integer index = command.index();
            ReadCellsRequest.Builder request = ReadCellsRequest.newBuilder()
                    .setProgram(program.node())
                    .setName(command.cell().name())
                    .setCount(index == null ? MAX_CELLS : 1);
            if (index != null) request.setFirst(index);
            List<CellState> cells = new ArrayList<>();
            for (Cell cell :
                    session.client().programs().readCells(request.build()).getCellsList()) {
                cells.add(new CellState(
                        command.cell(),
                        cell.getIndex(),
                        cell.hasCounted()
                                ? new EntryState.Counted(
                                        cell.getCounted().getPackets(),
                                        cell.getCounted().getBytes())
                                : null,
                        cell.hasRates() ? RemoteEntries.rates(cell.getRates()) : null,
                        null,
                        cell.hasRegister() ? new BigInteger(cell.getRegister().substring(2), 16) : null));
            }
            String name = program.schema().name();
            session.print(
                    session.json()
                            ? new TcJson(name, program.number(), program.ports()).cells(cells)
                            : new TcText(name, program.number(), program.ports()).cells(cells));
        }
    }
}
