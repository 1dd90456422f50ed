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
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Makes tables, with their actions, once for each instance of a control. */
final class Tables {
    private final Code code;
    private final Expressions expressions;
    private final Calls calls;
    private boolean tc;

    /** @param before what computes keys that are more than values */
    record Lowered(Table table, List<Instruction> before) {}

    Tables(Code code, Expressions expressions, Calls calls) {
        this.code = code;
        this.expressions = expressions;
        this.calls = calls;
    }

    /** Has tables follow the rules of P4TC. */
    void followTc() {
        tc = true;
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
            code.output().tables.add(lowered.table);
        }
        code.addAll(lowered.before);
        code.add(new Instruction.Apply(lowered.table.name()));
        return lowered.table;
    }

    private Lowered lower(Definition.Table table, Thing.Block block) {
        List<Table.Key> keys = new ArrayList<>();
        List<Definition.Key> used = new ArrayList<>();
        List<Instruction> before = code.inside(() -> {
            for (Definition.Key key : table.keys()) {
                Table.MatchKind kind = kind(key);
                if (kind == null) continue;
                used.add(key);
                keys.add(new Table.Key(key.label(), kind, expressions.value(key.value(), block.frame)));
            }
        });
        List<Table.ActionUse> actions = new ArrayList<>();
        for (Definition.ActionRef ref : table.actions()) {
            actions.add(new Table.ActionUse(action(ref, block), scope(ref)));
        }
        Table.DefaultAction missed = defaultAction(table, block, actions);
        List<Table.Entry> entries = entries(table, used, keys, block);
        boolean adds = isTrue(table, "add_on_miss");
        Table made = new Table(
                code.output().unique(block.frame.name(table.label())),
                keys,
                actions,
                missed,
                entries,
                size(table, block),
                adds,
                idle(table, adds),
                Table.DEFAULT_PROFILES,
                permissions(table, adds),
                direct(table, block));
        return new Lowered(made, before);
    }

    private Table.@Nullable MatchKind kind(Definition.Key key) {
        return switch (key.matchKind()) {
            case "exact" -> Table.MatchKind.EXACT;
            case "lpm" -> Table.MatchKind.LPM;
            case "ternary" -> Table.MatchKind.TERNARY;
            case "range" -> Table.MatchKind.RANGE;
            case "optional" -> Table.MatchKind.OPTIONAL;
            default -> {
                code.output()
                        .unsupported(key.span(), "there are no keys of the kind '" + key.matchKind() + "' here", null);
                yield null;
            }
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
        code.output().actions.add(new Pipeline.Action(name, parameters, body));
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

    private Table.DefaultAction defaultAction(
            Definition.Table table, Thing.Block block, List<Table.ActionUse> actions) {
        Definition.DefaultAction missed = table.defaultAction();
        if (missed != null) {
            return new Table.DefaultAction(call(missed.action(), missed.arguments(), table, block), missed.constant());
        }
        for (int i = 0; i < table.actions().size(); i++) {
            if (table.actions().get(i).action().name().equals("NoAction")) {
                return new Table.DefaultAction(new Table.Call(actions.get(i).action(), List.of()), false);
            }
        }
        String name = "NoAction";
        if (code.output().actions.stream().noneMatch(a -> a.name().equals(name))) {
            code.output().actions.add(new Pipeline.Action(code.output().unique(name), List.of(), List.of()));
        }
        actions.add(new Table.ActionUse(name, Table.Scope.DEFAULT_ONLY));
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

    private int size(Definition.Table table, Thing.Block block) {
        Definition.Property size = table.property("size");
        BigInteger number = size == null ? null : expressions.integer(size.value(), block.frame);
        if (number == null || number.signum() <= 0)
            return Math.max(Table.DEFAULT_SIZE, table.entries().size());
        return number.min(BigInteger.valueOf(1 << 26)).intValue();
    }

    private static boolean isTrue(Definition.Table table, String property) {
        Definition.Property found = table.property(property);
        return found != null && found.value() instanceof Expr.Bool b && b.value();
    }

    /** P4TC deletes what it added and what is idle, whatever the program says. */
    private Table.Idle idle(Definition.Table table, boolean adds) {
        if (tc && adds) return Table.Idle.DELETE;
        if (isTrue(table, "idle_timeout_with_auto_delete")) return Table.Idle.DELETE;
        Definition.Property idle = table.property("pna_idle_timeout");
        String name = idle != null && idle.value() instanceof Expr.Member m ? m.name() : "NO_TIMEOUT";
        return switch (name) {
            case "NOTIFY_CONTROL" -> Table.Idle.NOTIFY;
            case "AUTO_DELETE" -> Table.Idle.DELETE;
            default -> Table.Idle.NONE;
        };
    }

    /** Of {@code @tc_acl("CRUDPS:CRXP")}, the control path's letters before the data path's. */
    private int permissions(Definition.Table table, boolean adds) {
        Note note = Note.find(table.notes(), "tc_acl");
        if (note == null) return tc ? acl(adds ? "CRUDPS:CRXP" : "CRUDPS:RX") : Table.NO_PERMISSIONS;
        return acl(note.text());
    }

    private static int acl(String text) {
        int colon = text.indexOf(':');
        String control = colon < 0 ? text : text.substring(0, colon);
        String data = colon < 0 ? "" : text.substring(colon + 1);
        return (letters(control) << 7) | letters(data);
    }

    private static int letters(String text) {
        int bits = 0;
        for (char letter : text.toUpperCase(Locale.ROOT).toCharArray()) {
            int at = "CRUDXPS".indexOf(letter);
            if (at >= 0) bits |= 1 << (6 - at);
        }
        return bits;
    }

    private List<String> direct(Definition.Table table, Thing.Block block) {
        List<String> direct = new ArrayList<>();
        for (String name : List.of("pna_direct_counter", "pna_direct_meter", "weir_direct_register")) {
            Definition.Property property = table.property(name);
            if (property == null) continue;
            List<Expr> values = property.value() instanceof Expr.Aggregate a ? a.elements() : List.of(property.value());
            for (Expr value : values) {
                if (calls.instances().thing(value, block.frame) instanceof Thing.Extern o && isDirect(o.name())) {
                    direct.add(o.name());
                }
            }
        }
        Definition.Property members = table.property("pna_implementation");
        if (members != null) {
            code.output()
                    .unsupported(members.span(), "tables with members of an action profile are not there yet", null);
        }
        return direct;
    }

    private boolean isDirect(String name) {
        return code.output().resources.stream().anyMatch(r -> r.name().equals(name) && r.direct());
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
