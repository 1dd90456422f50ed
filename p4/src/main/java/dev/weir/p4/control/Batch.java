package dev.weir.p4.control;

import dev.weir.p4.control.Step.Did;
import dev.weir.p4.run.ProgramState;
import dev.weir.p4.run.TableControl.Result;
import java.util.ArrayList;
import java.util.List;

/**
 * Steps that workers do one after the other, between two vectors. Immutable.
 *
 * @param stops whether a worker that cannot do one undoes those before it at once, and goes no further
 * @param alone whether there is no other worker that could have the entry that one lacks
 */
record Batch(List<Step> steps, boolean stops, boolean alone) {
    /**
     * What a worker did.
     *
     * @param dids of each step, up to the one that could not be done when it was undone
     */
    record Done(List<Did> dids, boolean undone, long now) {}

    Done apply(ProgramState state) {
        List<Did> dids = new ArrayList<>();
        state.changed();
        for (Step step : steps) {
            Did did = step.apply(state);
            dids.add(did);
            boolean other = step.isOfSome() && did.result() == Result.MISSING && !alone;
            if (stops && did.result() != Result.DONE && !other) {
                undo(state, dids, 0);
                return new Done(dids, true, state.now());
            }
        }
        return new Done(dids, false, state.now());
    }

    /** Undoes what was done from that step on; gives nothing, as an answer. */
    boolean undo(ProgramState state, List<Did> dids, int from) {
        state.changed();
        for (int i = dids.size() - 1; i >= from; i--) {
            if (dids.get(i).result() == Result.DONE) steps.get(i).undo(state, dids.get(i));
        }
        return true;
    }

    /**
     * What all workers together made of a step.
     *
     * @param isTorn whether some did it and others could not
     */
    record Verdict(Result result, boolean isTorn, List<Did> done) {
        static Verdict of(Step step, List<Did> dids) {
            List<Did> done = new ArrayList<>();
            Result failure = null;
            for (Did did : dids) {
                if (did.result() == Result.DONE) {
                    done.add(did);
                } else if (!(step.isOfSome() && did.result() == Result.MISSING) && failure == null) {
                    failure = did.result();
                }
            }
            if (failure == null && done.isEmpty()) failure = Result.MISSING;
            return new Verdict(failure == null ? Result.DONE : failure, failure != null && !done.isEmpty(), done);
        }
    }
}
