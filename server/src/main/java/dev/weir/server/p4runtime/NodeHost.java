package dev.weir.server.p4runtime;

import dev.weir.p4.control.Atomicity;
import dev.weir.p4.control.CellSchema;
import dev.weir.p4.control.Change;
import dev.weir.p4.control.Change.Edit;
import dev.weir.p4.control.ProfileSchema;
import dev.weir.p4.control.ProfileState;
import dev.weir.p4.control.ProgramImage;
import dev.weir.p4.control.ProgramRuntime;
import dev.weir.p4.control.TableSchema;
import dev.weir.p4.ir.Resource;
import dev.weir.p4.run.MeterCounts;
import dev.weir.p4.run.Origin;
import dev.weir.server.programs.LoadException;
import dev.weir.server.programs.Placement;
import dev.weir.server.programs.Programs;
import dev.weir.server.programs.RunningNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The programs of a daemon, whoever loads them. Any thread. */
public final class NodeHost implements ProgramHost {
    private final Programs programs;

    public NodeHost(Programs programs) {
        this.programs = programs;
    }

    @Override
    public @Nullable ProgramRuntime running(String node) {
        return programs.all().stream()
                .filter(program -> program.node().equals(node))
                .map(RunningNode::runtime)
                .findFirst()
                .orElse(null);
    }

    @Override
    public List<String> portNames() {
        return programs.portNames();
    }

    @Override
    public ProgramRuntime load(ProgramImage image, String node, boolean keepsEntries) throws HostException {
        try {
            Placement where = new Placement(node, List.of(), List.of(), Map.of());
            boolean inherits = running(node) != null;
            ProgramRuntime runtime = programs.load(image, where).program().runtime();
            if (inherits && !keepsEntries) clear(runtime);
            return runtime;
        } catch (LoadException e) {
            throw new HostException(String.valueOf(e.getMessage()));
        }
    }

    /** Takes away what a program has from the one before it. */
    private static void clear(ProgramRuntime runtime) {
        List<Change> changes = new ArrayList<>();
        for (TableSchema table : runtime.image().schema().tables()) {
            changes.add(new Change.Flush(table.name(), entry -> !entry.template()));
            changes.add(new Change.SetMiss(table.name(), null));
        }
        for (CellSchema cell : runtime.image().schema().cells()) {
            if (cell.resource().direct()) continue;
            Change.Place all = new Change.Place.All();
            if (cell.resource() instanceof Resource.Meter meter) {
                changes.add(new Change.SetMeterCounts(meter.name(), all, MeterCounts.NONE));
            }
            changes.add(
                    switch (cell.resource()) {
                        case Resource.Counter counter -> new Change.SetCounter(counter.name(), all, 0, 0);
                        case Resource.Meter meter -> new Change.SetMeter(meter.name(), all, null);
                        case Resource.Register register ->
                            new Change.SetRegister(register.name(), all, register.initial());
                    });
        }
        changes.addAll(emptied(runtime));
        var _ = runtime.write(changes, Atomicity.CONTINUE_ON_ERROR, Origin.control("p4runtime", 0))
                .join();
    }

    /** What takes groups, members, values and sessions away that the program does not begin with; behind the entries. */
    private static List<Change> emptied(ProgramRuntime runtime) {
        List<Change> changes = new ArrayList<>();
        for (ProfileSchema profile : runtime.image().schema().profiles()) {
            ProfileState state = runtime.profile(profile.name()).join();
            state.groups()
                    .keySet()
                    .forEach(id -> changes.add(new Change.SetGroup(Edit.DELETE, profile.name(), id, null)));
            state.members()
                    .keySet()
                    .forEach(id -> changes.add(new Change.SetMember(Edit.DELETE, profile.name(), id, null)));
        }
        runtime.image().schema().valueSets().forEach(set -> changes.add(new Change.SetValues(set.name(), List.of())));
        runtime.sessions().join().keySet().forEach(id -> changes.add(new Change.SetSession(Edit.DELETE, id, null)));
        runtime.declaredSessions()
                .join()
                .forEach((id, session) -> changes.add(new Change.SetSession(Edit.INSERT, id, session)));
        return changes;
    }
}
