package dev.weir.p4.tc;

import dev.weir.p4.control.Change;
import dev.weir.p4.control.EntryKey;
import dev.weir.p4.control.EntryOptions;
import dev.weir.p4.control.Lifetime;
import dev.weir.p4.control.ProgramSchema;
import dev.weir.p4.control.TableSchema;
import dev.weir.p4.ir.Match;
import dev.weir.p4.ir.Table;
import dev.weir.p4.run.ProfileRun.WeightedCall;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads what a command says of a table's entries and attributes. */
final class EntryCommands {
    /** Words that are no keys. */
    private static final List<String> OPTIONS = List.of(
            "prio",
            "permissions",
            "dynamic",
            "aging",
            "profile_id",
            "extern",
            "action",
            "member",
            "group",
            "action_set",
            "entry");

    private static final String NO_SUCH = "there is no such option; give prio, permissions, dynamic, aging, profile_id,"
            + " extern, action, member, group, action_set or entry";
    private static final long MOST_NUMBER = 0xFFFFFFFFL;

    private static final long MOST_MILLIS = Long.MAX_VALUE / 1_000_000;

    private final TableSchema table;
    private final Words words;
    private final CellCommands cells;
    private final MatchWords keys;
    private final ActionWords actions;

    EntryCommands(ProgramSchema program, TableSchema table, TcValues values, Words words) {
        this.table = table;
        this.words = words;
        cells = new CellCommands(program, values, words);
        keys = new MatchWords(table.keys(), OPTIONS, values, words);
        actions = new ActionWords(table.actions(), values, words);
    }

    /** Of one or several entries. */
    List<Change> entries(boolean create) throws TcFault {
        List<Change> changes = new ArrayList<>();
        do {
            words.accept("entry");
            entry(create, changes);
        } while (words.is("entry"));
        words.end(NO_SUCH);
        return changes;
    }

    /** The change of an entry, and those of its externs behind it. */
    private void entry(boolean create, List<Change> changes) throws TcFault {
        List<Match> matches = keys.matches();
        Integer priority = null;
        Permissions permissions = null;
        boolean dynamic = false;
        Lifetime lifetime = null;
        Words.@Nullable Word aged = null;
        Table.Call call = null;
        List<WeightedCall> set = null;
        while (!words.isAtEnd() && !words.is("entry") && !words.is("extern")) {
            Words.Word option = words.take("an option");
            switch (option.text()) {
                case "prio" -> priority = priority(option);
                case "permissions" -> permissions = permissions();
                case "dynamic" -> dynamic = true;
                case "aging", "profile_id" -> {
                    if (lifetime != null) {
                        throw words.fault(option, "aging and profile_id exclude each other; give one of them");
                    }
                    aged = option;
                    lifetime = option.text().equals("aging")
                            ? new Lifetime.Aging(words.number("milliseconds", MOST_MILLIS))
                            : new Lifetime.Profile((int) words.number("the number of a profile", Integer.MAX_VALUE));
                }
                case "action" -> call = actions.call();
                case "member" -> call = Table.Call.member(words.number("the number of a member", MOST_NUMBER));
                case "group" -> call = Table.Call.group(words.number("the number of a group", MOST_NUMBER));
                case "action_set" -> set = actions.set();
                default -> throw words.fault(option, NO_SUCH);
            }
        }
        if (aged != null && !dynamic) {
            throw words.fault(aged, "only dynamic entries age; say dynamic, too");
        }
        Lifetime lives = !dynamic ? Lifetime.UNSAID : lifetime == null ? new Lifetime.Profile(0) : lifetime;
        EntryOptions options = new EntryOptions(permissions, lives, null, false);
        EntryKey key = new EntryKey(matches, create ? priority : needed(priority));
        changes.add(
                set == null
                        ? change(create, key, call, options)
                        : create
                                ? new Change.InsertSet(table.name(), key, set, options)
                                : new Change.ModifySet(table.name(), key, set, options));
        while (words.accept("extern")) {
            needed(priority);
            changes.add(cells.ofEntry(table, key));
        }
    }

    private Change change(boolean create, EntryKey key, Table.@Nullable Call call, EntryOptions options) {
        return create
                ? new Change.Insert(table.name(), key, call, options)
                : new Change.Modify(table.name(), key, call, options);
    }

    /** The key of an entry that is there. */
    EntryKey existing() throws TcFault {
        words.accept("entry");
        List<Match> matches = keys.matches();
        Integer priority = null;
        if (words.is("prio")) priority = priority(words.take("prio"));
        return new EntryKey(matches, needed(priority));
    }

    private @Nullable Integer needed(@Nullable Integer priority) throws TcFault {
        if (table.isOrdered() && priority == null) {
            throw words.fault(
                    new Words.Word("prio", words.line().length()),
                    "entries of " + table.path() + " with the same key differ in it; give it");
        }
        return priority;
    }

    private @Nullable Integer priority(Words.Word option) throws TcFault {
        int number = (int) words.number("a priority", Integer.MAX_VALUE);
        if (table.isExact()) {
            throw words.fault(option, "entries of " + table.path() + ", which is exact, have none; leave it out");
        }
        return table.isOrdered() ? (Integer) number : null;
    }

    private Permissions permissions() throws TcFault {
        Words.Word word = words.take("permissions, in hexadecimal");
        Permissions letters = Permissions.parse(word.text());
        if (letters != null) return letters;
        try {
            return new Permissions(Integer.decode(word.text()));
        } catch (IllegalArgumentException _) {
            throw words.fault(word, "these are no permissions; give 14 bits, in hexadecimal, or letters: CRUDPS:RX");
        }
    }

    /** Behind {@code tbl_attrs}. */
    List<Change> attributes() throws TcFault {
        Permissions permissions = null;
        Map<Integer, Long> profiles = new HashMap<>();
        List<Change> actions = new ArrayList<>();
        boolean any = false;
        while (!words.isAtEnd()) {
            Words.Word option = words.take("an attribute");
            any = true;
            switch (option.text()) {
                case "tbl_permissions", "permissions" -> permissions = permissions();
                case "timer_profile" -> {
                    words.expect("id");
                    int profile = (int) words.number("the number of a profile", Integer.MAX_VALUE);
                    words.expect("aging");
                    profiles.put(profile, words.number("milliseconds", MOST_MILLIS) * 1_000_000);
                }
                case "default_hit_action" -> actions.add(new Change.SetHit(table.name(), defaultCall()));
                case "default_miss_action" -> actions.add(new Change.SetMiss(table.name(), defaultCall()));
                default ->
                    throw words.fault(
                            option,
                            "there is no such attribute; give tbl_permissions, timer_profile, default_hit_action or"
                                    + " default_miss_action");
            }
        }
        if (!any) words.take("tbl_permissions, timer_profile, default_hit_action or default_miss_action");
        List<Change> changes = new ArrayList<>();
        if (permissions != null || !profiles.isEmpty()) {
            changes.add(new Change.SetTable(table.name(), permissions, profiles));
        }
        changes.addAll(actions);
        return changes;
    }

    private Table.Call defaultCall() throws TcFault {
        if (words.accept("permissions")) permissions();
        words.expect("action");
        return actions.call();
    }
}
