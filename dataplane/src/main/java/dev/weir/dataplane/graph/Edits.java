package dev.weir.dataplane.graph;

import dev.weir.dataplane.graph.FlowEdit.Outcome;
import dev.weir.dataplane.graph.WorkerCalls.Answering;
import java.util.List;

/** Mail that changes flows of one worker, some at a time. */
final class Edits extends Answering<Boolean> {
    /** How many flows are changed between two vectors. */
    private static final int PIECE = 64;

    private final List<FlowEdit> edits;
    private final int[] chosen;
    private final int[] chains;
    private final Outcome[] outcomes;
    private int done;

    /**
     * @param chosen which of the edits
     * @param chains by edit, twice: the numbers of its chains, 0 for one that stays
     * @param outcomes by edit; gets those of the chosen ones
     */
    Edits(List<FlowEdit> edits, int[] chosen, int[] chains, Outcome[] outcomes) {
        this.edits = edits;
        this.chosen = chosen;
        this.chains = chains;
        this.outcomes = outcomes;
    }

    @Override
    boolean proceed(Worker worker) {
        int to = Math.min(chosen.length, done + PIECE);
        int from = done;
        worker.end(out -> {
            for (int j = from; j < to; j++) {
                int i = chosen[j];
                FlowEdit edit = edits.get(i);
                boolean changed = worker.edit(edit.key(), edit.update(), chains[2 * i], chains[2 * i + 1], out);
                outcomes[i] = changed ? Outcome.CHANGED : Outcome.NO_FLOW;
            }
            return true;
        });
        done = to;
        if (done < chosen.length) {
            return false;
        }
        give(true);
        return true;
    }
}
