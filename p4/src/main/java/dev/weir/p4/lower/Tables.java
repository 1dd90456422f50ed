package dev.weir.p4.lower;

import dev.weir.p4.ir.Instruction;
import dev.weir.p4.ir.Match;
import dev.weir.p4.ir.Pipeline;
import dev.weir.p4.ir.Table;
import dev.weir.p4.ir.Value;
import dev.weir.p4.typed.Definition;
import dev.weir.p4.typed.Expr;
import dev.weir.p4.typed.Note;
import dev.weir.p4.typed.Stmt;
import dev.weir.p4.typed.Variable;
import dev.weir.p4.types.Param;
import dev.weir.p4.types.Substitution;
import dev.weir.p4.types.Type;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Makes tables, with their actions, once for each instance of a control. */
final class Tables {
    private final Code code;
    private final Expressions expressions;
    private final Calls calls;
    private final TableProperties properties;
    private final Members members;

    /** @param before what computes keys that are more than values */
    record Lowered(Table table, List<Instruction> before) {}

    Tables(Code code, Expressions expressions, Calls calls) {
        this.code = code;
        this.expressions = expressions;
        this.calls = calls;
        properties = new TableProperties(code, expressions, calls);
        members = new Members(code, expressions, calls);
    }

    /** Has tables follow the rules of P4TC. */
    void followTc() {
        properties.followTc();
    }

    private static Thing.Block blockOf(Frame frame) {
        if (frame.block == null) throw new IllegalArgumentException("a table outside of a control");
        return frame.block;
    }

    /** Where the names of an action's body are known: in the control that declares it, or outside of blocks. */
    Frame around(Definition.Action action, Frame frame) {
        Thing.Block block = frame.block;
        boolean inside = block != null
                && block.definition instanceof Definition.Control c
                && c.actions().contains(action);
        return inside && block != null ? block.frame : calls.instances().root();
    }

    /** Looks a packet up in the table. */
    Table apply(Definition.Table table, Frame frame) {
        Thing.Block block = blockOf(frame);
        Lowered lowered = block.tables.get(table);
        if (lowered == null) {
            lowered = lower(table, block);
            block.tables.put(table, lowered);
            code.output().parts.tables.add(lowered.table);
        }
        code.addAll(lowered.before);
        code.add(new Instruction.Apply(lowered.table.name()));
        return lowered.table;
    }

    private Lowered lower(Definition.Table table, Thing.Block block) {
        List<Table.Key> keys = new ArrayList<>();
        List<Data> chosenBy = new ArrayList<>();
        List<Definition.Key> used = new ArrayList<>();
        List<Instruction> before = code.inside(() -> {
            for (Definition.Key key : table.keys()) {
                if (key.matchKind().equals("selector")) {
                    chosenBy.add(expressions.data(key.value(), block.frame));
                    continue;
                }
                Table.MatchKind kind = supported(key);
                if (kind == null) continue;
                used.add(key);
                keys.add(new Table.Key(key.label(), kind, expressions.value(key.value(), block.frame)));
            }
        });
        code.output().checkFields(keys.stream().map(Table.Key::field).toList(), table.span());
        List<Table.ActionUse> actions = new ArrayList<>();
        for (Definition.ActionRef ref : table.actions()) {
            actions.add(new Table.ActionUse(action(ref, block), scope(ref)));
        }
        Table.DefaultAction missed = defaultAction(table, table.defaultAction(), block, actions);
        boolean adds = TableProperties.isTrue(table, "add_on_miss");
        Table.@Nullable Implementation implementation = members.implementation(
                table,
                block,
                chosenBy,
                () -> defaultAction(table, table.emptyGroup(), block, actions).call());
        Table made = new Table(
                code.output().unique(block.frame.name(table.label())),
                keys,
                actions,
                missed,
                entries(table, used, keys, block),
                properties.size(table, block),
                adds,
                properties.idle(table, adds),
                Table.lifetimes(Table.DEFAULT_PROFILES),
                properties.permissions(table, adds),
                properties.direct(table, block),
                properties.cache(table, block),
                implementation);
        return new Lowered(made, before);
    }

    private Table.@Nullable MatchKind supported(Definition.Key key) {
        Table.MatchKind kind = kind(key.matchKind());
        if (kind == null) {
            code.output().unsupported(key.span(), "there are no keys of the kind '" + key.matchKind() + "' here", null);
        }
        return kind;
    }

    /** {@code null} where there is no such kind. */
    static Table.@Nullable MatchKind kind(String name) {
        return switch (name) {
            case "exact" -> Table.MatchKind.EXACT;
            case "lpm" -> Table.MatchKind.LPM;
            case "ternary" -> Table.MatchKind.TERNARY;
            case "range" -> Table.MatchKind.RANGE;
            case "optional" -> Table.MatchKind.OPTIONAL;
            default -> null;
        };
    }

    private static Table.Scope scope(Definition.ActionRef ref) {
        if (Note.has(ref.notes(), "tableonly")) return Table.Scope.TABLE_ONLY;
        return Note.has(ref.notes(), "defaultonly") ? Table.Scope.DEFAULT_ONLY : Table.Scope.TABLE_AND_DEFAULT;
    }

    /** The name of an action of the control; one with arguments in the list of actions is another for each list. */
    private String action(Definition.ActionRef ref, Thing.Block block) {
        boolean bound = ref.arguments().stream().anyMatch(a -> a != null);
        String known = bound ? block.boundActions.get(ref) : block.actions.get(ref.action());
        if (known != null) return known;
        Frame around = around(ref.action(), block.frame);
        String name = code.output().unique(around.name(ref.action().label()));
        if (bound) {
            block.boundActions.put(ref, name);
        } else {
            block.actions.put(ref.action(), name);
        }
        List<Pipeline.Parameter> parameters = new ArrayList<>();
        List<Instruction> body = code.piece(Code.Piece.ACTION, () -> body(ref, block, around, parameters));
        code.output().parts.actions.add(new Pipeline.Action(name, parameters, body));
        return name;
    }

    private void body(Definition.ActionRef ref, Thing.Block block, Frame around, List<Pipeline.Parameter> parameters) {
        Definition.Action action = ref.action();
        Frame inner = block.frame.inner(around, Substitution.NONE);
        inner.block = block;
        List<Variable> directed = new ArrayList<>();
        List<@Nullable Expr> arguments = new ArrayList<>();
        for (int i = 0; i < action.parameters().size(); i++) {
            Variable parameter = action.parameters().get(i);
            if (parameter.direction() != Param.Direction.NONE) {
                directed.add(parameter);
                arguments.add(ref.arguments().get(i));
            } else {
                inner.bind(parameter, new Bound.Passed(given(parameter, parameters)));
            }
        }
        List<Runnable> after = calls.bind(directed, arguments, block.frame, inner, false);
        List<Stmt> statements = action.body().statements();
        if (Calls.returns(action.body()) == 0) {
            calls.statements().all(statements, inner);
        } else {
            String label = code.output().unique(action.name() + "_end");
            inner.returnLabel = label;
            code.add(new Instruction.Block(
                    label, code.inside(() -> calls.statements().all(statements, inner))));
        }
        after.forEach(Runnable::run);
    }

    /** What an entry gives for a parameter, and the numbers that it consists of. */
    private static Data given(Variable parameter, List<Pipeline.Parameter> parameters) {
        return given(parameter.name(), parameter.type(), parameters);
    }

    private static Data given(String name, Type type, List<Pipeline.Parameter> parameters) {
        return switch (type) {
            case Type.Struct s -> {
                List<Data> parts = s.fields().stream()
                        .map(f -> given(name + "_" + f.name(), f.type(), parameters))
                        .toList();
                yield s.isHeader() ? new Data.Header(Values.TRUE, parts) : Data.parts(parts);
            }
            case Type.Stack s -> {
                List<Data> parts = new ArrayList<>();
                for (int i = 0; i < s.size(); i++) {
                    parts.add(given(name + "_" + i, s.element(), parameters));
                }
                yield Data.parts(parts);
            }
            case Type.Tuple t -> {
                List<Data> parts = new ArrayList<>();
                for (int i = 0; i < t.elements().size(); i++) {
                    parts.add(given(name + "_" + i, t.elements().get(i), parameters));
                }
                yield Data.parts(parts);
            }
            default -> {
                int width = Math.max(1, Layout.width(type));
                parameters.add(new Pipeline.Parameter(name, width));
                yield new Data.Scalar(new Value.Argument(name, width));
            }
        };
    }

    /** @param missed what the program says; {@code NoAction} where that is nothing */
    private Table.DefaultAction defaultAction(
            Definition.Table table,
            Definition.@Nullable DefaultAction missed,
            Thing.Block block,
            List<Table.ActionUse> actions) {
        if (missed != null) {
            return new Table.DefaultAction(call(missed.action(), missed.arguments(), table, block), missed.constant());
        }
        for (int i = 0; i < table.actions().size(); i++) {
            if (table.actions().get(i).action().name().equals("NoAction")) {
                return new Table.DefaultAction(new Table.Call(actions.get(i).action(), List.of()), false);
            }
        }
        String name = "NoAction";
        if (code.output().parts.actions.stream().noneMatch(a -> a.name().equals(name))) {
            code.output().parts.actions.add(new Pipeline.Action(code.output().unique(name), List.of(), List.of()));
        }
        Table.ActionUse implied = new Table.ActionUse(name, Table.Scope.DEFAULT_ONLY);
        if (!actions.contains(implied)) actions.add(implied);
        return new Table.DefaultAction(new Table.Call(name, List.of()), false);
    }

    private Table.Call call(
            Definition.Action action, List<@Nullable Expr> arguments, Definition.Table table, Thing.Block block) {
        String name = table.actions().stream()
                .filter(r -> r.action().equals(action))
                .findFirst()
                .map(r -> action(r, block))
                .orElseThrow();
        List<BigInteger> numbers = new ArrayList<>();
        for (int i = 0; i < action.parameters().size(); i++) {
            Expr argument = arguments.get(i);
            if (action.parameters().get(i).direction() != Param.Direction.NONE || argument == null) continue;
            for (Value value : expressions.data(argument, block.frame).values()) {
                numbers.add(number(value, argument));
            }
        }
        return new Table.Call(name, numbers);
    }

    private BigInteger number(Value value, Expr e) {
        if (value instanceof Value.Constant c) return c.number();
        code.output().unsupported(e.span(), "this is not known when the program is compiled", null);
        return BigInteger.ZERO;
    }

    private List<Table.Entry> entries(
            Definition.Table table, List<Definition.Key> used, List<Table.Key> keys, Thing.Block block) {
        boolean ordered =
                keys.stream().anyMatch(k -> k.kind() != Table.MatchKind.EXACT && k.kind() != Table.MatchKind.LPM);
        List<Table.Entry> entries = new ArrayList<>();
        for (Definition.Entry entry : table.entries()) {
            List<Match> matches = new ArrayList<>();
            for (int i = 0; i < table.keys().size(); i++) {
                int at = used.indexOf(table.keys().get(i));
                if (at >= 0) matches.add(match(entry.keys().get(i), keys.get(at), block.frame));
            }
            BigInteger written = entry.priority() == null ? null : expressions.integer(entry.priority(), block.frame);
            int rank = written == null ? entries.size() + 1 : rank(table, written);
            entries.add(new Table.Entry(
                    matches,
                    ordered ? rank : null,
                    call(entry.action(), entry.arguments(), table, block),
                    entry.constant()));
        }
        return entries;
    }

    /** Of entries the greatest priority wins, unless the table says otherwise; here the lowest number does. */
    private static int rank(Definition.Table table, BigInteger priority) {
        Definition.Property largest = table.property("largest_priority_wins");
        boolean smallest = largest != null && largest.value() instanceof Expr.Bool b && !b.value();
        int number = priority.min(BigInteger.valueOf(1 << 20)).intValue();
        return smallest ? number : (1 << 20) - number;
    }

    /** What a key is compared with; a bit pattern, whatever the sign. */
    Match match(Expr e, Table.Key key, Frame frame) {
        int width = key.value().width();
        Match match = match(e, width, frame);
        if (key.kind() == Table.MatchKind.RANGE && match instanceof Match.Masked m) {
            return new Match.Range(
                    m.number().and(m.mask()), m.number().or(m.mask().xor(Value.mask(width))));
        }
        return match;
    }

    Match match(Expr e, int width, Frame frame) {
        return switch (e) {
            case Expr.Anything _ -> new Match.Any();
            case Expr.Mask m -> new Match.Masked(pattern(m.value(), width, frame), pattern(m.mask(), width, frame));
            case Expr.Range r -> new Match.Range(pattern(r.low(), width, frame), pattern(r.high(), width, frame));
            default -> new Match.Exactly(pattern(e, width, frame));
        };
    }

    private BigInteger pattern(Expr e, int width, Frame frame) {
        return number(Values.resize(expressions.value(e, frame), width, false), e);
    }

    /** The name of an action of the table whose default action adds an entry. */
    @Nullable
    String added(String name, Frame frame) {
        Thing.Block block = blockOf(frame);
        if (!(block.definition instanceof Definition.Control control)) return null;
        for (Definition.Table table : control.tables()) {
            for (Definition.ActionRef ref : table.actions()) {
                boolean named =
                        ref.action().name().equals(name) || ref.action().label().equals(name);
                if (named) return action(ref, block);
            }
        }
        return null;
    }
}
