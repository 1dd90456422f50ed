package dev.weir.server.api;

import com.google.protobuf.Duration;
import dev.weir.api.v1.ActionCall;
import dev.weir.api.v1.Argument;
import dev.weir.api.v1.EntryLifetime;
import dev.weir.api.v1.EntryName;
import dev.weir.api.v1.EntryWish;
import dev.weir.api.v1.KeyMatch;
import dev.weir.api.v1.MeterRates;
import dev.weir.api.v1.SetTableRequest;
import dev.weir.api.v1.WriteCellsRequest;
import dev.weir.api.v1.WriteEntriesRequest;
import dev.weir.p4.control.CellSchema;
import dev.weir.p4.control.Change;
import dev.weir.p4.control.EntryKey;
import dev.weir.p4.control.EntryOptions;
import dev.weir.p4.control.Lifetime;
import dev.weir.p4.control.ProgramSchema;
import dev.weir.p4.control.TableSchema;
import dev.weir.p4.ir.Match;
import dev.weir.p4.ir.Resource;
import dev.weir.p4.ir.Table;
import dev.weir.p4.tc.Permissions;
import dev.weir.p4.tc.PortNames;
import dev.weir.p4.tc.TcFilter;
import dev.weir.p4.tc.TcValues;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * From what requests say of a program's tables to what its control plane takes. What is wrong is a {@link Refusal} that names the field. Immutable; any thread.
 */
final class EntryRequests {
    private static final long SECOND_NANOS = 1_000_000_000L, MILLI_NANOS = 1_000_000L, MAX_SECONDS = 864_000;
    private static final int PERMISSIONS = 14, SHOWN = 60;
    private static final String LETTERS = "CRUDXPS";

    private final ProgramSchema schema;
    private final PortNames ports;
    private final TcValues values;
    private final MemberRequests members;

    EntryRequests(ProgramSchema schema, PortNames ports) {
        this.schema = schema;
        this.ports = ports;
        values = new TcValues(ports);
        members = new MemberRequests(schema, ports, this);
    }

    Change change(WriteEntriesRequest.Change change, String path) {
        return switch (change.getChangeCase()) {
            case INSERT -> insert(change.getInsert(), path + ".insert");
            case MODIFY -> modify(change.getModify(), path + ".modify");
            case DELETE -> {
                TableSchema table = table(change.getDelete().getTable(), path + ".delete.table");
                yield new Change.Delete(table.name(), key(table, change.getDelete(), path + ".delete"));
            }
            case FLUSH -> {
                TableSchema table = table(change.getFlush().getTable(), path + ".flush.table");
                TcFilter filter =
                        EntryFilters.read(change.getFlush().getFilter(), schema, table, ports, path + ".flush.filter");
                yield new Change.Flush(table.name(), filter::matches);
            }
            case EDIT -> members.edit(change.getEdit(), path + ".edit");
            case VALUES -> members.values(change.getValues(), path + ".values");
            case CHANGE_NOT_SET ->
                throw Refusal.field(path, "says nothing to do; give insert, modify, delete, flush, edit or values");
        };
    }

    private Change insert(EntryWish wish, String path) {
        TableSchema table = table(wish.getName().getTable(), path + ".name.table");
        EntryKey key = key(table, wish.getName(), path + ".name");
        return wish.hasSet()
                ? new Change.InsertSet(
                        table.name(), key, members.set(table, wish.getSet(), path + ".set"), options(wish, path))
                : new Change.Insert(table.name(), key, call(table, wish, path), options(wish, path));
    }

    private Change modify(EntryWish wish, String path) {
        TableSchema table = table(wish.getName().getTable(), path + ".name.table");
        EntryKey key = key(table, wish.getName(), path + ".name");
        return wish.hasSet()
                ? new Change.ModifySet(
                        table.name(), key, members.set(table, wish.getSet(), path + ".set"), options(wish, path))
                : new Change.Modify(table.name(), key, call(table, wish, path), options(wish, path));
    }

    private Table.@Nullable Call call(TableSchema table, EntryWish wish, String path) {
        if (wish.hasMember()) return Table.Call.member(wish.getMember());
        if (wish.hasGroup()) return Table.Call.group(wish.getGroup());
        return wish.hasAction() ? call(table, wish.getAction(), path + ".action") : null;
    }

    /** The table that a request names. */
    TableSchema table(String name, String path) {
        return named(schema.tables(), List.of(TableSchema::path, TableSchema::name), name, "table", path);
    }

    CellSchema cell(String name, String path) {
        return named(schema.cells(), List.of(CellSchema::name), name, "counter, meter or register", path);
    }

    /** The one that is called so, or else the only one whose name ends so. */
    static <T> T named(List<T> all, List<Function<T, String>> names, String name, String what, String path) {
        for (T each : all) {
            if (names.stream().anyMatch(its -> its.apply(each).equals(name))) return each;
        }
        List<T> ending = all.stream()
                .filter(each -> names.stream().anyMatch(its -> ends(its.apply(each), name)))
                .toList();
        if (ending.size() == 1) return ending.getFirst();
        List<String> known = (ending.isEmpty() ? all : ending)
                .stream().map(each -> names.getFirst().apply(each)).toList();
        throw Refusal.field(
                path,
                (ending.isEmpty() ? "there is no " + what + " '" + name + "'; " : "several end so; ")
                        + (known.isEmpty() ? "the program has none" : "there are " + String.join(", ", known)));
    }

    private static boolean ends(String name, String end) {
        int before = name.length() - end.length() - 1;
        return !end.isEmpty() && before >= 0 && name.endsWith(end) && ".:/".indexOf(name.charAt(before)) >= 0;
    }

    /** Which entry is meant; keys that may be left out and are match everything. */
    EntryKey key(TableSchema table, EntryName name, String path) {
        return key(table, name.getMatchesList(), name.hasPriority() ? name.getPriority() : null, path);
    }

    EntryKey key(TableSchema table, List<KeyMatch> said, @Nullable Integer priority, String path) {
        return new EntryKey(matches(table.keys(), said, path), priority);
    }

    /** One for each key of a table, or field of a value set. */
    List<Match> matches(List<TableSchema.Key> keys, List<KeyMatch> said, String path) {
        List<@Nullable Match> matches = new ArrayList<>(Collections.nCopies(keys.size(), null));
        for (int i = 0; i < said.size(); i++) {
            KeyMatch each = said.get(i);
            String at = path + ".matches[" + i + "]";
            TableSchema.Key key = named(keys, List.of(TableSchema.Key::name), each.getKey(), "key", at + ".key");
            int place = keys.indexOf(key);
            if (matches.get(place) != null) throw Refusal.field(at + ".key", "is there twice; remove one");
            matches.set(place, fitting(() -> values.parse(key, each.getValue()), each.getValue(), at + ".value"));
        }
        return complete(keys, matches, path);
    }

    private static List<Match> complete(List<TableSchema.Key> keys, List<@Nullable Match> said, String path) {
        List<Match> matches = new ArrayList<>();
        for (int i = 0; i < said.size(); i++) {
            Match match = said.get(i);
            if (match == null) match = TableSchema.anything(keys.get(i));
            if (match == null) {
                throw Refusal.field(
                        path + ".matches", "say nothing of " + keys.get(i).name() + "; give a value");
            }
            matches.add(match);
        }
        return matches;
    }

    /** An action of a table with its arguments. */
    Table.Call call(TableSchema table, ActionCall call, String path) {
        return call(table.actions(), call, path);
    }

    /** One of some actions with its arguments. */
    Table.Call call(List<TableSchema.Action> actions, ActionCall call, String path) {
        TableSchema.Action action = named(
                actions,
                List.of(TableSchema.Action::path, TableSchema.Action::name),
                call.getAction(),
                "action",
                path + ".action");
        Map<String, BigInteger> given = new LinkedHashMap<>();
        for (int i = 0; i < call.getArgumentsCount(); i++) {
            Argument argument = call.getArguments(i);
            String at = path + ".arguments[" + i + "]";
            TableSchema.Parameter parameter = named(
                    action.parameters(),
                    List.of(TableSchema.Parameter::name),
                    argument.getName(),
                    "parameter",
                    at + ".name");
            BigInteger value = fitting(
                    () -> values.parse(parameter.type(), parameter.bits(), argument.getValue()),
                    argument.getValue(),
                    at + ".value");
            if (given.put(parameter.name(), value) != null)
                throw Refusal.field(at + ".name", "is there twice; remove one");
        }
        List<BigInteger> arguments = new ArrayList<>();
        for (TableSchema.Parameter parameter : action.parameters()) {
            BigInteger value = given.get(parameter.name());
            if (value == null) {
                throw Refusal.field(path + ".arguments", "say nothing of " + parameter.name() + "; give a value");
            }
            arguments.add(value);
        }
        return new Table.Call(action.name(), arguments);
    }

    private static EntryOptions options(EntryWish wish, String path) {
        EntryOptions options = EntryOptions.NONE.withLifetime(lifetime(wish.getLifetime(), path + ".lifetime"));
        Permissions permissions = permissions(wish.getPermissions(), path + ".permissions");
        if (permissions != null) options = options.withPermissions(permissions);
        return wish.hasMetadata() ? options.withMetadata(wish.getMetadata()) : options;
    }

    private static @Nullable Permissions permissions(String said, String path) {
        if (said.isEmpty()) return null;
        boolean number = said.matches("0x[0-9A-Fa-f]{1,4}");
        int bits = number ? Integer.parseInt(said, 2, said.length(), 16) : letters(said);
        if (bits < 0 || bits >= 1 << PERMISSIONS) {
            throw Refusal.field(
                    path, "are none; give 14 letters of CRUDXPS or '-', control path first, or a number after 0x");
        }
        return new Permissions(bits);
    }

    /** Of {@code CRUD-PSCR--XP-}; negative where it is none. */
    private static int letters(String said) {
        int bits = 0;
        for (int i = 0; i < said.length(); i++) {
            char letter = said.charAt(i);
            if (letter != '-' && letter != LETTERS.charAt(i % LETTERS.length())) return -1;
            bits = bits << 1 | (letter == '-' ? 0 : 1);
        }
        return said.length() == PERMISSIONS ? bits : -1;
    }

    private static Lifetime lifetime(EntryLifetime lifetime, String path) {
        return switch (lifetime.getLifetimeCase()) {
            case FOREVER -> {
                if (!lifetime.getForever())
                    throw Refusal.field(path + ".forever", "can only be true; give another lifetime");
                yield Lifetime.FOREVER;
            }
            case PROFILE -> new Lifetime.Profile(lifetime.getProfile());
            case AGING -> new Lifetime.Aging(nanos(lifetime.getAging(), path + ".aging") / MILLI_NANOS);
            case LIFETIME_NOT_SET -> Lifetime.UNSAID;
        };
    }

    private static long nanos(Duration duration, String path) {
        long seconds = duration.getSeconds();
        int nanos = duration.getNanos();
        if (seconds < 0 || nanos < 0 || nanos >= SECOND_NANOS || seconds + Math.min(nanos, 1) > MAX_SECONDS) {
            throw Refusal.field(path, "is out of range; give 0 to " + MAX_SECONDS + " seconds");
        }
        return seconds * SECOND_NANOS + nanos;
    }

    /** What a table's attributes are to be; none for nothing. */
    List<Change> attributes(TableSchema table, SetTableRequest request) {
        List<Change> changes = new ArrayList<>();
        Map<Integer, Long> profiles = new LinkedHashMap<>();
        for (int i = 0; i < request.getProfilesCount(); i++) {
            SetTableRequest.Profile profile = request.getProfiles(i);
            profiles.put(profile.getNumber(), nanos(profile.getAging(), "profiles[" + i + "].aging"));
        }
        Permissions permissions = permissions(request.getPermissions(), "permissions");
        if (permissions != null || !profiles.isEmpty()) {
            changes.add(new Change.SetTable(table.name(), permissions, profiles));
        }
        if (request.hasMiss()) changes.add(new Change.SetMiss(table.name(), call(table, request.getMiss(), "miss")));
        if (request.hasHit()) changes.add(new Change.SetHit(table.name(), call(table, request.getHit(), "hit")));
        if (changes.isEmpty())
            throw Refusal.field("table", "nothing is said of it; give permissions, profiles, miss or hit");
        return changes;
    }

    Change change(WriteCellsRequest.Change change, String path) {
        CellSchema cell = cell(change.getName(), path + ".name");
        Change.Place place = place(change, path);
        return switch (change.getValueCase()) {
            case COUNTED ->
                new Change.SetCounter(
                        cell.name(),
                        place,
                        change.getCounted().getPackets(),
                        change.getCounted().getBytes());
            case RATES -> new Change.SetMeter(cell.name(), place, rates(change.getRates(), path + ".rates"));
            case NO_RATES -> {
                if (!change.getNoRates()) throw Refusal.field(path + ".no_rates", "can only be true; give rates");
                yield new Change.SetMeter(cell.name(), place, null);
            }
            case REGISTER ->
                new Change.SetRegister(cell.name(), place, register(cell, change.getRegister(), path + ".register"));
            case VALUE_NOT_SET -> throw Refusal.field(path, "has no value; give counted, rates, no_rates or register");
        };
    }

    private Change.Place place(WriteCellsRequest.Change change, String path) {
        return switch (change.getPlaceCase()) {
            case INDEX -> new Change.Place.Index(index(change.getIndex(), path + ".index"));
            case ALL -> {
                if (!change.getAll()) throw Refusal.field(path + ".all", "can only be true; give index or entry");
                yield new Change.Place.All();
            }
            case ENTRY -> {
                TableSchema table = table(change.getEntry().getTable(), path + ".entry.table");
                yield new Change.Place.OfEntry(table.name(), key(table, change.getEntry(), path + ".entry"));
            }
            case PLACE_NOT_SET -> throw Refusal.field(path, "says not which cell; give index, all or entry");
        };
    }

    static int index(int index, String path) {
        if (index < 0) {
            throw Refusal.field(
                    path, Integer.toUnsignedString(index) + " is out of range; give 0 to " + Integer.MAX_VALUE);
        }
        return index;
    }

    private BigInteger register(CellSchema cell, String value, String path) {
        int bits = cell.resource() instanceof Resource.Register register ? register.width() : Long.SIZE;
        return fitting(() -> values.parse("bit" + bits, bits, value), value, path);
    }

    private static dev.weir.p4.run.MeterRates rates(MeterRates rates, String path) {
        return fitting(
                () -> new dev.weir.p4.run.MeterRates(
                        rates.getCommittedRate(), rates.getCommittedBurst(), rates.getPeakRate(), rates.getPeakBurst()),
                "",
                path);
    }

    /** @param said for the message; empty where that has it */
    static <T> T fitting(Supplier<T> reading, String said, String path) {
        try {
            return reading.get();
        } catch (IllegalArgumentException e) {
            String shown = said.length() > SHOWN ? said.substring(0, SHOWN) + "..." : said;
            throw Refusal.field(path, (said.isEmpty() ? "" : "'" + shown + "': ") + e.getMessage());
        }
    }
}
