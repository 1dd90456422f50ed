package dev.weir.p4.lower;

import dev.weir.p4.ir.Pipeline;
import dev.weir.p4.ir.Transition;
import dev.weir.p4.source.Diagnostics;
import dev.weir.p4.source.Span;
import dev.weir.p4.typed.Architecture;
import dev.weir.p4.typed.Definition;
import dev.weir.p4.typed.Expr;
import dev.weir.p4.typed.TypedProgram;
import dev.weir.p4.typed.Variable;
import dev.weir.p4.types.Param;
import dev.weir.p4.types.Type;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Makes a pipeline of a program for the Portable NIC Architecture.
 * <p>
 * Pre: a typed program of which no error was told. Post: a pipeline in which the verifier finds no fault; or null, when the program is no
 * {@code PNA_NIC} or has what cannot run here, which is told.
 * Tables of programs that include {@code tc/pna.p4} follow P4TC: entries that are added age and are deleted, and permissions have P4TC's values
 * where none are written.
 */
public final class Lowering {
    private final TypedProgram program;
    private final Output output;
    private final Code code;
    private final Instances instances;
    private final Expressions expressions;
    private final Calls calls;

    private Lowering(TypedProgram program, Diagnostics diagnostics) {
        this.program = program;
        this.output = new Output(diagnostics, program.errors());
        this.code = new Code(output, new Layout(output));
        this.instances = new Instances(output, program);
        this.expressions = new Expressions(code, instances);
        this.calls = expressions.calls();
        if (program.architecture() == Architecture.TC) calls.tables().followTc();
    }

    /** @param name of the program, a name as in P4 */
    public static @Nullable Pipeline lower(String name, TypedProgram program, Diagnostics diagnostics) {
        Definition.Instance main = program.main();
        if (main == null || program.architecture() == Architecture.OTHER) {
            Span span = main == null ? firstSpan(program) : main.span();
            String message = main == null ? "there is no 'main'" : "'main' is no PNA_NIC";
            String help = "a program that runs here ends with PNA_NIC(...) main;";
            if (span != null) diagnostics.error(span, "no-main", message, help);
            return null;
        }
        int before = diagnostics.errors();
        try {
            Pipeline pipeline = new Lowering(program, diagnostics).pipeline(name, main);
            return diagnostics.errors() == before ? pipeline : null;
        } catch (TooLarge _) {
            String message = "the program becomes more than " + Code.MOST + " instructions";
            diagnostics.error(
                    main.span(),
                    "too-large",
                    message,
                    "functions and controls are put where they are called: call them less often");
            return null;
        }
    }

    private static @Nullable Span firstSpan(TypedProgram program) {
        return program.definitions().isEmpty()
                ? null
                : program.definitions().getLast().span();
    }

    private Pipeline pipeline(String name, Definition.Instance main) {
        instances.begin(expressions, program);
        Thing.Block parser = block(main, "main_parser");
        Thing.Block control = block(main, "main_control");
        Thing.Block deparser = block(main, "main_deparser");
        checkPreControl(main);
        shared(parser, control, deparser);
        new Parsers(code, expressions, program).main(parser);
        output.parts.control.addAll(code.piece(Code.Piece.CONTROL, () -> run(control)));
        output.parts.deparser.addAll(code.piece(Code.Piece.DEPARSER, () -> run(deparser)));
        Set<String> used = used();
        output.parts.variables.removeIf(v -> !used.contains(v.name()));
        return output.parts.build(name);
    }

    private Expr.New made(Definition.Instance main, String parameter) {
        List<Param> params = main.made().constructor().signature().parameters();
        for (int i = 0; i < params.size(); i++) {
            if (params.get(i).name().equals(parameter)
                    && main.made().arguments().get(i) instanceof Expr.New made) {
                return made;
            }
        }
        throw new IllegalArgumentException("PNA_NIC has no " + parameter);
    }

    private Thing.Block block(Definition.Instance main, String parameter) {
        Expr.New made = made(main, parameter);
        String name = ((Type.Block) made.type()).shape().name();
        return (Thing.Block) instances.make(made, instances.root(), name);
    }

    /** The drafts' control before the parser has no place here; one that does nothing is left away. */
    private void checkPreControl(Definition.Instance main) {
        boolean there = main.made().constructor().signature().parameters().stream()
                .anyMatch(p -> p.name().equals("pre_control"));
        if (!there) return;
        Thing.Block control = block(main, "pre_control");
        if (control.definition instanceof Definition.Control c
                && !c.apply().statements().isEmpty()) {
            output.diagnostics.warning(
                    c.span(), "unsupported", "what is done before the parser is not done here", null);
        }
    }

    /** Headers and metadata of the program are the same in all three blocks; what the architecture gives has its roles. */
    private void shared(Thing.Block parser, Thing.Block control, Thing.Block deparser) {
        List<Variable> mine = control.definition.parameters();
        Slot headers = slot(mine.get(0), control);
        Slot metadata = slot(mine.get(1), control);
        Slot in = given(mine.get(2), control);
        Slot out = given(mine.get(3), control);
        bind(control, List.of(headers, metadata, in, out), 0);
        packet(parser);
        bind(
                parser,
                List.of(headers, metadata, given(parser.definition.parameters().get(3), parser)),
                1);
        packet(deparser);
        bind(deparser, List.of(headers, metadata, out), 1);
    }

    private Slot slot(Variable variable, Thing.Block block) {
        return code.layout().slot(variable.name(), block.frame.type(variable.type()), variable.span());
    }

    private static void packet(Thing.Block block) {
        block.frame.bind(block.definition.parameters().getFirst(), new Bound.Made(new Thing.Packet()));
    }

    private static void bind(Thing.Block block, List<Slot> slots, int from) {
        for (int i = 0; i < slots.size(); i++) {
            block.frame.bind(block.definition.parameters().get(from + i), new Bound.Stored(slots.get(i)));
        }
    }

    /** Metadata of the architecture: the fields that have a role here are what the packet brings, the others are zero. */
    private Slot given(Variable variable, Thing.Block block) {
        Type type = block.frame.type(variable.type());
        if (!(type instanceof Type.Struct struct)) return slot(variable, block);
        List<Slot> fields = new ArrayList<>();
        for (Type.Field field : struct.fields()) {
            Pipeline.Role role = role(field.name());
            String name = variable.name() + "." + field.name();
            fields.add(
                    role == null || Layout.width(field.type()) != width(role)
                            ? code.layout().slot(name, field.type(), variable.span())
                            : new Slot.Scalar(field.type(), output.role(role, name, width(role))));
        }
        return new Slot.Parts(type, fields);
    }

    private static Pipeline.@Nullable Role role(String field) {
        return switch (field) {
            case "input_port" -> Pipeline.Role.PORT;
            case "timestamp" -> Pipeline.Role.TIME;
            case "parser_error" -> Pipeline.Role.PARSER_ERROR;
            case "class_of_service" -> Pipeline.Role.CLASS_OF_SERVICE;
            case "recirculated" -> Pipeline.Role.RECIRCULATED;
            default -> null;
        };
    }

    private static int width(Pipeline.Role role) {
        return switch (role) {
            case PORT, LENGTH -> 32;
            case TIME -> 64;
            case RECIRCULATED -> 1;
            case PARSER_ERROR -> Layout.ERROR_BITS;
            case PROTOCOL -> 16;
            case CLASS_OF_SERVICE -> 8;
        };
    }

    /** What a main control does; a return in it ends it. */
    private void run(Thing.Block block) {
        calls.controls().open(block);
        calls.controls().initialize(block, false);
        calls.statements().all(((Definition.Control) block.definition).apply().statements(), block.frame);
    }

    /** The names of what something reads or writes. */
    private Set<String> used() {
        Set<String> names = new HashSet<>();
        Uses uses = new Uses(names);
        Pipeline.Builder parts = output.parts;
        uses.all(parts.control);
        uses.all(parts.deparser);
        parts.actions.forEach(a -> uses.all(a.body()));
        parts.tables.forEach(t -> t.values().forEach(v -> Code.reads(v, names)));
        for (Pipeline.State state : parts.states) {
            uses.all(state.body());
            if (state.transition() instanceof Transition.Select s) s.keys().forEach(k -> Code.reads(k, names));
        }
        return names;
    }
}
