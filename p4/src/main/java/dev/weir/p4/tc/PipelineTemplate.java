package dev.weir.p4.tc;

import dev.weir.p4.tc.TcPipeline.Match;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A pipeline in the making, or sealed. {@link TemplateStore} guards it. */
final class PipelineTemplate {
    static final int MOST_TABLES = 32;

    private static final int MOST_NAME = 127, MOST_PARAMETERS = 16, MOST_ACTIONS = 1024, MOST_EXTERNS = 1024;
    private static final int MOST_KEY_BITS = 512, MOST_ENTRIES = 0x2000000, MOST_MASKS = 128, MOST_PROFILES = 16;
    private static final int MOST_CONSTANT_ENTRIES = 1 << 16, MOST_PREALLOCATED = 0x2000000;
    private static final long MOST_MILLIS = 864_000_000;
    /** Of all commands together. */
    private static final int MOST_LETTERS = 1 << 22;

    private static final int SIZE = 1024, MASKS = 8, PROFILES = 4;

    private final String name;
    private final int number;
    private int wantedTables;
    private final Map<String, Action> actions = new LinkedHashMap<>();
    private final Map<String, Table> tables = new LinkedHashMap<>();
    private final Map<String, String> externs = new LinkedHashMap<>();
    private boolean sealed;
    /** The commands that were given for it; null where they are too long together. */
    private @Nullable List<String> commands = new ArrayList<>();

    private int letters;

    PipelineTemplate(String name, int number, int wantedTables) {
        this.name = name;
        this.number = number;
        this.wantedTables = wantedTables;
    }

    /** @param types by the names of the parameters */
    record Action(String path, int number, Map<String, String> types, boolean active) {}

    /** An action with arguments, as they were written; null for one that is given at run time. */
    record Call(String action, Map<String, @Nullable String> arguments, boolean constant) {}

    record Entry(
            Map<String, String> keys,
            Permissions permissions,
            @Nullable Call call) {}

    /** A table in the making. */
    static final class Table {
        final String path;
        final int number;
        Match type = Match.EXACT;
        int keyBits;
        Permissions permissions = Permissions.TABLE;
        int size = SIZE;
        int masks = MASKS;
        int profiles = PROFILES;
        /** Milliseconds by the number of the profile, of those that are not as they are at first. */
        final Map<Integer, Long> agings = new TreeMap<>();

        final List<String> direct = new ArrayList<>();
        /** Flags by the paths of actions. */
        final Map<String, String> actions = new LinkedHashMap<>();

        @Nullable
        Call hit;

        @Nullable
        Call miss;

        final List<Entry> entries = new ArrayList<>();

        Table(String path, int number) {
            this.path = path;
            this.number = number;
        }
    }

    String name() {
        return name;
    }

    /** Takes note of a command that was given. */
    void note(String command) {
        letters += command.length();
        if (letters > MOST_LETTERS) commands = null;
        if (commands != null) commands.add(command);
    }

    /** The commands that make it anew in an empty store; null where they are not known. */
    @Nullable
    List<String> commands() {
        return commands;
    }

    int number() {
        return number;
    }

    boolean isSealed() {
        return sealed;
    }

    Map<String, Action> actions() {
        return actions;
    }

    Map<String, Table> tables() {
        return tables;
    }

    static void checkName(Words words, Words.Word path, String name) throws TcFault {
        if (name.isEmpty() || name.length() > MOST_NAME) {
            throw words.fault(path, "the name has to have 1 to " + MOST_NAME + " letters");
        }
    }

    /** Nothing of it is changed any more. */
    void seal(Words words, Words.Word path) throws TcFault {
        if (sealed) throw words.fault(path, "the pipeline is sealed already");
        if (tables.size() != wantedTables) {
            throw words.fault(
                    path, "it has " + tables.size() + " of its " + wantedTables + " tables; create the others before");
        }
        for (Action action : actions.values()) {
            if (!action.active) {
                throw words.fault(path, "the action " + action.path + " is not active; update it to state active");
            }
        }
        sealed = true;
    }

    /** Has another number of tables. */
    void resize(Words words, Words.Word path) throws TcFault {
        if (sealed) throw words.fault(path, "the pipeline is sealed already");
        Words.Word option = words.take("numtables");
        int wanted = (int) words.number("how many tables", MOST_TABLES);
        if (wanted < tables.size()) throw words.fault(option, "it has " + tables.size() + " tables; give as many");
        wantedTables = wanted;
    }

    void action(boolean create, Words words, Words.Word path, String its) throws TcFault {
        Action known = actions.get(its);
        if (!create) {
            if (known == null) throw missing(words, path, "action", actions.keySet());
            preallocated(words);
            words.expect("state");
            words.expect("active");
            actions.put(its, new Action(its, known.number, known.types, true));
            return;
        }
        if (known != null) throw words.fault(path, "there is such an action already; delete it before");
        if (actions.size() == MOST_ACTIONS) throw words.fault(path, "there are too many actions");
        checkName(words, path, its);
        int id = words.accept("actid") ? (int) words.number("the action's number", 0xFFFF) : actions.size() + 1;
        for (Action each : actions.values()) {
            if (each.number == id) throw words.fault(path, "the action " + each.path + " has the number " + id);
        }
        Map<String, String> types = new LinkedHashMap<>();
        while (words.accept("param")) {
            Words.Word parameter = words.take("a parameter");
            words.expect("type");
            if (types.put(parameter.text(), words.take("a type").text()) != null) {
                throw words.fault(parameter, "this parameter was given before");
            }
            if (types.size() > MOST_PARAMETERS) {
                throw words.fault(parameter, "an action has at most " + MOST_PARAMETERS + " parameters");
            }
        }
        preallocated(words);
        actions.put(its, new Action(its, id, types, false));
    }

    /** How many instances the kernel makes ahead; here an action takes no memory of its own. */
    private static void preallocated(Words words) throws TcFault {
        if (words.accept("num_prealloc_acts")) words.number("how many instances", MOST_PREALLOCATED);
    }

    void table(boolean create, Words words, Words.Word path, String its) throws TcFault {
        Table known = tables.get(its);
        if (create && !words.is("entry")) {
            if (known != null) throw words.fault(path, "there is such a table already; delete it before");
            if (tables.size() == wantedTables) {
                throw words.fault(path, "the pipeline has its " + wantedTables + " tables; create it with more");
            }
            checkName(words, path, its);
            int id = words.accept("tblid") ? (int) words.number("the table's number", 0xFFFF) : tables.size() + 1;
            for (Table each : tables.values()) {
                if (each.number == id) throw words.fault(path, "the table " + each.path + " has the number " + id);
            }
            Table made = new Table(its, id);
            attributes(words, made);
            checkProfiles(words, path, made);
            if (made.keyBits == 0) throw words.fault(path, "its key has no size; give keysz");
            tables.put(its, made);
            return;
        }
        if (known == null) throw missing(words, path, "table", tables.keySet());
        if (create) {
            words.expect("entry");
            known.entries.add(entry(words, known));
        } else {
            attributes(words, known);
            checkProfiles(words, path, known);
        }
    }

    private static void checkProfiles(Words words, Words.Word path, Table table) throws TcFault {
        for (int profile : table.agings.keySet()) {
            if (profile >= table.profiles) {
                throw words.fault(
                        path,
                        "there is no profile " + profile + "; give 0 to " + (table.profiles - 1)
                                + ", or more num_timer_profiles");
            }
        }
    }

    private void attributes(Words words, Table table) throws TcFault {
        while (!words.isAtEnd()) {
            Words.Word option = words.take("an attribute");
            switch (option.text()) {
                case "type" -> table.type = type(words);
                case "keysz" -> table.keyBits = positive(words, "bits of the key", MOST_KEY_BITS);
                case "permissions" -> table.permissions = permissions(words);
                case "tentries" -> table.size = positive(words, "how many entries", MOST_ENTRIES);
                case "nummasks" -> table.masks = positive(words, "how many masks", MOST_MASKS);
                case "aging" -> table.agings.put(0, aging(words));
                case "timer_profile" -> {
                    words.expect("id");
                    int profile = (int) words.number("the number of a profile", MOST_PROFILES - 1);
                    words.expect("aging");
                    table.agings.put(profile, aging(words));
                }
                case "entry" -> table.entries.add(entry(words, table));
                case "num_timer_profiles" -> table.profiles = positive(words, "how many profiles", MOST_PROFILES);
                case "pna_direct_counter", "pna_direct_meter" -> {
                    Words.Word instance = words.take("KIND/INSTANCE");
                    if (!externs.containsKey(instance.text())) {
                        throw words.fault(instance, "there is no such instance; there are " + externs.keySet());
                    }
                    table.direct.add(instance.text());
                }
                case "table_acts" -> actions(words, table);
                case "default_hit_action" -> table.hit = defaultCall(words, table);
                case "default_miss_action" -> table.miss = defaultCall(words, table);
                default ->
                    throw words.fault(
                            option,
                            "there is no such attribute; give type, keysz, permissions, tentries, nummasks,"
                                    + " num_timer_profiles, timer_profile, aging, table_acts, default_hit_action,"
                                    + " default_miss_action or entry");
            }
        }
    }

    private static long aging(Words words) throws TcFault {
        long millis = words.number("milliseconds", MOST_MILLIS);
        if (millis == 0) {
            throw new TcFault(words.line(), 0, 1, "aging: 0 is too short; give 1 to " + MOST_MILLIS + " milliseconds");
        }
        return millis;
    }

    private static int positive(Words words, String what, int most) throws TcFault {
        int number = (int) words.number(what, most);
        if (number == 0) throw new TcFault(words.line(), 0, 1, what + ": 0 is too few; give 1 to " + most);
        return number;
    }

    private static Match type(Words words) throws TcFault {
        Words.Word word = words.take("exact, lpm or ternary");
        for (Match match : List.of(Match.EXACT, Match.LPM, Match.TERNARY)) {
            if (match.toString().equals(word.text().toLowerCase(Locale.ROOT))) return match;
        }
        throw words.fault(word, "there is no such type; give exact, lpm or ternary");
    }

    static Permissions permissions(Words words) throws TcFault {
        return new Permissions((int) words.number("permissions", Permissions.EVERYTHING.bits()));
    }

    private void actions(Words words, Table table) throws TcFault {
        while (words.accept("act")) {
            words.expect("name");
            Words.Word word = words.take("an action's path");
            String flags = "";
            String its = known(words, word);
            if (words.accept("flags")) {
                Words.Word flag = words.take("tableonly or defaultonly");
                flags = flag.text();
                if (!flags.equals("tableonly") && !flags.equals("defaultonly")) {
                    throw words.fault(flag, "there is no such flag; give tableonly or defaultonly");
                }
            }
            table.actions.put(its, flags);
        }
    }

    /** The path of an action, without the pipeline's name. */
    private String known(Words words, Words.Word word) throws TcFault {
        String its = word.text();
        if (its.equals(TcPipeline.Action.NO_ACTION)) return its;
        String bare = its.startsWith(name + "/") ? its.substring(name.length() + 1) : its;
        if (!actions.containsKey(bare)) throw missing(words, word, "action", actions.keySet());
        return bare;
    }

    private Call defaultCall(Words words, Table table) throws TcFault {
        boolean constant = words.accept("permissions") && permissions(words).equals(Permissions.CONSTANT);
        words.expect("action");
        Words.Word word = words.take("an action's path");
        Call call = call(words, word, table, constant);
        if ("tableonly".equals(table.actions.get(call.action))) {
            throw words.fault(word, "this action is tableonly; take another");
        }
        words.accept("flags");
        words.accept("runtime");
        return call;
    }

    private Call call(Words words, Words.Word word, Table table, boolean constant) throws TcFault {
        String its = known(words, word);
        if (!table.actions.containsKey(its)) {
            throw words.fault(word, "the table does not have this action; it has " + table.actions.keySet());
        }
        Map<String, @Nullable String> arguments = new LinkedHashMap<>();
        Action action = actions.get(its);
        while (words.accept("param")) {
            Words.Word parameter = words.take("a parameter");
            if (action == null || !action.types.containsKey(parameter.text())) {
                throw words.fault(parameter, "the action " + its + " has no such parameter");
            }
            if (words.accept("flags")) {
                words.expect("runtime");
                arguments.put(parameter.text(), null);
            } else {
                arguments.put(parameter.text(), words.take("a value").text());
            }
        }
        return new Call(its, arguments, constant);
    }

    private Entry entry(Words words, Table table) throws TcFault {
        if (table.entries.size() >= Math.min(table.size, MOST_CONSTANT_ENTRIES)) {
            Words.Word first = words.take("a key");
            throw words.fault(first, "the table " + table.path + " is full; give it more tentries");
        }
        Map<String, String> keys = new LinkedHashMap<>();
        while (!words.isAtEnd() && !words.is("permissions") && !words.is("action")) {
            Words.Word key = words.take("a key");
            if (keys.put(key.text(), words.take("a value").text()) != null) {
                throw words.fault(key, "this key was given before");
            }
        }
        Permissions permissions = words.accept("permissions") ? permissions(words) : Permissions.CONSTANT;
        Call call = words.accept("action") ? call(words, words.take("an action's path"), table, false) : null;
        return new Entry(keys, permissions, call);
    }

    /** What stands behind its number is known of the program itself; it is read, and no more. */
    void extern(boolean create, Words words, Words.Word path, String its) throws TcFault {
        if (!create) throw words.fault(path, "an instance cannot be changed; delete it, and create it anew");
        if (externs.containsKey(its)) throw words.fault(path, "there is such an instance already");
        if (externs.size() == MOST_EXTERNS) throw words.fault(path, "there are too many instances");
        checkName(words, path, its);
        words.expect("instid");
        StringBuilder rest =
                new StringBuilder(words.take("the instance's number").text());
        while (!words.isAtEnd()) rest.append(' ').append(words.take("an option").text());
        externs.put(its, rest.toString());
    }

    /** @param its empty for all of the kind; behind a table's path may stand which of its default actions is taken away */
    void delete(Words words, Words.Word path, String kind, String its) throws TcFault {
        if (its.isEmpty()) {
            flush(words, path, kind);
            return;
        }
        Table table = tables.get(its);
        if (kind.equals("table") && table != null && words.accept("default_hit_action")) {
            table.hit = null;
            return;
        }
        if (kind.equals("table") && table != null && words.accept("default_miss_action")) {
            table.miss = null;
            return;
        }
        Object gone = switch (kind) {
            case "action" -> {
                checkUnused(words, path, its);
                yield actions.remove(its);
            }
            case "table" -> tables.remove(its);
            case "extern_inst" -> externs.remove(its);
            default -> throw words.fault(path, "it begins with no kind of object; give action, table or extern_inst");
        };
        if (gone == null) throw words.fault(path, "there is no such " + kind);
    }

    private void flush(Words words, Words.Word path, String kind) throws TcFault {
        switch (kind) {
            case "action" -> {
                for (String action : actions.keySet()) checkUnused(words, path, action);
                actions.clear();
            }
            case "table" -> tables.clear();
            case "extern_inst" -> externs.clear();
            default -> throw words.fault(path, "it begins with no kind of object; give action, table or extern_inst");
        }
    }

    private void checkUnused(Words words, Words.Word path, String action) throws TcFault {
        for (Table table : tables.values()) {
            if (table.actions.containsKey(action)) {
                throw words.fault(path, "the table " + table.path + " has the action " + action + "; delete it before");
            }
        }
    }

    private static TcFault missing(Words words, Words.Word word, String what, Iterable<String> all) {
        return words.fault(word, "there is no such " + what + "; there are " + all);
    }

    /** In a list of all. */
    String line() {
        return "pipeline " + name + " id " + number + " numtables " + wantedTables + " state "
                + (sealed ? "ready" : "not ready") + "\n";
    }

    /** With all that is in it. */
    String text() {
        StringBuilder out = new StringBuilder(line());
        actions.values().forEach(action -> out.append(text(action)));
        externs.forEach((its, rest) -> out.append(externText(its, rest)));
        tables.values().forEach(table -> out.append(text(table)));
        return out.toString();
    }

    private static String externText(String its, String rest) {
        return " extern_inst " + its + " instid " + rest + "\n";
    }

    /** @param its empty for all of the kind */
    String text(Words words, Words.Word path, String kind, String its) throws TcFault {
        if (its.isEmpty()) return all(words, path, kind);
        Action action = actions.get(its);
        Table table = tables.get(its);
        String extern = externs.get(its);
        if (kind.equals("action") && action != null) return text(action);
        if (kind.equals("table") && table != null) return text(table);
        if (kind.equals("extern_inst") && extern != null) return externText(its, extern);
        throw words.fault(path, "there is no such " + kind);
    }

    private String all(Words words, Words.Word path, String kind) throws TcFault {
        StringBuilder out = new StringBuilder();
        switch (kind) {
            case "action" -> actions.values().forEach(action -> out.append(text(action)));
            case "table" -> tables.values().forEach(table -> out.append(text(table)));
            case "extern_inst" -> externs.forEach((each, rest) -> out.append(externText(each, rest)));
            default -> throw words.fault(path, "it begins with no kind of object; give action, table or extern_inst");
        }
        return out.toString();
    }

    private static String text(Action action) {
        StringBuilder out = new StringBuilder(" action " + action.path + " id " + action.number);
        action.types.forEach((parameter, type) ->
                out.append(" param ").append(parameter).append(" type ").append(type));
        return out.append(action.active ? " state active\n" : " state not active\n")
                .toString();
    }

    private static String text(Table table) {
        StringBuilder out = new StringBuilder(" table " + table.path + " id " + table.number + " type " + table.type
                + " keysz " + table.keyBits + " permissions " + table.permissions + " tentries " + table.size
                + " nummasks " + table.masks + " num_timer_profiles " + table.profiles + "\n");
        table.agings.forEach((profile, millis) -> out.append("  timer_profile id ")
                .append(profile)
                .append(" aging ")
                .append(millis)
                .append('\n'));
        table.direct.forEach(each -> out.append("  direct ").append(each).append('\n'));
        table.actions.forEach((action, flags) -> out.append("  act ")
                .append(action)
                .append(flags.isEmpty() ? "" : " flags " + flags)
                .append('\n'));
        if (table.hit != null)
            out.append("  default_hit_action ").append(table.hit.action).append('\n');
        if (table.miss != null)
            out.append("  default_miss_action ").append(table.miss.action).append('\n');
        return out.append("  entries ")
                .append(table.entries.size())
                .append('\n')
                .toString();
    }
}
