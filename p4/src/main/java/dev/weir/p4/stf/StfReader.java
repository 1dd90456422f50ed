package dev.weir.p4.stf;

import dev.weir.p4.run.FlowMark;
import dev.weir.p4.run.MirrorCopy;
import dev.weir.p4.run.MirrorCopy.Contents;
import dev.weir.p4.source.Diagnostics;
import dev.weir.p4.source.SourceFile;
import dev.weir.p4.source.Span;
import dev.weir.p4.stf.StfLine.Fault;
import dev.weir.p4.stf.StfStatement.Action;
import dev.weir.p4.stf.StfStatement.Argument;
import dev.weir.p4.stf.StfStatement.Comparison;
import dev.weir.p4.stf.StfStatement.Condition;
import dev.weir.p4.stf.StfStatement.KeyMatch;
import dev.weir.p4.stf.StfStatement.Keyword;
import dev.weir.p4.stf.StfStatement.Name;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Reads a test: a statement a line, {@code #} begins a comment, keywords in any case. A line with a fault is told and left out. Beyond what
 * other runners know there are {@code wait 31s}, which lets time pass, {@code check_size TABLE == 1}, {@code check_flow
 * offloaded}, {@code repeat 9} before a statement, and entries in the words of bmv2's command line.
 */
final class StfReader {
    private static final int MOST_DIGITS = 2 * 65_535;
    private static final long MOST_INDEX = Integer.MAX_VALUE, MOST_REPEATED = 10_000;
    private static final long MOST_SESSION = 65_535, MOST_CUT = 65_535, MOST_ONE_IN = 1 << 24;

    /** Between keys and values. */
    private static final String ARROW = "=>";

    private final Span statement;
    private final StfLine line;

    private StfReader(Span statement, StfLine line) {
        this.statement = statement;
        this.line = line;
    }

    static List<StfStatement> read(SourceFile file, Diagnostics diagnostics) {
        List<StfStatement> statements = new ArrayList<>();
        String text = file.text();
        for (int begin = 0; begin < text.length(); ) {
            int newline = text.indexOf('\n', begin);
            int end = newline < 0 ? text.length() : newline;
            int comment = text.indexOf('#', begin);
            StfLine line = new StfLine(file, begin, comment >= 0 && comment < end ? comment : end, diagnostics);
            if (!line.isAtEnd()) read(line, statements);
            begin = end + 1;
        }
        return statements;
    }

    private static void read(StfLine line, List<StfStatement> statements) {
        try {
            Name word = line.word("a keyword");
            Keyword keyword = Keyword.of(word.text());
            if (keyword == null) {
                throw line.fault(
                        word.place(),
                        "stf-keyword",
                        "'" + word.text() + "' is no keyword of a test",
                        "packet, expect, add, setdefault, wait, remove all, check_counter and register_read are");
            }
            if (keyword == Keyword.REPEAT) {
                repeat(line, statements);
            } else {
                statements.add(new StfReader(word.place(), line).statement(keyword));
            }
        } catch (Fault _) {
            // told
        }
    }

    private static void repeat(StfLine line, List<StfStatement> statements) throws Fault {
        int times = (int) line.number("how often", MOST_REPEATED);
        Span place = line.here();
        List<StfStatement> once = new ArrayList<>();
        if (line.take(Keyword.REPEAT.toString())) {
            throw line.fault(place, "stf-syntax", "'repeat' cannot be repeated", "multiply the numbers");
        }
        read(line, once);
        if (!once.isEmpty()) statements.addAll(Collections.nCopies(times, once.getFirst()));
    }

    private StfStatement statement(Keyword keyword) throws Fault {
        return switch (keyword) {
            case PACKET -> new StfStatement.Packet(statement, line.port(), packet());
            case EXPECT -> new StfStatement.Expect(statement, line.port(), pattern());
            case NO_PACKET -> ended(new StfStatement.NoPacket(statement));
            case WAIT -> new StfStatement.Wait(statement, duration());
            case REMOVE -> removeAll();
            case ADD -> add();
            case VALUE_ADD -> valueAdd();
            case MEMBER_ADD ->
                new StfStatement.MemberAdd(
                        statement, line.word("the profile"), line.number("the number", MOST_INDEX), action());
            case GROUP_ADD -> groupAdd();
            case SETDEFAULT -> new StfStatement.SetDefault(statement, line.word("the table"), action());
            case TABLE_ADD -> tableAdd();
            case TABLE_SET_DEFAULT ->
                new StfStatement.TableSetDefault(
                        statement, line.bare("the table"), line.bare("the action"), bareUntil(""));
            case CHECK_SIZE -> ended(new StfStatement.CheckSize(statement, line.word("the table"), condition()));
            case CHECK_COUNTER -> checkCounter();
            case CHECK_FLOW -> ended(new StfStatement.CheckFlow(statement, mark()));
            case REGISTER_WRITE ->
                ended(new StfStatement.RegisterWrite(
                        statement, line.word("the register"), index(), line.number("the value")));
            case REGISTER_READ -> registerRead();
            case MIRRORING_ADD ->
                new StfStatement.MirroringAdd(
                        statement, (int) line.number("the session", MOST_SESSION), line.port(), mirrorCopy());
            default -> {
                line.rest();
                yield new StfStatement.Passed(statement, keyword.toString());
            }
        };
    }

    private StfStatement ended(StfStatement statement) throws Fault {
        line.end();
        return statement;
    }

    private String packet() throws Fault {
        Span place = line.here();
        String digits = digits(place, line.rest());
        if (digits.indexOf(PacketPattern.ANY) >= 0 || digits.length() % 2 != 0) {
            throw line.fault(place, "stf-packet", "a packet is whole octets in hexadecimal", "add or remove a digit");
        }
        return digits;
    }

    private @Nullable PacketPattern pattern() throws Fault {
        Span place = line.here();
        String rest = line.rest();
        if (rest.isEmpty()) return null;
        boolean whole = rest.endsWith("$");
        return new PacketPattern(digits(place, whole ? rest.substring(0, rest.length() - 1) : rest), whole);
    }

    private String digits(Span place, String digits) throws Fault {
        String lower = digits.toLowerCase(Locale.ROOT);
        if (!lower.chars().allMatch(c -> c == PacketPattern.ANY || Character.digit(c, 16) >= 0)) {
            throw line.fault(place, "stf-packet", "a packet is written in hexadecimal digits", null);
        }
        if (lower.length() > MOST_DIGITS) {
            throw line.fault(place, "stf-packet", "the packet is longer than 65,535 octets", null);
        }
        return lower;
    }

    /** Nothing, as other runners have it, is no time at all. */
    private long duration() throws Fault {
        if (line.isAtEnd()) return 0;
        Name word = line.word("how long");
        line.end();
        String text = word.text();
        int digits = 0;
        while (digits < text.length() && Character.isDigit(text.charAt(digits))) digits++;
        TimeUnit unit = switch (text.substring(digits)) {
            case "s" -> TimeUnit.SECONDS;
            case "ms" -> TimeUnit.MILLISECONDS;
            case "us" -> TimeUnit.MICROSECONDS;
            default -> null;
        };
        if (unit == null || digits == 0 || digits > 9) {
            throw line.fault(word.place(), "stf-duration", "'" + text + "' is no time to wait", "write 30s or 1500ms");
        }
        return unit.toNanos(Long.parseLong(text.substring(0, digits)));
    }

    /** What follows the port of a mirror session. */
    private MirrorCopy mirrorCopy() throws Fault {
        Contents contents = Contents.PRE_MODIFY;
        long most = 0, oneIn = 1;
        while (!line.isAtEnd()) {
            Name word = line.word("an attribute");
            switch (word.text().toLowerCase(Locale.ROOT)) {
                case "pre_modify" -> contents = Contents.PRE_MODIFY;
                case "post_modify" -> contents = Contents.POST_MODIFY;
                case "truncate" -> most = line.number("how many octets", MOST_CUT);
                case "sample" -> oneIn = Math.max(1, line.number("one in how many", MOST_ONE_IN));
                default ->
                    throw line.fault(
                            word.place(),
                            "stf-syntax",
                            "'" + word.text() + "' is no attribute of a mirror session",
                            "pre_modify, post_modify, truncate N and sample N are");
            }
        }
        return new MirrorCopy(contents, (int) most, (int) oneIn);
    }

    private StfStatement removeAll() throws Fault {
        Name word = line.word("'all'");
        if (!word.text().equalsIgnoreCase("all")) {
            throw line.fault(word.place(), "stf-syntax", "only 'remove all' is known", null);
        }
        return ended(new StfStatement.RemoveAll(statement));
    }

    private StfStatement add() throws Fault {
        Name table = line.word("the table");
        Integer priority = null;
        List<KeyMatch> matches = new ArrayList<>();
        while (true) {
            Name word = line.word("the action");
            if (line.take(":")) {
                matches.add(match(word));
            } else if (matches.isEmpty()
                    && priority == null
                    && word.text().chars().allMatch(Character::isDigit)) {
                priority = priority(word);
            } else {
                StfStatement.Called called = called(word);
                if (line.take("=")) {
                    line.take("$");
                    line.word("the entry's name");
                }
                return ended(new StfStatement.Add(statement, table, priority, matches, called));
            }
        }
    }

    /** {@code table_add TABLE ACTION KEY... => VALUE... [PRIORITY]}. */
    private StfStatement tableAdd() throws Fault {
        Name table = line.bare("the table");
        Name action = line.bare("the action");
        List<Name> keys = bareUntil(ARROW);
        if (!line.take(ARROW)) {
            throw line.fault(
                    line.here(), "stf-syntax", "'=>' is missing", "write KEY... => VALUE..., also without values");
        }
        return new StfStatement.TableAdd(statement, table, action, keys, bareUntil(""));
    }

    /** What stands between blanks up to that word, or to the end of the line. */
    private List<Name> bareUntil(String word) throws Fault {
        List<Name> words = new ArrayList<>();
        while (!line.isAtEnd() && (word.isEmpty() || !line.isNext(word))) words.add(line.bare("a value"));
        return words;
    }

    private StfStatement.Called called(Name word) throws Fault {
        boolean group = word.text().equalsIgnoreCase("group");
        if ((group || word.text().equalsIgnoreCase("member")) && !line.isNext("(")) {
            return new StfStatement.Reference(word.place(), group, line.number("the number", MOST_INDEX));
        }
        return action(word);
    }

    /** Of a set of one field the value alone will do. */
    private StfStatement valueAdd() throws Fault {
        Name set = line.word("the value set");
        List<KeyMatch> matches = new ArrayList<>();
        while (!line.isAtEnd()) {
            Span place = line.here();
            StfNumber alone = line.alone();
            matches.add(alone != null ? prefixed(new Name(place, ""), alone) : match(named()));
        }
        return new StfStatement.ValueAdd(statement, set, matches);
    }

    private Name named() throws Fault {
        Name name = line.word("a field");
        line.expect(":", "after the field's name");
        return name;
    }

    private StfStatement groupAdd() throws Fault {
        Name profile = line.word("the profile");
        long number = line.number("the number", MOST_INDEX);
        List<Long> members = new ArrayList<>();
        while (!line.isAtEnd()) members.add(line.number("a member's number", MOST_INDEX));
        return new StfStatement.GroupAdd(statement, profile, number, members);
    }

    private Integer priority(Name word) throws Fault {
        if (word.text().length() > 9) {
            throw line.fault(word.place(), "stf-number", "the priority is out of range", "give 0 to 999999999");
        }
        return Integer.valueOf(word.text());
    }

    private KeyMatch match(Name key) throws Fault {
        return prefixed(key, line.number("the key's value"));
    }

    private KeyMatch prefixed(Name key, StfNumber number) throws Fault {
        return new KeyMatch(key, number, line.take("/") ? (int) line.number("the prefix length", 4096) : null);
    }

    private Action action() throws Fault {
        Action action = action(line.word("the action"));
        line.end();
        return action;
    }

    private Action action(Name name) throws Fault {
        List<Argument> arguments = new ArrayList<>();
        line.expect("(", "after the action's name");
        while (!line.take(")")) {
            Name parameter = line.word("a parameter, or ')',");
            line.expect(":", "after the parameter's name");
            arguments.add(new Argument(parameter, line.number("the parameter's value")));
            line.take(",");
        }
        return new Action(name, arguments);
    }

    private long index() throws Fault {
        return line.number("the index", MOST_INDEX);
    }

    private StfStatement checkCounter() throws Fault {
        Name counter = line.word("the counter");
        long index = 0;
        if (line.take("(")) {
            index = index();
            line.expect(")", "after the index");
        }
        boolean bytes = line.take("bytes");
        if (!bytes) line.take("packets");
        return ended(new StfStatement.CheckCounter(statement, counter, index, bytes, condition()));
    }

    private FlowMark mark() throws Fault {
        Name word = line.word("what was said");
        for (FlowMark each : FlowMark.values()) {
            if (each.toString().equalsIgnoreCase(word.text())) return each;
        }
        throw line.fault(
                word.place(),
                "stf-syntax",
                "'" + word.text() + "' is nothing that a program says of a flow",
                "offloaded, not_offloaded and unsaid are");
    }

    private StfStatement registerRead() throws Fault {
        Name register = line.word("the register");
        long index = line.isAtEnd() ? 0 : index();
        StfNumber value = line.isAtEnd() ? null : line.number("the value");
        return ended(new StfStatement.RegisterRead(statement, register, index, value));
    }

    private Condition condition() throws Fault {
        Span place = line.here();
        for (Comparison each : Comparison.values()) {
            if (each != Comparison.LESS && each != Comparison.MORE && line.take(each.symbol())) return condition(each);
        }
        if (line.take("<")) return condition(Comparison.LESS);
        if (line.take(">")) return condition(Comparison.MORE);
        throw line.fault(place, "stf-syntax", "a comparison is missing", "write == 1, or one of != < <= > >=");
    }

    private Condition condition(Comparison comparison) throws Fault {
        return new Condition(comparison, line.number("the number", Long.MAX_VALUE));
    }
}
