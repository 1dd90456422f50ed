package dev.weir.server.api;

import dev.weir.api.v1.Cell;
import dev.weir.api.v1.ReadCellsRequest;
import dev.weir.api.v1.ReadCellsResponse;
import dev.weir.api.v1.WriteCellsRequest;
import dev.weir.api.v1.WriteCellsResponse;
import dev.weir.p4.control.Atomicity;
import dev.weir.p4.control.CellSchema;
import dev.weir.p4.control.CellState;
import dev.weir.p4.run.Origin;
import dev.weir.server.programs.RunningNode;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** The calls about counters, meters and registers. Any thread; none of them waits. */
final class CellCalls {
    private final ProgramCalls programs;

    CellCalls(ProgramCalls programs) {
        this.programs = programs;
    }

    CompletionStage<ReadCellsResponse> read(ReadCellsRequest request) {
        RunningNode program = programs.found(request.getProgram(), "program");
        CellSchema cell = programs.requests(program).cell(request.getName(), "name");
        if (cell.resource().direct()) {
            throw Refusal.field("name", cell.name() + " is kept with entries; ListEntries tells what it holds");
        }
        int first = EntryRequests.index(request.getFirst(), "first");
        int count = EntryCalls.pageSize(request.getCount(), "count");
        return ProgramCalls.answered(program.runtime().cells(cell.name(), first, count))
                .thenApply(cells -> ReadCellsResponse.newBuilder()
                        .addAllCells(cells.stream().map(CellCalls::message).toList())
                        .build());
    }

    private static Cell message(CellState state) {
        Cell.Builder cell = Cell.newBuilder().setIndex(state.index());
        if (state.counted() != null) cell.setCounted(EntryMessages.counted(state.counted()));
        if (state.rates() != null) cell.setRates(EntryMessages.rates(state.rates()));
        if (state.value() != null) cell.setRegister(EntryMessages.hex(state.value()));
        return cell.build();
    }

    CompletionStage<WriteCellsResponse> write(WriteCellsRequest request, Origin by) {
        RunningNode program = programs.found(request.getProgram(), "program");
        EntryRequests requests = programs.requests(program);
        ProgramCalls.Read read = ProgramCalls.read(request.getChangesList(), requests::change);
        Atomicity atomicity = EntryCalls.atomicity(request.getAtomicity(), "atomicity");
        if (atomicity != Atomicity.CONTINUE_ON_ERROR && !read.failures().isEmpty()) {
            return CompletableFuture.completedFuture(WriteCellsResponse.newBuilder()
                    .addAllFailures(ProgramCalls.aborted(read))
                    .build());
        }
        return ProgramCalls.answered(program.runtime().write(read.good(), atomicity, by))
                .thenApply(outcomes -> WriteCellsResponse.newBuilder()
                        .addAllFailures(ProgramCalls.failures(read, outcomes))
                        .build());
    }
}
