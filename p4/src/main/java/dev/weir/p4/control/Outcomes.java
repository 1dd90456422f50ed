package dev.weir.p4.control;

import dev.weir.p4.control.Outcome.Status;
import dev.weir.p4.run.TableControl.Result;
import java.util.Map;

/** What people are told of what came of a change. Immutable. */
final class Outcomes {
    private final Map<String, TableFacts> tables;

    Outcomes(Map<String, TableFacts> tables) {
        this.tables = tables;
    }

    Outcome of(Change change, Result result) {
        String what = what(change);
        return switch (result) {
            case DONE -> Outcome.done(1);
            case EXISTS ->
                Outcome.of(
                        Status.EXISTS,
                        change instanceof Change.SetValues
                                ? what + " has a member twice; give it once"
                                : what + " is there already; update it, or delete it before");
            case MISSING -> Outcome.of(Status.MISSING, what + missing(change));
            case FULL ->
                Outcome.of(
                        Status.FULL,
                        what + " finds no room; delete others, or load the program with " + larger(change));
            case CONSTANT -> Outcome.of(Status.CONSTANT, what + " is constant; the program says so");
            case DENIED -> Outcome.of(Status.DENIED, what + " must not be changed so; its permissions do not allow it");
            case IN_USE -> Outcome.of(Status.PRECONDITION, what + used(change));
            case FIXED ->
                Outcome.of(
                        Status.INVALID,
                        what + " was made with another size; give the same, or delete it and make it anew");
            case MIXED ->
                Outcome.of(
                        Status.INVALID,
                        what + " would be mixed with others: entries have groups of their own, or all refer to numbers;"
                                + " make them all alike");
        };
    }

    private static String missing(Change change) {
        return switch (change) {
            case Change.Insert _ -> " refers to a member or a group that is not there; make that first";
            case Change.Modify m
            when m.call() != null && m.call().refers() -> " is not there, or what it would refer to; create that first";
            case Change.SetGroup g when g.group() != null -> " is not there, or one of its members; make these first";
            default -> " is not there; create it";
        };
    }

    private static String used(Change change) {
        return switch (change) {
            case Change.SetMember _ -> " is in use; take it out of its groups and entries first";
            case Change.SetGroup _ -> " is in use; have its entries refer to another first";
            default -> " has entries, so its permissions stay; delete the entries before";
        };
    }

    private static String larger(Change change) {
        return switch (change) {
            case Change.SetMember _, Change.SetGroup _ -> "a larger action profile";
            case Change.SetValues _ -> "a larger value set";
            default -> "a larger table";
        };
    }

    private String what(Change change) {
        return switch (change) {
            case Change.Insert c -> entry(c.table(), c.key());
            case Change.Modify c -> entry(c.table(), c.key());
            case Change.InsertSet c -> entry(c.table(), c.key());
            case Change.ModifySet c -> entry(c.table(), c.key());
            case Change.Delete c -> entry(c.table(), c.key());
            case Change.SetMiss c -> path(c.table()) + ": the default action";
            case Change.SetTable c -> path(c.table());
            case Change.SetCounter c -> c.counter();
            case Change.SetMeter c -> c.meter();
            case Change.SetMeterCounts c -> c.meter();
            case Change.SetRegister c -> c.register();
            case Change.Flush c -> c.table();
            case Change.SetHit c -> c.table();
            case Change.SetMember c -> c.profile() + ": the member " + c.id();
            case Change.SetGroup c -> c.profile() + ": the group " + c.id();
            case Change.SetSession c -> "mirror session " + c.id();
            case Change.SetValues c -> c.valueSet();
        };
    }

    private String entry(String table, EntryKey key) {
        return path(table) + ": the entry " + key;
    }

    private String path(String table) {
        TableFacts facts = tables.get(table);
        return facts == null ? table : facts.schema.path();
    }
}
