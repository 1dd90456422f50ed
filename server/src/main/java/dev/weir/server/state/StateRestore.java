package dev.weir.server.state;

import dev.weir.dataplane.graph.FlowRestore;
import dev.weir.dataplane.graph.FlowsLegend;
import dev.weir.server.Clock;
import dev.weir.server.DaemonLog;
import dev.weir.server.Listing;
import dev.weir.server.programs.LoadedProgram;
import dev.weir.server.programs.Programs;
import dev.weir.server.programs.Resuming;
import dev.weir.server.state.StateStatus.Restored;
import dev.weir.table.FlowRecord;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Puts back what a snapshot has, in two steps: first all of it is looked at, and programs that were loaded are put to their places; when a data plane with those is made, what all
 * else has comes into its tables. The thread that starts.
 */
final class StateRestore {
    private final StateFile file;
    private final String name;
    private final Programs programs;
    private final DaemonLog log;
    private final Resuming resuming;
    private boolean isSound;
    private Restored restored = Restored.none();

    /** @param name of the file, as the configuration has it */
    StateRestore(StateFile file, String name, Programs programs, DaemonLog log) {
        this.file = file;
        this.name = name;
        this.programs = programs;
        this.log = log;
        resuming = new Resuming(programs);
    }

    /** What came of it so far. */
    Restored restored() {
        return restored;
    }

    /** Looks at all of the file, then has programs run that were loaded. */
    void resume() {
        if (!file.exists()) {
            return;
        }
        attempt(() -> {
            List<LoadedProgram> loaded = new ArrayList<>();
            SnapshotReader.read(file.path(), new SnapshotReader.Visitor() {
                @Override
                public void program(ProgramChunk chunk) {
                    ProgramRestore.loaded(chunk).ifPresent(loaded::add);
                }
            });
            resuming.resume(loaded);
            isSound = true;
        });
        resuming.told().forEach(line -> log.warning("state: " + line));
    }

    /** Puts back what is to be in tables. */
    void restore(FlowRestore into) {
        if (!isSound) {
            return;
        }
        attempt(() -> {
            Restoring restoring = new Restoring(into);
            SnapshotReader.read(file.path(), restoring);
            restored = restoring.result();
            log.info("state: " + restored.flows() + " flows and " + restored.entries() + " entries are back from "
                    + name + ", which is " + restored.age().toMillis() + " ms old"
                    + (resuming.resumed() == 0 ? "" : "; programs that were loaded: " + resuming.resumed())
                    + Listing.of("; left out: ", restored.leftOut())
                    + Listing.of("; decided anew: ", restored.forgotten()));
        });
    }

    /** Something that can fail. */
    private interface Step {
        void run() throws IOException;
    }

    private void attempt(Step step) {
        try {
            step.run();
        } catch (IOException e) {
            refuse(String.valueOf(e.getMessage()));
        } catch (RuntimeException e) { // a start that fails would fail again with the same file
            refuse("internal error: " + e);
        }
    }

    private void refuse(String why) {
        restored = Restored.refused(why);
        try {
            log.warning("state: " + name + " is not used: " + why + "; it is kept as " + file.refuse()
                    + ", and flows begin anew");
        } catch (IOException e) {
            log.error("state: " + name + " is not used: " + why + "; it cannot be put aside either (" + e.getMessage()
                    + "), and the next snapshot replaces it");
        }
    }

    /** Puts back what the file has, which was read before, so that it is whole. */
    private final class Restoring implements SnapshotReader.Visitor {
        private final FlowRestore into;
        private final ProgramRestore entries = new ProgramRestore(programs, resuming, 0);
        private Duration age = Duration.ZERO;
        private String why = "";
        private long others;

        Restoring(FlowRestore into) {
            this.into = into;
        }

        @Override
        public void header(long takenAt, boolean clean) {
            age = Duration.ofNanos(Math.max(0, Clock.now() - takenAt));
        }

        @Override
        public void legend(FlowsLegend legend, FlowsLegend.Counted counted) {
            why = into.begin(legend).orElse("");
            into.counted(counted);
        }

        @Override
        public void flow(int worker, FlowRecord record, MemorySegment aliases, long aliasAt, int aliasCount) {
            if (why.isEmpty()) {
                into.flow(worker, record, aliases, aliasAt, aliasCount);
            } else {
                others++;
            }
        }

        @Override
        public void program(ProgramChunk chunk) {
            entries.put(chunk);
        }

        Restored result() {
            Map<String, Long> leftOut = new TreeMap<>(into.leftOut());
            if (others > 0) {
                leftOut.put(why, others);
            }
            entries.leftOut().forEach((reason, count) -> leftOut.merge(reason, count, Long::sum));
            return new Restored("restored", "", age, into.restored(), entries.restored(), leftOut, into.forgotten());
        }
    }
}
