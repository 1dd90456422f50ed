package dev.weir.server.api;

import dev.weir.api.v1.GetProgramRequest;
import dev.weir.api.v1.GetProgramResponse;
import dev.weir.api.v1.ListProgramsRequest;
import dev.weir.api.v1.ListProgramsResponse;
import dev.weir.api.v1.LoadProgramRequest;
import dev.weir.api.v1.LoadProgramResponse;
import dev.weir.api.v1.ProgramsGrpc;
import dev.weir.api.v1.UnloadProgramRequest;
import dev.weir.api.v1.UnloadProgramResponse;
import dev.weir.p4.tc.Introspection;
import dev.weir.server.programs.LoadException;
import dev.weir.server.programs.Programs;
import dev.weir.server.programs.RunningNode;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.CompletableFuture;

/** The calls of {@code weir.v1.Programs}. Any thread. */
final class ProgramsService extends ProgramsGrpc.ProgramsImplBase {
    private final Programs programs;
    private final Calls calls;
    private final ProgramLoads loads;

    ProgramsService(Programs programs, Calls calls, ProgramLoads loads) {
        this.programs = programs;
        this.calls = calls;
        this.loads = loads;
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
        calls.answer(
                "Programs.GetProgram",
                caller,
                () -> CompletableFuture.completedFuture(described(found(request.getName()))));
    }

    private GetProgramResponse described(RunningNode program) {
        return GetProgramResponse.newBuilder()
                .setProgram(ProgramMessages.program(programs, program))
                .setIntrospection(Introspection.of(program.image().facts()))
                .addAllPorts(programs.portNames())
                .build();
    }

    private RunningNode found(String name) {
        try {
            return programs.find(name);
        } catch (LoadException e) {
            throw ProgramLoads.refusal(e, "name");
        }
    }
}
