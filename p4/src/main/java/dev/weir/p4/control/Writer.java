package dev.weir.p4.control;

import dev.weir.p4.control.Batch.Done;
import dev.weir.p4.control.Batch.Verdict;
import dev.weir.p4.control.Outcome.Status;
import dev.weir.p4.control.Planner.Refused;
import dev.weir.p4.control.Step.Did;
import dev.weir.p4.control.Workers.Answer;
import dev.weir.p4.ir.Table;
import dev.weir.p4.run.EntryLayout;
import dev.weir.p4.run.Origin;
import dev.weir.p4.run.TableControl.Result;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Makes changes in all workers as in one. A step that some workers could do and others not is undone where it was done, with all behind it, which are then done again
 * without it. For the control plane's own thread.
 */
final class Writer {
    /** How many steps a worker does between two vectors, but for those that are to be atomic. */
    private static final int PIECE = 64;

    private static final int FLUSHED = 256;

    private final Workers workers;
    private final Planner planner;
    private final Map<String, TableFacts> tables;
    private final EntryReader reader;
    private final Teller teller;
    private final Outcomes told;

    Writer(Workers workers, Planner planner, Map<String, TableFacts> tables, EntryReader reader, Teller teller) {
        this.workers = workers;
        this.planner = planner;
        this.tables = tables;
        this.reader = reader;
        this.teller = teller;
        told = new Outcomes(tables);
    }

    /** A change, its place in the batch, and how workers do it. */
    private record Planned(int at, Change change, Step step) {}

    List<Outcome> write(List<Change> changes, Atomicity atomicity, Origin by) {
        @Nullable Outcome[] outcomes = new Outcome[changes.size()];
        if (workers.all().isEmpty()) {
            return changes.stream().map(_ -> unavailable()).toList();
        }
        if (atomicity == Atomicity.CONTINUE_ON_ERROR) {
            each(changes, by, outcomes);
        } else {
            together(changes, atomicity, by, outcomes);
        }
        List<Outcome> all = new ArrayList<>();
        for (Outcome outcome : outcomes) {
            all.add(Objects.requireNonNullElseGet(
                    outcome,
                    () -> Outcome.of(
                            Status.ABORTED,
                            "another change of the batch failed; correct that one, or write without atomicity")));
        }
        return all;
    }

    private static Outcome unavailable() {
        return Outcome.of(Status.UNAVAILABLE, "program: no worker runs it; put it into the graph");
    }

    private void each(List<Change> changes, Origin by, @Nullable Outcome[] outcomes) {
        List<Planned> waiting = new ArrayList<>();
        for (int i = 0; i < changes.size(); i++) {
            Change change = changes.get(i);
            boolean apart = isApart(change);
            if (apart || waiting.size() == PIECE) {
                run(waiting, by, outcomes);
                waiting.clear();
            }
            try {
                if (change instanceof Change.Flush flush) {
                    outcomes[i] = flush(flush, by);
                } else if (change instanceof Change.SetHit hit) {
                    outcomes[i] = setHit(hit);
                } else {
                    waiting.add(new Planned(i, change, planner.plan(change, by)));
                }
            } catch (Refused e) {
                outcomes[i] = e.outcome;
            }
            if (apart) {
                run(waiting, by, outcomes);
                waiting.clear();
            }
        }
        run(waiting, by, outcomes);
    }

    /** Whether a change is not done in one letter with others. */
    private static boolean isApart(Change change) {
        return switch (change) {
            case Change.Insert _,
                    Change.Modify _,
                    Change.InsertSet _,
                    Change.ModifySet _,
                    Change.Delete _,
                    Change.SetMember _,
                    Change.SetGroup _ -> false;
            default -> true;
        };
    }

    /** Does each that can be done. */
    private void run(List<Planned> planned, Origin by, @Nullable Outcome[] outcomes) {
        int from = 0;
        while (from < planned.size()) {
            List<Planned> left = planned.subList(from, planned.size());
            Batch batch = new Batch(left.stream().map(Planned::step).toList(), false, false);
            List<Answer<Done>> answers = workers.ask(batch::apply);
            int torn = left.size();
            for (int k = 0; k < left.size() && torn == left.size(); k++) {
                Verdict verdict = verdict(batch, answers, k);
                outcomes[left.get(k).at] =
                        answers.isEmpty() ? unavailable() : told.of(left.get(k).change, verdict.result());
                if (verdict.isTorn()) {
                    torn = k;
                } else if (verdict.result() == Result.DONE) {
                    done(left.get(k), verdict, now(answers), by);
                }
            }
            if (torn < left.size()) undo(batch, answers, torn);
            from += torn + 1;
        }
    }

    private static Verdict verdict(Batch batch, List<Answer<Done>> answers, int step) {
        return Verdict.of(
                batch.steps().get(step),
                answers.stream().map(answer -> answer.answer().dids().get(step)).toList());
    }

    private static long now(List<Answer<Done>> answers) {
        return answers.stream().mapToLong(answer -> answer.answer().now()).max().orElse(0);
    }

    private void undo(Batch batch, List<Answer<Done>> answers, int from) {
        for (Answer<Done> each : answers) {
            if (each.answer().undone()) continue;
            workers.ask(each.from(), state -> batch.undo(state, each.answer().dids(), from));
        }
    }

    private void done(Planned planned, Verdict verdict, long now, Origin by) {
        planner.commit(planned.change);
        teller.changed(planned.change, verdict.done(), now, by);
    }

    /** A part of a batch that workers did between two vectors. */
    private record Piece(Batch batch, List<Planned> planned, List<Answer<Done>> answers) {}

    private void together(List<Change> changes, Atomicity atomicity, Origin by, @Nullable Outcome[] outcomes) {
        Map<TableFacts, TableSettings> before = new HashMap<>();
        tables.values().forEach(table -> before.put(table, table.keep()));
        List<Planned> planned = plan(changes, by, outcomes);
        List<Piece> pieces = new ArrayList<>();
        boolean good = planned != null;
        for (int from = 0; good && planned != null && from < planned.size(); ) {
            int to = atomicity == Atomicity.DATAPLANE_ATOMIC ? planned.size() : Math.min(planned.size(), from + PIECE);
            List<Planned> part = planned.subList(from, to);
            boolean alone = workers.all().size() == 1;
            Batch batch = new Batch(part.stream().map(Planned::step).toList(), true, alone);
            Piece piece = new Piece(batch, part, workers.ask(batch::apply));
            pieces.add(piece);
            good = succeeded(piece, outcomes);
            from = to;
        }
        if (!good) {
            before.forEach(TableFacts::restore);
            for (Piece piece : pieces.reversed()) undo(piece.batch, piece.answers, 0);
            return;
        }
        for (Piece piece : pieces) {
            for (int k = 0; k < piece.planned.size(); k++) {
                Planned each = piece.planned.get(k);
                Verdict verdict = verdict(piece.batch, piece.answers, k);
                outcomes[each.at] = told.of(each.change, verdict.result());
                teller.changed(each.change, verdict.done(), now(piece.answers), by);
            }
        }
    }

    /** Null when one cannot be, whose outcome is there. What is planned is true for those behind it. */
    private @Nullable List<Planned> plan(List<Change> changes, Origin by, @Nullable Outcome[] outcomes) {
        List<Planned> planned = new ArrayList<>();
        for (int i = 0; i < changes.size(); i++) {
            Change change = changes.get(i);
            try {
                if (change instanceof Change.Flush flush) {
                    throw new Refused(
                            Status.INVALID,
                            flush.table() + ": a flush cannot be undone; write it by itself, without atomicity");
                } else if (change instanceof Change.SetHit hit) {
                    outcomes[i] = setHit(hit);
                } else {
                    planned.add(new Planned(i, change, planner.plan(change, by)));
                    planner.commit(change);
                }
            } catch (Refused e) {
                for (int k = 0; k < i; k++) outcomes[k] = null;
                outcomes[i] = e.outcome;
                return null;
            }
        }
        return planned;
    }

    /** Whether all of a piece was done; what failed first has its outcome then. A worker that undid the piece says nothing of what is behind. */
    private boolean succeeded(Piece piece, @Nullable Outcome[] outcomes) {
        for (int k = 0; k < piece.planned.size(); k++) {
            int step = k;
            List<Did> dids = piece.answers.stream()
                    .map(answer -> answer.answer().dids())
                    .filter(all -> all.size() > step)
                    .map(all -> all.get(step))
                    .toList();
            Verdict verdict = Verdict.of(piece.planned.get(k).step, dids);
            if (verdict.result() == Result.DONE) continue;
            Planned failed = piece.planned.get(k);
            outcomes[failed.at] = piece.answers.isEmpty() ? unavailable() : told.of(failed.change, verdict.result());
            return false;
        }
        return true;
    }

    private Outcome setHit(Change.SetHit change) throws Refused {
        TableFacts table = planner.table(change.table());
        if ((table.permissions.bits() & EntryLayout.UPDATE) == 0) {
            return Outcome.of(Status.DENIED, table.schema.path() + ": its permissions do not allow updates");
        }
        Table.Call call = change.call() == null ? table.schema.hit() : change.call();
        try {
            if (call != null) table.codec.check(call, Table.Scope.DEFAULT_ONLY);
        } catch (IllegalArgumentException e) {
            throw new Refused(Status.INVALID, String.valueOf(e.getMessage()));
        }
        table.hit = call;
        return Outcome.done(1);
    }

    /** Piece by piece, so that packets go on meanwhile. */
    private Outcome flush(Change.Flush flush, Origin by) throws Refused {
        TableFacts table = planner.table(flush.table());
        int deleted = 0;
        long now = 0;
        EntryPage.Position from = EntryPage.Position.START;
        while (from != null) {
            EntryPage page = reader.page(table.schema, flush.filter(), from, FLUSHED);
            List<Step> steps = new ArrayList<>();
            for (EntryState state : page.entries()) {
                int priority = table.codec.priority(state.key().priority());
                steps.add(new Step.Delete(
                        flush.table(), table.codec.key(state.key().matches()), priority));
            }
            Batch batch = new Batch(steps, false, false);
            List<Answer<Done>> answers = steps.isEmpty() ? List.of() : workers.ask(batch::apply);
            for (int k = 0; k < steps.size(); k++) {
                deleted += verdict(batch, answers, k).done().isEmpty() ? 0 : 1;
            }
            now = Math.max(now, now(answers));
            from = page.next();
        }
        teller.flushed(table.schema, deleted, now, by);
        return Outcome.done(deleted);
    }
}
