package dev.weir.p4.control;

import dev.weir.p4.control.Outcome.Status;
import dev.weir.p4.ir.Pipeline;
import dev.weir.p4.ir.Table;
import dev.weir.p4.run.EntryCopy;
import dev.weir.p4.run.EntryLayout;
import dev.weir.p4.run.EntryNotes;
import dev.weir.p4.run.EntryUpdate;
import dev.weir.p4.run.Origin;
import dev.weir.p4.run.ProfileRun.WeightedCall;
import dev.weir.p4.tc.Permissions;
import dev.weir.table.match.MatchKey;
import dev.weir.table.match.MatchTable;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/** Makes {@link Step}s of changes: what does not fit the program is told here, and no worker is asked. For the control plane's own thread. */
final class Planner {
    /** The longest lifetime of a profile. */
    static final long MOST_AGING_MILLIS = 864_000_000;

    private final ProgramSchema schema;
    private final Map<String, TableFacts> tables;
    private final CellPlanner cells;
    private final EntityPlanner entities;

    /** @param ports how many the program has */
    Planner(ProgramSchema schema, Pipeline pipeline, Map<String, TableFacts> tables, IntSupplier ports) {
        this.schema = schema;
        this.tables = tables;
        cells = new CellPlanner(schema, this);
        entities = new EntityPlanner(schema, pipeline, ports);
    }

    void inherit(Planner before) {
        entities.inherit(before.entities);
    }

    void restoredSet(long number) {
        entities.restored(number);
    }

    /** Why a change cannot be. */
    static final class Refused extends Exception {
        private static final long serialVersionUID = 1;
        final transient Outcome outcome;

        Refused(Status status, String message) {
            super(message, null, false, false);
            outcome = Outcome.of(status, message);
        }
    }

    Step plan(Change change, Origin by) throws Refused {
        try {
            return switch (change) {
                case Change.Insert c -> insert(c, by, null);
                case Change.Modify c -> modify(c, by, null);
                case Change.InsertSet c -> insert(referring(c), by, c.set());
                case Change.ModifySet c -> modify(referring(c), by, c.set());
                case Change.Delete c -> {
                    TableFacts table = withEntries(c.table());
                    yield new Step.Delete(c.table(), key(table, c.key()), priority(table, c.key()));
                }
                case Change.SetMiss c -> miss(c);
                case Change.SetTable c -> attributes(c);
                case Change.SetCounter c -> cells.counter(c);
                case Change.SetMeter c -> cells.meter(c);
                case Change.SetMeterCounts c -> cells.colored(c);
                case Change.SetRegister c -> cells.register(c);
                case Change.SetMember c -> entities.member(c);
                case Change.SetGroup c -> entities.group(c);
                case Change.SetSession c -> entities.session(c);
                case Change.SetValues c -> entities.values(c);
                case Change.Flush _, Change.SetHit _ -> throw new AssertionError(change);
            };
        } catch (IllegalArgumentException e) { // what tables, keys and cells say of what does not fit them
            throw new Refused(Status.INVALID, String.valueOf(e.getMessage()));
        }
    }

    TableFacts table(String name) throws Refused {
        TableFacts table = tables.get(name);
        if (table == null) {
            throw new Refused(
                    Status.MISSING,
                    "table '" + name + "': " + schema.name() + " has none of that name; its tables are "
                            + schema.tables().stream().map(TableSchema::name).toList());
        }
        return table;
    }

    TableFacts withEntries(String name) throws Refused {
        TableFacts table = table(name);
        if (table.schema.keys().isEmpty()) {
            throw new Refused(Status.INVALID, name + ": it has no keys, so no entries; set its default action");
        }
        return table;
    }

    static MatchKey key(TableFacts table, EntryKey key) {
        return table.codec.key(key.matches());
    }

    static int priority(TableFacts table, EntryKey key) throws Refused {
        Integer priority = key.priority();
        if (!table.schema.isOrdered() && priority != null) {
            throw new Refused(Status.INVALID, table.schema.path() + ": its entries have no priorities; leave it out");
        }
        if (table.schema.isOrdered() && priority == null) {
            throw new Refused(
                    Status.INVALID,
                    table.schema.path() + ": entries with the same key differ in their priority; give it");
        }
        if (priority != null && priority < 0) {
            throw new Refused(Status.INVALID, table.schema.path() + ": the priority " + priority + " is below 0");
        }
        return table.codec.priority(priority);
    }

    /** The same change of an entry that refers to the group that is made for it. */
    private Change.Insert referring(Change.InsertSet c) throws Refused {
        return new Change.Insert(c.table(), c.key(), entities.ofSet(table(c.table()).schema, c.set()), c.options());
    }

    private Change.Modify referring(Change.ModifySet c) throws Refused {
        return new Change.Modify(c.table(), c.key(), entities.ofSet(table(c.table()).schema, c.set()), c.options());
    }

    private Step insert(Change.Insert change, Origin by, @Nullable List<WeightedCall> set) throws Refused {
        TableFacts table = withEntries(change.table());
        if (set == null) EntityPlanner.checkReference(table.schema, change.call());
        MatchKey key = key(table, change.key());
        Integer given = change.key().priority();
        boolean next = table.schema.isOrdered() && given == null;
        int priority = next ? table.codec.priority(table.nextPriority()) : priority(table, change.key());
        EntryOptions options = change.options();
        Permissions permissions =
                options.permissions() == null ? table.permissions.ofEntry() : within(table, options.permissions());
        long lifetime = Math.max(0, lifetime(table, options.lifetime()));
        Table.Call call = change.call() == null ? hit(table) : change.call();
        table.codec.check(call, Table.Scope.DEFAULT_ONLY);
        if (table.schema.isOrdered()) table.give(given == null ? table.nextPriority() : given);
        String metadata = options.metadata() == null ? "" : options.metadata();
        long[] payload = table.codec.payload(call, permissions.bits(), options.template());
        EntryNotes notes = new EntryNotes(by, null, metadata);
        return new Step.Insert(change.table(), new EntryCopy(key, priority, payload, lifetime, 0, notes, set));
    }

    private Step modify(Change.Modify change, Origin by, @Nullable List<WeightedCall> set) throws Refused {
        TableFacts table = withEntries(change.table());
        if (set == null) EntityPlanner.checkReference(table.schema, change.call());
        EntryOptions options = change.options();
        if (change.call() != null) table.codec.check(change.call(), Table.Scope.DEFAULT_ONLY);
        EntryUpdate update = new EntryUpdate(
                change.call() == null ? null : table.codec.words(change.call()),
                options.permissions() == null
                        ? EntryUpdate.UNCHANGED
                        : within(table, options.permissions()).bits(),
                lifetime(table, options.lifetime()),
                by,
                options.metadata(),
                set);
        return new Step.Modify(change.table(), key(table, change.key()), priority(table, change.key()), update);
    }

    private static Permissions within(TableFacts table, Permissions permissions) throws Refused {
        Permissions most = table.permissions.ofEntry();
        if (!most.contain(permissions)) {
            throw new Refused(
                    Status.INVALID,
                    table.schema.path() + ": the permissions " + permissions + " are more than " + most
                            + ", which its entries may have; take what is more away");
        }
        return permissions;
    }

    /** -1 for one that is not said. */
    private static long lifetime(TableFacts table, Lifetime lifetime) throws Refused {
        String path = table.schema.path();
        long nanos = switch (lifetime) {
            case Lifetime.Unsaid _ -> EntryUpdate.UNCHANGED;
            case Lifetime.Forever _ -> 0;
            case Lifetime.Nanos l -> l.nanos();
            case Lifetime.Profile l -> {
                long[] profiles = table.profiles();
                if (l.number() < 0 || l.number() >= profiles.length) {
                    throw new Refused(
                            Status.INVALID,
                            path + ": there is no profile " + l.number() + "; give 0 to " + (profiles.length - 1));
                }
                yield profiles[l.number()];
            }
            case Lifetime.Aging l -> {
                if (table.profile(l.millis()) < 0) {
                    long[] millis = Arrays.stream(table.profiles())
                            .map(each -> each / 1_000_000)
                            .toArray();
                    throw new Refused(
                            Status.INVALID,
                            path + ": aging " + l.millis() + " ms is that of none of its profiles; give one of "
                                    + Arrays.toString(millis));
                }
                yield l.millis() * 1_000_000;
            }
        };
        if (nanos > 0 && !table.ages) {
            throw new Refused(
                    Status.INVALID, path + ": its entries do not age; declare pna_idle_timeout, or give no lifetime");
        }
        if (nanos < EntryUpdate.UNCHANGED || nanos > MatchTable.MAX_LIFETIME) {
            throw new Refused(
                    Status.INVALID, path + ": a lifetime of " + nanos + " ns; give 0 to " + MatchTable.MAX_LIFETIME);
        }
        return nanos;
    }

    /** What an entry does that does not say: what the table does on a hit, or nothing, where it has that. */
    private static Table.Call hit(TableFacts table) throws Refused {
        Table.Call hit = table.hit;
        if (hit != null) return hit;
        for (TableSchema.Action action : table.schema.actions()) {
            if (action.number() == 0 && action.mayBeInEntries()) return new Table.Call(action.name(), List.of());
        }
        throw new Refused(
                Status.INVALID,
                table.schema.path() + ": an entry without an action needs NoAction among the table's; give one of "
                        + table.schema.actions().stream()
                                .filter(TableSchema.Action::mayBeInEntries)
                                .map(TableSchema.Action::path)
                                .toList());
    }

    private Step miss(Change.SetMiss change) throws Refused {
        TableFacts table = table(change.table());
        Table.Call call = change.call() == null ? table.schema.miss().call() : change.call();
        table.codec.check(call, Table.Scope.TABLE_ONLY);
        return new Step.Miss(change.table(), new Step.Kept(table.codec.words(call)));
    }

    private Step attributes(Change.SetTable change) throws Refused {
        TableFacts table = table(change.table());
        String path = table.schema.path();
        for (Map.Entry<Integer, Long> each : change.profiles().entrySet()) {
            int profile = each.getKey();
            long nanos = each.getValue();
            if (profile < 0 || profile >= table.schema.profiles()) {
                throw new Refused(
                        Status.INVALID,
                        path + ": there is no profile " + profile + "; give 0 to " + (table.schema.profiles() - 1));
            }
            if (nanos <= 0 || nanos > MOST_AGING_MILLIS * 1_000_000) {
                throw new Refused(
                        Status.INVALID,
                        path + ": profile " + profile + " of " + nanos / 1_000_000 + " ms; give 1 to "
                                + MOST_AGING_MILLIS);
            }
        }
        int permissions = change.permissions() == null
                ? EntryUpdate.UNCHANGED
                : change.permissions().bits();
        return new Step.Attributes(change.table(), permissions, change.profiles());
    }

    /** What becomes true of tables when a change was done. */
    void commit(Change change) {
        if (!(change instanceof Change.SetTable set)) return;
        TableFacts table = tables.get(set.table());
        if (table == null) return;
        if (set.permissions() != null) table.permissions = set.permissions();
        long[] profiles = table.profiles().clone();
        set.profiles().forEach((profile, nanos) -> profiles[profile] = nanos);
        table.setProfiles(profiles);
    }

    /** Whether an entry's changes are told. */
    static boolean isPublished(EntryCopy entry) {
        return (EntryLayout.permissions(entry.payload()[0]) & EntryLayout.PUBLISH) != 0;
    }
}
