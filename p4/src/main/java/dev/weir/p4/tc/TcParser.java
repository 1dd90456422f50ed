package dev.weir.p4.tc;

import dev.weir.p4.control.CellSchema;
import dev.weir.p4.control.Change;
import dev.weir.p4.control.EntryKey;
import dev.weir.p4.control.ProfileSchema;
import dev.weir.p4.control.ProgramSchema;
import dev.weir.p4.control.TableSchema;
import dev.weir.p4.control.ValueSetSchema;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Reads lines of P4TC's {@code p4ctrl} and of its monitor, for one program. Names of tables, keys, actions and parameters may be their ends, where only one ends so. Immutable; any
 * thread.
 *
 * <pre>
 * create|update P/table/CB/TBL [entry] KEY VALUE... [prio N] [permissions HEX] [dynamic] [aging MS | profile_id N]
 *        [action A [param N V]... | member N | group N | action_set action A [param N V]... [weight N] ...]
 *        [extern KIND/INST param N V...]... [entry ...]...
 * get|delete    P/table/CB/TBL [KEY VALUE... [prio N] | filter EXPR]
 * update        P/table/CB/TBL tbl_attrs [tbl_permissions HEX] [timer_profile id N aging MS]...
 *        [default_hit_action action A ...] [default_miss_action action A ...]
 * create|get|update|delete P/extern/KIND/INST [tc_key index N] [param N V]...
 * create|get|update|delete P/extern/ActionProfile/INST [member N [action A [param N V]...]]
 *        ... and of P/extern/ActionSelector/INST also [group N [max_size N] [member N [weight N]]...]
 * get|update|delete P/value_set/PARSER/SET [entry FIELD VALUE...]...
 * create|get|update|delete P/mirror/SESSION [port NAME]... [truncate N] [sample N] [contents pre|post]
 * mon events [P/table/CB/TBL [filter EXPR]] | mon digest [P]
 * PATH help
 * </pre>
 */
public final class TcParser {
    private static final List<String> VERBS = List.of("create", "update", "get", "delete", "mon");
    private static final List<String> KINDS_OF_PROFILES = List.of("ActionProfile", "ActionSelector");

    private final ProgramSchema program;
    private final PortNames ports;
    private final TcValues values;

    public TcParser(ProgramSchema program, PortNames ports) {
        this.program = program;
        this.ports = ports;
        values = new TcValues(ports);
    }

    /** The name of the program that a line is about; null where it names none. */
    public static @Nullable String program(String line) {
        String[] words = line.strip().split("\\s+", -1);
        if (words.length > 1 && !words[0].equals("mon")) return words[1].split("/", 2)[0];
        return words.length > 2 && words[0].equals("mon") ? words[2].split("/", 2)[0] : null;
    }

    /** @throws TcFault which says what is wrong, where */
    public TcCommand parse(String line) throws TcFault {
        Words words = Words.of(line);
        Words.Word verb = words.take("one of " + VERBS);
        String does = verb.text().equals("del") ? "delete" : verb.text();
        if (!VERBS.contains(does)) throw words.fault(verb, "there is no such command; give one of " + VERBS);
        return does.equals("mon") ? monitor(words) : about(does, words);
    }

    private TcCommand monitor(Words words) throws TcFault {
        words.accept("p4");
        if (words.accept("digest")) {
            if (!words.isAtEnd()) checkProgram(words, words.take("a program"));
            words.end("nothing follows here");
            return new TcCommand.MonitorDigests();
        }
        words.expect("events");
        if (words.isAtEnd()) return new TcCommand.Monitor(null, TcFilter.ALL);
        Words.Word path = words.take("a table's path");
        String[] parts = checkProgram(words, path);
        if (parts.length == 1) {
            words.end("a filter needs a table; give " + program.name() + "/table/...");
            return new TcCommand.Monitor(null, TcFilter.ALL);
        }
        TableSchema table = table(words, path, parts);
        TcFilter filter = words.is("filter") ? filter(words, table) : TcFilter.ALL;
        words.end("'filter' is wanted here, or nothing");
        return new TcCommand.Monitor(table, filter);
    }

    /** @return the parts of the path */
    private String[] checkProgram(Words words, Words.Word path) throws TcFault {
        String[] parts = path.text().split("/", -1);
        if (!parts[0].equals(program.name())) {
            throw words.fault(path, "it begins with another program than " + program.name());
        }
        return parts;
    }

    private TcCommand about(String verb, Words words) throws TcFault {
        Words.Word path = words.take("a path: " + program.name() + "/table/...");
        String[] parts = checkProgram(words, path);
        boolean part = parts.length == 1
                || (parts.length == 2 && List.of("table", "extern", "value_set").contains(parts[1]));
        if (part) {
            if (words.isAtEnd() || words.is("help")) return new TcCommand.Help(new TcHelp(program).paths());
            throw words.fault(
                    path,
                    "it names no table; give one of "
                            + program.tables().stream()
                                    .map(each -> program.name() + "/table/" + each.path())
                                    .toList());
        }
        switch (parts[1]) {
            case "mirror" -> {
                Integer session = parts.length == 2 ? null : (Integer) MemberCommands.number(words, path, parts[2]);
                return members(words).session(verb, session, path);
            }
            case "value_set" -> {
                ValueSetSchema set =
                        words.find(path, rest(parts), "value set", program.valueSets(), ValueSetSchema::path);
                return members(words).values(verb, set, path);
            }
            default -> {}
        }
        if (parts[1].equals("extern") && KINDS_OF_PROFILES.contains(parts[Math.min(2, parts.length - 1)])) {
            return members(words).profile(verb, profile(words, path, parts));
        }
        if (parts[1].equals("extern")) {
            CellSchema cell = cell(words, path, parts);
            if (words.accept("help")) return new TcCommand.Help(new TcHelp(program).cell(cell));
            return new CellCommands(program, values, words).parse(verb, cell, path);
        }
        TableSchema table = table(words, path, parts);
        if (words.accept("help")) return new TcCommand.Help(new TcHelp(program).table(table));
        return switch (verb) {
            case "get", "delete" -> one(verb, words, table);
            default -> {
                EntryCommands entries = new EntryCommands(program, table, values, words);
                if (verb.equals("update") && words.accept("tbl_attrs")) {
                    yield new TcCommand.Write(entries.attributes());
                }
                yield new TcCommand.Write(entries.entries(verb.equals("create")));
            }
        };
    }

    private MemberCommands members(Words words) {
        return new MemberCommands(values, ports, words);
    }

    private ProfileSchema profile(Words words, Words.Word path, String[] parts) throws TcFault {
        List<ProfileSchema> kind = program.profiles().stream()
                .filter(each -> each.selects() == parts[2].equals("ActionSelector"))
                .toList();
        String spelled = String.join("/", Arrays.asList(parts).subList(3, parts.length));
        return Words.find(spelled, kind, ProfileSchema::name) == null
                ? words.find(path, spelled, parts[2], kind, ProfileSchema::path)
                : words.find(path, spelled, parts[2], kind, ProfileSchema::name);
    }

    private static String rest(String[] parts) {
        return String.join("/", Arrays.asList(parts).subList(2, parts.length));
    }

    private TableSchema table(Words words, Words.Word path, String[] parts) throws TcFault {
        if (!parts[1].equals("table") || parts.length < 3) {
            throw words.fault(path, "it is no table's path; give " + program.name() + "/table/CONTROL/TABLE");
        }
        return words.find(path, rest(parts), "table", program.tables(), TableSchema::path);
    }

    private CellSchema cell(Words words, Words.Word path, String[] parts) throws TcFault {
        if (parts.length != 4) {
            throw words.fault(path, "it is no extern's path; give " + program.name() + "/extern/KIND/INSTANCE");
        }
        List<CellSchema> kind = program.cells().stream()
                .filter(each ->
                        each.kind().toString().toLowerCase(Locale.ROOT).equals(parts[2].toLowerCase(Locale.ROOT)))
                .toList();
        return words.find(path, parts[3], "instance of " + parts[2], kind, CellSchema::name);
    }

    private TcCommand one(String verb, Words words, TableSchema table) throws TcFault {
        boolean deletes = verb.equals("delete");
        if (words.isAtEnd() || words.is("filter")) {
            TcFilter filter = words.isAtEnd() ? TcFilter.ALL : filter(words, table);
            return deletes
                    ? new TcCommand.Write(List.of(new Change.Flush(table.name(), filter::matches)))
                    : new TcCommand.Dump(table, filter);
        }
        EntryCommands entries = new EntryCommands(program, table, values, words);
        List<Change> deleted = new ArrayList<>();
        EntryKey key = entries.existing();
        deleted.add(new Change.Delete(table.name(), key));
        while (deletes && words.is("entry")) {
            deleted.add(new Change.Delete(table.name(), entries.existing()));
        }
        words.end("nothing follows here");
        return deletes ? new TcCommand.Write(deleted) : new TcCommand.Get(table, key);
    }

    private TcFilter filter(Words words, TableSchema table) throws TcFault {
        words.expect("filter");
        Words.Word expression = words.rest("a filter's expression");
        return new FilterParser(words, expression, program, table, values).parse();
    }

    static <T> T known(@Nullable T value) {
        return Objects.requireNonNull(value);
    }
}
