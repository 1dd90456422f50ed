package dev.weir.p4.tc;

import dev.weir.p4.control.CellSchema;
import dev.weir.p4.control.EntryState;
import dev.weir.p4.control.ProgramSchema;
import dev.weir.p4.control.TableSchema;
import dev.weir.p4.ir.Match;
import dev.weir.p4.ir.Resource;
import dev.weir.p4.ir.Table;
import dev.weir.p4.tc.TcFilter.Relation;
import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Reads filters. From the strongest: {@code !}, comparisons, {@code &&}, {@code ^^}, {@code ||}; parentheses up to {@value #DEEPEST} deep.
 *
 * <pre>
 * key.FIELD  param.act.CB.ACT.PARAM  param.ext.NAME  prio  msecs_since  cmd
 * =  ==  !=  /=  &lt;&gt;  &lt;  &lt;=  &gt;  &gt;=
 * </pre>
 */
final class FilterParser {
    static final int DEEPEST = 5;

    private static final int MOST = 256;
    private static final Map<String, Relation> RELATIONS = Map.of(
            "=", Relation.EQUAL,
            "==", Relation.EQUAL,
            "!=", Relation.UNEQUAL,
            "/=", Relation.UNEQUAL,
            "<>", Relation.UNEQUAL,
            "<", Relation.LESS,
            "<=", Relation.LESS_OR_EQUAL,
            ">", Relation.GREATER,
            ">=", Relation.GREATER_OR_EQUAL);
    private static final List<String> SIGNS =
            List.of("&&", "||", "^^", "==", "!=", "/=", "<>", "<=", ">=", "=", "<", ">", "!", "(", ")");

    private final Words words;
    private final String text;
    private final int begin;
    private final ProgramSchema program;
    private final TableSchema table;
    private final TcValues values;
    private int at;
    private int depth;
    private int comparisons;

    FilterParser(Words words, Words.Word filter, ProgramSchema program, TableSchema table, TcValues values) {
        this.words = words;
        text = filter.text();
        begin = filter.at();
        this.program = program;
        this.table = table;
        this.values = values;
    }

    TcFilter parse() throws TcFault {
        TcFilter filter = or();
        if (!peek().isEmpty()) throw fault(at, peek(), "the filter has ended; join conditions by && or ||");
        return filter;
    }

    private TcFilter or() throws TcFault {
        TcFilter left = exclusiveOr();
        while (accept("||")) left = new TcFilter.Or(left, exclusiveOr());
        return left;
    }

    private TcFilter exclusiveOr() throws TcFault {
        TcFilter left = and();
        while (accept("^^")) left = new TcFilter.ExclusiveOr(left, and());
        return left;
    }

    private TcFilter and() throws TcFault {
        TcFilter left = unary();
        while (accept("&&")) left = new TcFilter.And(left, unary());
        return left;
    }

    private TcFilter unary() throws TcFault {
        boolean not = false;
        while (accept("!")) not = !not;
        TcFilter operand = accept("(") ? inParentheses() : comparison();
        return not ? new TcFilter.Not(operand) : operand;
    }

    private TcFilter inParentheses() throws TcFault {
        if (++depth > DEEPEST) {
            throw fault(at - 1, "(", "parentheses are " + DEEPEST + " deep at the most; take some away");
        }
        TcFilter inner = or();
        if (!accept(")")) throw fault(at, peek(), "')' is wanted here");
        depth--;
        return inner;
    }

    private TcFilter comparison() throws TcFault {
        if (++comparisons > MOST) throw fault(at, peek(), "a filter has at most " + MOST + " comparisons");
        int operandAt = skip();
        String operand =
                word("an operand: key.FIELD, param.act.ACTION.PARAM, param.ext.NAME, prio, msecs_since or cmd");
        int relationAt = skip();
        String sign = peek();
        Relation relation = RELATIONS.get(sign);
        if (relation == null) {
            throw fault(relationAt, sign, "a comparison is wanted here; give one of = != < <= > >=");
        }
        at = relationAt + sign.length();
        int literalAt = skip();
        String literal = word("a value");
        try {
            return compare(operandAt, operand, relation, literal);
        } catch (IllegalArgumentException e) {
            throw fault(literalAt, literal, String.valueOf(e.getMessage()));
        }
    }

    private TcFilter compare(int operandAt, String operand, Relation relation, String literal) throws TcFault {
        Words.Word place = new Words.Word(operand, begin + operandAt);
        if (operand.startsWith("key.")) {
            return key(
                    words.find(place, operand.substring(4), "key", table.keys(), TableSchema.Key::name),
                    relation,
                    literal);
        }
        if (operand.startsWith("param.act.")) return argument(place, operand.substring(10), relation, literal);
        if (operand.startsWith("param.ext.")) return cell(place, operand.substring(10), relation, literal);
        return switch (operand) {
            case "prio" ->
                new TcFilter.Numeral(
                        entry -> BigInteger.valueOf(
                                Objects.requireNonNullElse(entry.key().priority(), EntryState.PACKETS_PRIORITY)),
                        relation,
                        values.parse("bit32", Integer.SIZE, literal));
            case "msecs_since" ->
                new TcFilter.Numeral(
                        entry -> BigInteger.valueOf((entry.readAt() - entry.lastUsedAt()) / 1_000_000),
                        relation,
                        values.parse("bit64", Long.SIZE, literal));
            case "cmd" -> {
                if (!List.of("create", "update", "delete", "idle").contains(literal)) {
                    throw new IllegalArgumentException("it is no command; give create, update, delete or idle");
                }
                yield new TcFilter.Command(relation, literal);
            }
            default ->
                throw words.fault(
                        place,
                        "there is no such operand; give key.FIELD, param.act.ACTION.PARAM, param.ext.NAME, prio,"
                                + " msecs_since or cmd");
        };
    }

    private TcFilter key(TableSchema.Key key, Relation relation, String literal) {
        String plain = plain(literal);
        TableSchema.Key masked =
                new TableSchema.Key(key.number(), key.name(), key.type(), Table.MatchKind.TERNARY, key.bits());
        int number = table.keys().indexOf(key);
        return switch (values.parse(masked, plain)) {
            case Match.Exactly m -> new TcFilter.Key(number, relation, m.number(), TcValues.ones(key.bits()));
            case Match.Masked m -> new TcFilter.Key(number, relation, m.number(), m.mask());
            case Match.Any _, Match.Range _ -> throw new IllegalArgumentException("it is no value; give one");
        };
    }

    /** Without the prefix that says what kind of address it is. */
    private static String plain(String literal) {
        for (String prefix : List.of("@4:", "@6:", "@MAC:", "@mac:")) {
            if (literal.startsWith(prefix)) return literal.substring(prefix.length());
        }
        return literal;
    }

    private TcFilter argument(Words.Word place, String path, Relation relation, String literal) throws TcFault {
        int dot = path.lastIndexOf('.');
        if (dot < 0) throw words.fault(place, "it names no parameter; give param.act.ACTION.PARAM");
        String spelled = path.substring(0, dot).replace('.', '/');
        TableSchema.Action action = words.find(place, spelled, "action", table.actions(), TableSchema.Action::path);
        TableSchema.Parameter parameter = words.find(
                place, path.substring(dot + 1), "parameter", action.parameters(), TableSchema.Parameter::name);
        Function<EntryState, @Nullable BigInteger> operand =
                entry -> entry.call().action().equals(action.name())
                        ? entry.call().arguments().get(parameter.number() - 1)
                        : null;
        return new TcFilter.Numeral(
                operand, relation, values.parse(parameter.type(), parameter.bits(), plain(literal)));
    }

    private TcFilter cell(Words.Word place, String name, Relation relation, String literal) throws TcFault {
        List<CellSchema> direct = table.direct().stream()
                .map(each -> Objects.requireNonNull(program.cell(each)))
                .toList();
        BigInteger value = values.parse("bit64", 4096, literal);
        for (CellSchema cell : direct) {
            boolean has =
                    cell.parameters().stream().anyMatch(each -> each.name().equals(name));
            if (!has) continue;
            boolean bytes = name.equals("bytes");
            return new TcFilter.Numeral(
                    switch (cell.resource()) {
                        case Resource.Counter c -> entry -> counted(entry, c.name(), bytes);
                        case Resource.Register r -> entry -> entry.registers().get(r.name());
                        case Resource.Meter _ -> _ -> null;
                    },
                    relation,
                    value);
        }
        List<String> names = direct.stream()
                .flatMap(cell -> cell.parameters().stream())
                .map(TableSchema.Parameter::name)
                .toList();
        throw words.fault(place, "entries of " + table.path() + " have no such parameter; they have " + names);
    }

    private static @Nullable BigInteger counted(EntryState entry, String counter, boolean bytes) {
        EntryState.Counted counted = entry.counters().get(counter);
        return counted == null ? null : BigInteger.valueOf(bytes ? counted.bytes() : counted.packets());
    }

    private int skip() {
        while (at < text.length() && text.charAt(at) == ' ') at++;
        return at;
    }

    private boolean accept(String sign) {
        skip();
        if (!peek().equals(sign)) return false;
        at += sign.length();
        return true;
    }

    /** The next sign or word; empty at the end. */
    private String peek() {
        skip();
        String sign = signAt(at);
        if (sign != null) return sign;
        int end = at;
        while (end < text.length() && text.charAt(end) != ' ' && signAt(end) == null) end++;
        return text.substring(at, end);
    }

    private @Nullable String signAt(int place) {
        for (String sign : SIGNS) {
            if (text.startsWith(sign, place)) return sign;
        }
        return null;
    }

    private String word(String what) throws TcFault {
        skip();
        String word = peek();
        if (word.isEmpty() || signAt(at) != null) throw fault(at, word, what + " is wanted here");
        at += word.length();
        return word;
    }

    private TcFault fault(int place, String word, String message) {
        int inLine = Math.min(begin + place, words.line().length());
        return new TcFault(
                words.line(),
                inLine,
                word.length(),
                word.isEmpty() ? "filter: " + message : "'" + word + "': " + message);
    }
}
