package dev.weir.p4.control;

import dev.weir.p4.control.Change.Edit;
import dev.weir.p4.ir.Match;
import dev.weir.p4.run.ProgramState;
import dev.weir.p4.run.TableControl.Result;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What happens to a member, a group or a session.
 *
 * @param value null when it is deleted
 */
record EntityStep<T>(
        Entities<T> of, long id, Edit edit, @Nullable T value) implements Step {
    @Override
    public Did apply(ProgramState state) {
        T before = of.find(state, id);
        return switch (edit) {
            case INSERT -> Did.of(of.add(state, id, given()), with(Edit.DELETE, null));
            case MODIFY -> Did.of(of.modify(state, id, given()), with(Edit.MODIFY, before));
            case DELETE -> Did.of(of.delete(state, id), with(Edit.INSERT, before));
        };
    }

    private T given() {
        return Objects.requireNonNull(value, "only a deletion has no value");
    }

    private Step with(Edit other, @Nullable T its) {
        return new EntityStep<>(of, id, other, its);
    }

    @Override
    public void undo(ProgramState state, Did did) {
        if (did.undoing() != null) did.undoing().apply(state);
    }

    /** Has a value set consist of these. */
    record Values(String set, List<List<Match>> members) implements Step {
        @Override
        public Did apply(ProgramState state) {
            Step undoing = new Values(set, state.valueSet(set).members());
            Result result = state.valueSet(set).setAll(members);
            return Did.of(result, undoing);
        }

        @Override
        public void undo(ProgramState state, Did did) {
            if (did.undoing() != null) did.undoing().apply(state);
        }
    }
}
