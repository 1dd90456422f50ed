package dev.weir.server.api;

import dev.weir.api.v1.ListEntriesRequest;
import dev.weir.api.v1.ListEntriesResponse;
import dev.weir.api.v1.SetTableRequest;
import dev.weir.api.v1.SetTableResponse;
import dev.weir.api.v1.WriteEntriesRequest;
import dev.weir.api.v1.WriteEntriesResponse;
import dev.weir.dataplane.graph.FlowCursor;
import dev.weir.p4.control.Atomicity;
import dev.weir.p4.control.EntryKey;
import dev.weir.p4.control.EntryPage;
import dev.weir.p4.control.Outcome;
import dev.weir.p4.control.TableSchema;
import dev.weir.p4.run.Origin;
import dev.weir.p4.tc.TcFilter;
import dev.weir.server.programs.RunningNode;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** The calls about entries and tables that are answered once. Any thread; none of them waits. */
final class EntryCalls {
    private static final int DEFAULT_PAGE = 100, MAX_PAGE = 10_000;

    private final ProgramCalls programs;
    private final PageTokens tokens = new PageTokens();

    EntryCalls(ProgramCalls programs) {
        this.programs = programs;
    }

    CompletionStage<WriteEntriesResponse> write(WriteEntriesRequest request, Origin by) {
        RunningNode program = programs.found(request.getProgram(), "program");
        EntryRequests requests = programs.requests(program);
        ProgramCalls.Read read = ProgramCalls.read(request.getChangesList(), requests::change);
        Atomicity atomicity = atomicity(request.getAtomicity(), "atomicity");
        if (atomicity != Atomicity.CONTINUE_ON_ERROR && !read.failures().isEmpty()) {
            return CompletableFuture.completedFuture(WriteEntriesResponse.newBuilder()
                    .addAllFailures(ProgramCalls.aborted(read))
                    .build());
        }
        return ProgramCalls.answered(program.runtime().write(read.good(), atomicity, by))
                .thenApply(outcomes -> WriteEntriesResponse.newBuilder()
                        .setEntries(outcomes.stream().mapToInt(Outcome::count).sum())
                        .addAllFailures(ProgramCalls.failures(read, outcomes))
                        .build());
    }

    static Atomicity atomicity(WriteEntriesRequest.Atomicity wanted, String field) {
        return switch (wanted) {
            case CONTINUE_ON_ERROR -> Atomicity.CONTINUE_ON_ERROR;
            case ROLLBACK_ON_ERROR -> Atomicity.ROLLBACK_ON_ERROR;
            case DATAPLANE_ATOMIC -> Atomicity.DATAPLANE_ATOMIC;
            case UNRECOGNIZED ->
                throw Refusal.field(
                        field, "there is none such; give CONTINUE_ON_ERROR, ROLLBACK_ON_ERROR or DATAPLANE_ATOMIC");
        };
    }

    CompletionStage<ListEntriesResponse> list(ListEntriesRequest request) {
        RunningNode program = programs.found(request.getProgram(), "program");
        EntryRequests requests = programs.requests(program);
        TableSchema table = requests.table(request.getTable(), "table");
        return request.getMatchesCount() > 0 ? one(program, table, requests, request) : page(program, table, request);
    }

    private CompletionStage<ListEntriesResponse> one(
            RunningNode program, TableSchema table, EntryRequests requests, ListEntriesRequest request) {
        if (!request.getFilter().isEmpty()) {
            throw Refusal.field("filter", "does not go together with matches; give one of the two");
        }
        EntryKey key =
                requests.key(table, request.getMatchesList(), request.hasPriority() ? request.getPriority() : null, "");
        return ProgramCalls.answered(program.runtime().entry(table.name(), key)).thenApply(found -> {
            ListEntriesResponse.Builder answer = ListEntriesResponse.newBuilder();
            found.ifPresent(entry -> answer.addEntries(programs.messages().entry(entry)));
            return answer.build();
        });
    }

    private CompletionStage<ListEntriesResponse> page(
            RunningNode program, TableSchema table, ListEntriesRequest request) {
        TcFilter filter =
                EntryFilters.read(request.getFilter(), program.image().schema(), table, programs.ports(), "filter");
        int size = pageSize(request.getPageSize(), "page_size");
        String list = program.node() + "\n" + table.name() + "\n" + request.getFilter();
        EntryPage.Position from = EntryPage.Position.START;
        if (!request.getPageToken().isEmpty()
                && tokens.read(request.getPageToken(), list, "page_token")
                        instanceof PageToken.Unsorted(FlowCursor at)) {
            from = new EntryPage.Position(at.worker(), Math.toIntExact(at.place()));
        }
        return ProgramCalls.answered(program.runtime().entries(table.name(), filter::matches, from, size))
                .thenApply(page -> {
                    EntryMessages messages = programs.messages();
                    ListEntriesResponse.Builder answer = ListEntriesResponse.newBuilder();
                    page.entries().forEach(entry -> answer.addEntries(messages.entry(entry)));
                    EntryPage.Position next = page.next();
                    if (next != null) {
                        FlowCursor place = new FlowCursor(next.worker(), next.entry());
                        answer.setNextPageToken(tokens.write(new PageToken.Unsorted(place), list));
                    }
                    return answer.build();
                });
    }

    static int pageSize(int asked, String field) {
        if (asked < 0 || asked > MAX_PAGE) {
            throw Refusal.field(field, Integer.toUnsignedString(asked) + " is out of range; give 1 to " + MAX_PAGE);
        }
        return asked == 0 ? DEFAULT_PAGE : asked;
    }

    CompletionStage<SetTableResponse> set(SetTableRequest request, Origin by) {
        RunningNode program = programs.found(request.getProgram(), "program");
        EntryRequests requests = programs.requests(program);
        TableSchema table = requests.table(request.getTable(), "table");
        var changes = requests.attributes(table, request);
        return ProgramCalls.answered(program.runtime().write(changes, Atomicity.ROLLBACK_ON_ERROR, by))
                .thenCompose(outcomes -> state(program, table, outcomes));
    }

    private CompletionStage<SetTableResponse> state(RunningNode program, TableSchema table, List<Outcome> outcomes) {
        for (Outcome outcome : outcomes) {
            boolean cause = !outcome.isDone() && outcome.status() != Outcome.Status.ABORTED;
            if (cause) throw ProgramCalls.refusal(outcome, "table");
        }
        return ProgramCalls.answered(program.runtime().table(table.name()))
                .thenApply(state -> SetTableResponse.newBuilder()
                        .setTable(new SchemaMessages(programs.messages()).table(state))
                        .build());
    }
}
