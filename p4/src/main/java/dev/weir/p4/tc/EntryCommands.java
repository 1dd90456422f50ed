package dev.weir.p4.tc;

import dev.weir.p4.control.Change;
import dev.weir.p4.control.EntryKey;
import dev.weir.p4.control.EntryOptions;
import dev.weir.p4.control.Lifetime;
import dev.weir.p4.control.TableSchema;
import dev.weir.p4.ir.Match;
import dev.weir.p4.ir.Table;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads what a command says of a table's entries and attributes. */
final class EntryCommands {
    /** Words that are no keys. */
    private static final Set<String> OPTIONS =
            Set.of("prio", "permissions", "dynamic", "aging", "profile_id", "action", "entry");

    private static final long MOST_MILLIS = Long.MAX_VALUE / 1_000_000;

    private final TableSchema table;
    private final TcValues values;
    private final Words words;

    EntryCommands(TableSchema table, TcValues values, Words words) {
        this.table = table;
        this.values = values;
        this.words = words;
    }

    /** Of one or several entries. */
    List<Change> entries(boolean create) throws TcFault {
        List<Change> changes = new ArrayList<>();
        do {
            words.accept("entry");
            changes.add(entry(create));
        } while (words.is("entry"));
        words.end("there is no such option; give prio, permissions, dynamic, aging, profile_id, action or entry");
        return changes;
    }

    private Change entry(boolean create) throws TcFault {
        List<Match> matches = matches();
        Integer priority = null;
        Permissions permissions = null;
        boolean dynamic = false;
        Lifetime lifetime = null;
        Words.@Nullable Word aged = null;
        Table.Call call = null;
        while (!words.isAtEnd() && !words.is("entry")) {
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
                case "action" -> call = call();
                default ->
                    throw words.fault(
                            option,
                            "there is no such option; give prio, permissions, dynamic, aging, profile_id, action or"
                                    + " entry");
            }
        }
        if (aged != null && !dynamic) {
            throw words.fault(aged, "only dynamic entries age; say dynamic, too");
        }
        Lifetime lives = !dynamic ? Lifetime.UNSAID : lifetime == null ? new Lifetime.Profile(0) : lifetime;
        EntryOptions options = new EntryOptions(permissions, lives, null, false);
        if (create) return new Change.Insert(table.name(), new EntryKey(matches, priority), call, options);
        return new Change.Modify(table.name(), new EntryKey(matches, needed(priority)), call, options);
    }

    /** The key of an entry that is there. */
    EntryKey existing() throws TcFault {
        words.accept("entry");
        List<Match> matches = matches();
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

    /** All keys, by name; exact ones have to be there. */
    private List<Match> matches() throws TcFault {
        Map<TableSchema.Key, Match> given = new HashMap<>();
        while (!words.isAtEnd() && given.size() < table.keys().size() && !isOption()) {
            Words.Word name = words.take("a key");
            TableSchema.Key key = words.find(name, name.text(), "key", table.keys(), TableSchema.Key::name);
            Words.Word value = words.take("a value of the key " + key.name());
            try {
                if (given.put(key, values.parse(key, value.text())) != null) {
                    throw words.fault(name, "this key was given before; give it once");
                }
            } catch (IllegalArgumentException e) {
                throw words.fault(value, String.valueOf(e.getMessage()));
            }
        }
        List<Match> matches = new ArrayList<>();
        for (TableSchema.Key key : table.keys()) {
            Match match = given.containsKey(key) ? given.get(key) : TableSchema.anything(key);
            if (match == null) {
                Words.Word here =
                        words.isAtEnd() ? new Words.Word("", words.line().length()) : words.take("a key");
                throw words.fault(here, "the key '" + key.name() + "' is missing, which is exact; give it");
            }
            matches.add(match);
        }
        return matches;
    }

    /** A key may be called like an option; then it has to come before all options. */
    private boolean isOption() {
        return OPTIONS.stream()
                .anyMatch(option -> words.is(option)
                        && table.keys().stream().noneMatch(key -> key.name().equals(option)));
    }

    /** An action's name and its arguments. */
    private Table.Call call() throws TcFault {
        Words.Word name = words.take("the name of an action");
        TableSchema.Action action =
                words.find(name, spelled(name.text()), "action", table.actions(), TableSchema.Action::path);
        @Nullable BigInteger[] arguments = new BigInteger[action.parameters().size()];
        while (words.accept("param")) {
            Words.Word which = words.take("a parameter");
            TableSchema.Parameter parameter =
                    words.find(which, which.text(), "parameter", action.parameters(), TableSchema.Parameter::name);
            if (words.accept("type")) words.take("a type");
            Words.Word value = words.take("a value of the parameter " + parameter.name());
            try {
                arguments[parameter.number() - 1] = values.parse(parameter.type(), parameter.bits(), value.text());
            } catch (IllegalArgumentException e) {
                throw words.fault(value, String.valueOf(e.getMessage()));
            }
        }
        int missing = Arrays.asList(arguments).indexOf(null);
        if (missing >= 0) {
            throw words.fault(
                    name, "its parameter '" + action.parameters().get(missing).name() + "' is missing; give it");
        }
        return new Table.Call(
                action.name(), Arrays.stream(arguments).map(TcParser::known).toList());
    }

    /** Without the program's name, which may stand before the action's path. */
    private String spelled(String path) {
        long slashes = path.chars().filter(c -> c == '/').count();
        boolean whole =
                table.actions().stream().anyMatch(action -> action.path().equals(path));
        return slashes >= 2 || (slashes == 1 && !whole && isGlobal(path))
                ? path.substring(path.indexOf('/') + 1)
                : path;
    }

    private boolean isGlobal(String path) {
        String end = path.substring(path.indexOf('/') + 1);
        return table.actions().stream().anyMatch(action -> action.path().equals(end));
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
        return call();
    }
}
