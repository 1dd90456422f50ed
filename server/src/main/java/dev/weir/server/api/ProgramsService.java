package dev.weir.server.api;

import dev.weir.api.v1.ApplyTemplatesRequest;
import dev.weir.api.v1.ApplyTemplatesResponse;
import dev.weir.api.v1.GetProgramRequest;
import dev.weir.api.v1.GetProgramResponse;
import dev.weir.api.v1.ListCachesRequest;
import dev.weir.api.v1.ListCachesResponse;
import dev.weir.api.v1.ListEntriesRequest;
import dev.weir.api.v1.ListEntriesResponse;
import dev.weir.api.v1.ListMembersRequest;
import dev.weir.api.v1.ListMembersResponse;
import dev.weir.api.v1.ListProgramsRequest;
import dev.weir.api.v1.ListProgramsResponse;
import dev.weir.api.v1.ListTemplatesRequest;
import dev.weir.api.v1.ListTemplatesResponse;
import dev.weir.api.v1.LoadProgramRequest;
import dev.weir.api.v1.LoadProgramResponse;
import dev.weir.api.v1.ProgramsGrpc;
import dev.weir.api.v1.ReadCellsRequest;
import dev.weir.api.v1.ReadCellsResponse;
import dev.weir.api.v1.ScanEntriesRequest;
import dev.weir.api.v1.ScanEntriesResponse;
import dev.weir.api.v1.SetTableRequest;
import dev.weir.api.v1.SetTableResponse;
import dev.weir.api.v1.UnloadProgramRequest;
import dev.weir.api.v1.UnloadProgramResponse;
import dev.weir.api.v1.WatchEntriesRequest;
import dev.weir.api.v1.WatchEntriesResponse;
import dev.weir.api.v1.WriteCellsRequest;
import dev.weir.api.v1.WriteCellsResponse;
import dev.weir.api.v1.WriteEntriesRequest;
import dev.weir.api.v1.WriteEntriesResponse;
import dev.weir.p4.control.TableSchema;
import dev.weir.p4.control.TableState;
import dev.weir.p4.run.Origin;
import dev.weir.p4.tc.Introspection;
import dev.weir.p4.tc.TcFilter;
import dev.weir.server.api.access.CallOrigins;
import dev.weir.server.programs.LoadException;
import dev.weir.server.programs.Programs;
import dev.weir.server.programs.RunningNode;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** The calls of {@code weir.v1.Programs}. Any thread. */
final class ProgramsService extends ProgramsGrpc.ProgramsImplBase {
    private final Programs programs;
    private final Calls calls;
    private final ProgramLoads loads;
    private final EntryWatchers watchers;
    private final TemplateCalls templates;
    private final ProgramCalls common;
    private final EntryCalls entries;
    private final CellCalls cells;
    private final MemberCalls members;
    private final CacheCalls caches;

    ProgramsService(
            Programs programs, Calls calls, ProgramLoads loads, EntryWatchers watchers, TemplateCalls templates) {
        this.programs = programs;
        this.calls = calls;
        this.loads = loads;
        this.watchers = watchers;
        this.templates = templates;
        common = new ProgramCalls(programs);
        entries = new EntryCalls(common);
        cells = new CellCalls(common);
        members = new MemberCalls(common);
        caches = new CacheCalls(programs, common);
    }

    @Override
    public void loadProgram(LoadProgramRequest request, StreamObserver<LoadProgramResponse> caller) {
        calls.answer("Programs.LoadProgram", caller, () -> loads.load(request));
    }

    @Override
    public void unloadProgram(UnloadProgramRequest request, StreamObserver<UnloadProgramResponse> caller) {
        calls.answer(
                "Programs.UnloadProgram",
                caller,
                () -> CompletableFuture.completedFuture(UnloadProgramResponse.newBuilder()
                        .setRemoved(unloaded(request.getName()).own())
                        .build()));
    }

    private RunningNode unloaded(String name) {
        try {
            return programs.unload(name);
        } catch (LoadException e) {
            throw ProgramLoads.refusal(e, "name");
        }
    }

    @Override
    public void listPrograms(ListProgramsRequest request, StreamObserver<ListProgramsResponse> caller) {
        calls.answer(
                "Programs.ListPrograms",
                caller,
                () -> CompletableFuture.completedFuture(ListProgramsResponse.newBuilder()
                        .addAllPrograms(programs.all().stream()
                                .map(each -> ProgramMessages.program(programs, each))
                                .toList())
                        .build()));
    }

    @Override
    public void getProgram(GetProgramRequest request, StreamObserver<GetProgramResponse> caller) {
        calls.answer("Programs.GetProgram", caller, () -> described(common.found(request.getName(), "name")));
    }

    private CompletionStage<GetProgramResponse> described(RunningNode program) {
        List<CompletableFuture<TableState>> states = program.image().schema().tables().stream()
                .map(TableSchema::name)
                .map(program.runtime()::table)
                .toList();
        CompletableFuture<Void> all = CompletableFuture.allOf(states.toArray(CompletableFuture[]::new));
        return ProgramCalls.answered(all).thenApply(_ -> {
            SchemaMessages messages = new SchemaMessages(common.messages());
            GetProgramResponse.Builder answer = GetProgramResponse.newBuilder()
                    .setProgram(ProgramMessages.program(programs, program))
                    .setIntrospection(Introspection.of(program.image().facts()))
                    .addAllPorts(programs.portNames());
            states.forEach(state -> answer.addTables(messages.table(state.join())));
            program.image().schema().cells().forEach(cell -> answer.addCells(SchemaMessages.cells(cell)));
            program.image().schema().digests().forEach(digest -> answer.addDigests(SchemaMessages.digest(digest)));
            program.image().schema().profiles().forEach(each -> answer.addProfiles(SchemaMessages.profile(each)));
            program.image().schema().valueSets().forEach(set -> answer.addValueSets(SchemaMessages.values(set)));
            return answer.build();
        });
    }

    @Override
    public void writeEntries(WriteEntriesRequest request, StreamObserver<WriteEntriesResponse> caller) {
        Origin by = CallOrigins.current();
        calls.answer("Programs.WriteEntries", caller, () -> entries.write(request, by));
    }

    @Override
    public void listEntries(ListEntriesRequest request, StreamObserver<ListEntriesResponse> caller) {
        calls.answer("Programs.ListEntries", caller, () -> entries.list(request));
    }

    @Override
    public void scanEntries(ScanEntriesRequest request, StreamObserver<ScanEntriesResponse> caller) {
        var reader = (ServerCallStreamObserver<ScanEntriesResponse>) caller;
        LateScan scan = new LateScan();
        reader.setOnReadyHandler(scan::wake);
        reader.setOnCancelHandler(() -> {});
        calls.begin("Programs.ScanEntries", caller, () -> {
            RunningNode program = common.found(request.getProgram(), "program");
            TableSchema table = common.requests(program).table(request.getTable(), "table");
            TcFilter filter =
                    EntryFilters.read(request.getFilter(), program.image().schema(), table, common.ports(), "filter");
            scan.begin(new EntryScan(common, calls, program, table.name(), filter, reader));
        });
    }

    /** A scan that may not have begun when its stream already tells that it is ready. */
    private static final class LateScan {
        private volatile Optional<EntryScan> scan = Optional.empty();

        void begin(EntryScan made) {
            scan = Optional.of(made);
            made.turn();
        }

        void wake() {
            scan.ifPresent(EntryScan::wake);
        }
    }

    @Override
    public void watchEntries(WatchEntriesRequest request, StreamObserver<WatchEntriesResponse> caller) {
        watchers.watch(request, (ServerCallStreamObserver<WatchEntriesResponse>) caller);
    }

    @Override
    public void setTable(SetTableRequest request, StreamObserver<SetTableResponse> caller) {
        Origin by = CallOrigins.current();
        calls.answer("Programs.SetTable", caller, () -> entries.set(request, by));
    }

    @Override
    public void applyTemplates(ApplyTemplatesRequest request, StreamObserver<ApplyTemplatesResponse> caller) {
        calls.answer(
                "Programs.ApplyTemplates",
                caller,
                () -> CompletableFuture.completedFuture(templates.apply(request.getScript())));
    }

    @Override
    public void listTemplates(ListTemplatesRequest request, StreamObserver<ListTemplatesResponse> caller) {
        calls.answer(
                "Programs.ListTemplates",
                caller,
                () -> CompletableFuture.completedFuture(templates.list(request.getPath())));
    }

    @Override
    public void listCaches(ListCachesRequest request, StreamObserver<ListCachesResponse> caller) {
        calls.answer("Programs.ListCaches", caller, () -> caches.list(request));
    }

    @Override
    public void listMembers(ListMembersRequest request, StreamObserver<ListMembersResponse> caller) {
        calls.answer("Programs.ListMembers", caller, () -> members.list(request));
    }

    @Override
    public void readCells(ReadCellsRequest request, StreamObserver<ReadCellsResponse> caller) {
        calls.answer("Programs.ReadCells", caller, () -> cells.read(request));
    }

    @Override
    public void writeCells(WriteCellsRequest request, StreamObserver<WriteCellsResponse> caller) {
        Origin by = CallOrigins.current();
        calls.answer("Programs.WriteCells", caller, () -> cells.write(request, by));
    }
}
