package dev.weir.p4.tc;

import dev.weir.p4.tc.TcPipeline.Action;
import dev.weir.p4.tc.TcPipeline.Default;
import dev.weir.p4.tc.TcPipeline.Match;
import dev.weir.p4.tc.TcPipeline.Parameter;
import dev.weir.p4.tc.TcPipeline.Scope;
import dev.weir.p4.tc.TcPipeline.Table;
import dev.weir.p4.tc.TcPipeline.Use;
import dev.weir.p4.typed.Callee;
import dev.weir.p4.typed.Definition;
import dev.weir.p4.typed.Expr;
import dev.weir.p4.typed.Note;
import dev.weir.p4.typed.TypedProgram;
import dev.weir.p4.typed.Variable;
import dev.weir.p4.typed.Walk;
import dev.weir.p4.types.Param;
import dev.weir.p4.types.Type;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Makes a {@link TcPipeline} of a program that was checked and has no errors. */
public final class TcReader {
    private static final int SIZE = 1024, MASKS = 8;
    private static final String OVERRIDE = "tc_may_override";
    private static final List<String> ANNOTATIONS =
            List.of("tableonly", "defaultonly", "default_hit", "default_hit_const", OVERRIDE);

    private static final Action NOTHING = new Action(0, Action.NO_ACTION, List.of());

    private final TypedProgram program;
    private final Map<Definition.Action, Action> actions = new LinkedHashMap<>();

    private TcReader(TypedProgram program) {
        this.program = program;
    }

    /** @param name of the pipeline: that of the program's file */
    public static TcPipeline read(TypedProgram program, String name) {
        return new TcReader(program).pipeline(name);
    }

    private TcPipeline pipeline(String name) {
        List<Definition.Control> controls = controls();
        number(controls);
        List<Table> tables = new ArrayList<>();
        for (Definition.Control control : controls) {
            for (Definition.Table table : control.tables()) tables.add(table(control, table, tables.size() + 1));
        }
        List<Action> numbered =
                actions.values().stream().filter(action -> action.number() > 0).toList();
        return new TcPipeline(name, numbered, tables, new TcExterns(program, this).of(controls));
    }

    /** The controls of the package {@code main}, and those that are made inside of them. */
    private List<Definition.Control> controls() {
        Set<Definition.Control> found = new LinkedHashSet<>();
        if (program.main() != null) Walk.inside(program.main().made(), expr -> made(expr, found));
        return List.copyOf(found);
    }

    private void made(Expr expr, Set<Definition.Control> found) {
        if (!(expr instanceof Expr.New made) || !(made.type() instanceof Type.Block block)) return;
        for (Definition.Control control : program.all(Definition.Control.class)) {
            if (control.shape() == block.shape() && found.add(control)) {
                control.locals().forEach(local -> Walk.expressions(local, inner -> made(inner, found)));
            }
        }
    }

    /** Actions that a table has, those outside of controls first, in the order of their declarations. */
    private void number(List<Definition.Control> controls) {
        Set<Definition.Action> used = new LinkedHashSet<>();
        for (Definition.Control control : controls) {
            for (Definition.Table table : control.tables()) table.actions().forEach(use -> used.add(use.action()));
        }
        int number = 1;
        for (Definition.Action action : program.all(Definition.Action.class)) {
            if (used.contains(action)) {
                boolean nothing = action.name().equals(Action.NO_ACTION);
                actions.put(action, action(nothing ? 0 : number++, action.label(), action));
            }
        }
        for (Definition.Control control : controls) {
            for (Definition.Action action : control.actions()) {
                if (used.contains(action)) {
                    actions.put(action, action(number++, control.label() + "/" + action.label(), action));
                }
            }
        }
    }

    private Action action(int number, String path, Definition.Action action) {
        List<Parameter> parameters = new ArrayList<>();
        for (Variable parameter : action.parameters()) {
            if (parameter.direction() == Param.Direction.NONE) {
                parameters.add(parameter(parameter.name(), parameter.type(), parameter.notes()));
            }
        }
        return new Action(number, path, parameters);
    }

    Parameter parameter(String name, Type type, List<Note> notes) {
        int bits = bits(type);
        Note note = Note.find(notes, "tc_type");
        return new Parameter(name, note == null ? "bit" + bits : note.text(), bits);
    }

    static int bits(Type type) {
        return switch (type) {
            case Type.Bits t -> t.width();
            case Type.Varbit t -> t.width();
            case Type.Distinct t -> bits(t.of());
            case Type.Enumeration t -> t.representation() == null ? Integer.SIZE : bits(t.representation());
            case Type.Struct t ->
                t.fields().stream().mapToInt(field -> bits(field.type())).sum();
            default -> 1;
        };
    }

    private Table table(Definition.Control control, Definition.Table table, int number) {
        List<TcPipeline.Key> keys = table.keys().stream()
                .filter(key -> !key.matchKind().equals("selector"))
                .map(this::key)
                .toList();
        List<Use> uses = new ArrayList<>();
        for (Definition.ActionRef ref : table.actions()) uses.add(use(ref));
        boolean does = uses.stream().anyMatch(use -> use.action().number() == 0);
        if (table.defaultAction() == null && !does) uses.add(new Use(NOTHING, Scope.DEFAULT_ONLY, List.of()));
        return new Table(
                number,
                control.label() + "/" + table.label(),
                keys,
                uses,
                number(table, "size", SIZE),
                masks(table),
                permissions(table),
                hit(table),
                miss(table),
                entries(table),
                direct(control, table));
    }

    private TcPipeline.Key key(Definition.Key key) {
        Parameter value = parameter(key.label(), key.value().type(), key.notes());
        Match match = Match.valueOf(key.matchKind().toUpperCase(Locale.ROOT));
        return new TcPipeline.Key(value.name(), value.type(), match, value.bits());
    }

    private Use use(Definition.ActionRef ref) {
        Scope scope = Note.has(ref.notes(), "tableonly")
                ? Scope.TABLE_ONLY
                : Note.has(ref.notes(), "defaultonly") ? Scope.DEFAULT_ONLY : Scope.TABLE_AND_DEFAULT;
        List<String> annotations = ref.notes().stream()
                .map(Note::name)
                .filter(ANNOTATIONS::contains)
                .toList();
        return new Use(known(ref.action()), scope, annotations);
    }

    private Action known(Definition.Action action) {
        Action known = actions.get(action);
        return known == null ? NOTHING : known;
    }

    private static int number(Definition.Table table, String property, int otherwise) {
        Definition.Property found = table.property(property);
        return found != null && found.value() instanceof Expr.Numeral n
                ? n.value().intValue()
                : otherwise;
    }

    private static int masks(Definition.Table table) {
        Note note = Note.find(table.notes(), "nummask");
        try {
            return note == null ? MASKS : Integer.parseInt(note.text());
        } catch (NumberFormatException e) {
            return MASKS;
        }
    }

    private static Permissions permissions(Definition.Table table) {
        Note note = Note.find(table.notes(), "tc_acl");
        Permissions said = note == null ? null : Permissions.parse(note.text());
        if (said != null) return said;
        return table.actions().stream().anyMatch(ref -> adds(ref.action()))
                ? Permissions.ADD_ON_MISS
                : Permissions.TABLE;
    }

    private static boolean adds(Definition.Action action) {
        boolean[] adds = new boolean[1];
        Walk.calls(action.body(), call -> {
            if (call.callee() instanceof Callee.OfExternFunction f)
                adds[0] |= f.function().name().startsWith("add_entry");
        });
        return adds[0];
    }

    private @Nullable Default hit(Definition.Table table) {
        for (Definition.ActionRef ref : table.actions()) {
            boolean constant = Note.has(ref.notes(), "default_hit_const");
            if (constant || Note.has(ref.notes(), "default_hit")) {
                Action action = known(ref.action());
                boolean atRunTime = Note.has(ref.notes(), OVERRIDE);
                return new Default(
                        action,
                        constant,
                        atRunTime ? Collections.nCopies(action.parameters().size(), null) : List.of());
            }
        }
        return null;
    }

    private @Nullable Default miss(Definition.Table table) {
        Definition.DefaultAction action = table.defaultAction();
        if (action == null || known(action.action()).number() == 0) return null;
        boolean atRunTime = Note.has(action.notes(), OVERRIDE);
        List<@Nullable BigInteger> arguments = new ArrayList<>();
        for (Expr argument : given(action.action(), action.arguments())) {
            arguments.add(argument instanceof Expr.Numeral n && !atRunTime ? n.value() : null);
        }
        return new Default(known(action.action()), action.constant(), arguments);
    }

    /** The arguments of parameters that have no direction: what an entry brings. */
    private static List<@Nullable Expr> given(Definition.Action action, List<@Nullable Expr> arguments) {
        List<@Nullable Expr> given = new ArrayList<>();
        for (int i = 0; i < arguments.size(); i++) {
            if (action.parameters().get(i).direction() == Param.Direction.NONE) given.add(arguments.get(i));
        }
        return given;
    }

    private List<TcPipeline.Entry> entries(Definition.Table table) {
        List<TcPipeline.Entry> entries = new ArrayList<>();
        for (Definition.Entry entry : table.entries()) {
            List<String> values = entry.keys().stream().map(TcReader::value).toList();
            List<BigInteger> arguments = new ArrayList<>();
            for (Expr argument : given(entry.action(), entry.arguments())) {
                if (argument instanceof Expr.Numeral n) arguments.add(n.value());
            }
            entries.add(new TcPipeline.Entry(values, known(entry.action()), arguments));
        }
        return entries;
    }

    private static String value(Expr key) {
        return switch (key) {
            case Expr.Numeral n -> hex(n.value());
            case Expr.Bool b -> b.value() ? "1" : "0";
            case Expr.Mask m -> value(m.value()) + "/" + value(m.mask());
            case Expr.Range r -> value(r.low()) + ".." + value(r.high());
            case Expr.Cast c -> value(c.operand());
            default -> "0/0";
        };
    }

    private static String hex(BigInteger value) {
        return "0x" + value.toString(16);
    }

    private List<String> direct(Definition.Control control, Definition.Table table) {
        List<String> direct = new ArrayList<>();
        for (String property : List.of("pna_direct_counter", "pna_direct_meter")) {
            Definition.Property found = table.property(property);
            if (found != null && found.value() instanceof Expr.Named named) {
                String kind = property.equals("pna_direct_counter") ? "DirectCounter" : "DirectMeter";
                direct.add(property + " " + kind + "/" + control.label() + "."
                        + named.definition().label());
            }
        }
        return direct;
    }
}
