package dev.weir.p4.check;

import dev.weir.p4.check.Context.Body;
import dev.weir.p4.check.Context.Place;
import dev.weir.p4.source.Span;
import dev.weir.p4.syntax.Declaration;
import dev.weir.p4.syntax.Expression;
import dev.weir.p4.syntax.Name;
import dev.weir.p4.typed.Definition;
import dev.weir.p4.typed.Expr;
import dev.weir.p4.typed.Stmt;
import dev.weir.p4.typed.Variable;
import dev.weir.p4.types.Shape;
import dev.weir.p4.types.Type;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Checks parsers and controls. */
final class Blocks {
    private final Context context;
    private final Expressions expressions;
    private final Parameters parameters;
    private final Statements statements;
    private final Declarations declarations;
    private final Keysets keysets;
    private final Tables tables;

    Blocks(
            Context context,
            Expressions expressions,
            Parameters parameters,
            Statements statements,
            Declarations declarations) {
        this.context = context;
        this.expressions = expressions;
        this.parameters = parameters;
        this.statements = statements;
        this.declarations = declarations;
        this.keysets = new Keysets(context, expressions);
        this.tables = new Tables(context, expressions, keysets);
    }

    private record Head(
            Declaration.BlockType type,
            Shape.Block shape,
            List<Variable> parameters,
            List<Variable> constructorParameters) {
        Definition.Head with(List<Stmt> locals) {
            return new Definition.Head(
                    type.name().span(), Notes.of(type.annotations()), shape, parameters, constructorParameters, locals);
        }
    }

    /** Declares the parameters in a scope of their own, which stays open. */
    private Head open(
            Declaration.BlockType type,
            java.util.@org.jspecify.annotations.Nullable List<Declaration.Parameter> constructor) {
        context.push();
        List<Shape.TypeParameter> typeParameters = declarations.types().typeParameters(type.typeParameters());
        Parameters.Checked applied = parameters.declare(type.parameters(), Variable.Kind.PARAMETER);
        Parameters.Checked constructed = constructor == null
                ? Parameters.Checked.NONE
                : parameters.declareAll(constructor, Variable.Kind.CONSTRUCTOR_PARAMETER);
        Shape.Block shape = new Shape.Block(
                type.name().text(),
                TypeDeclarations.kindOf(type.kind()),
                typeParameters,
                applied.params(),
                constructed.params());
        context.push();
        return new Head(type, shape, applied.variables(), constructed.variables());
    }

    private void close(Declaration.BlockType type, Definition.Block block) {
        context.pop();
        context.pop();
        context.later.inBlock(List.of());
        context.definitions.add(block);
        context.declare(type.name(), new Entity.OfShape(block.shape()));
    }

    void parser(Declaration.ParserBlock p) {
        Head head = open(p.type(), p.constructorParameters());
        context.later.inBlock(p.locals());
        Body before = context.enter(new Body(Place.PARSER, null, 0));
        List<Stmt> locals = new ArrayList<>();
        List<Definition.ValueSet> sets = new ArrayList<>();
        for (Declaration local : p.locals()) {
            if (local instanceof Declaration.ValueSet v) {
                sets.add(valueSet(v));
            } else {
                Stmt one = declarations.local(local);
                if (one != null) locals.add(one);
            }
        }
        Map<String, Span> names = stateNames(p);
        List<Definition.State> states = new ArrayList<>();
        for (Declaration.State state : p.states()) {
            states.add(state(state, names));
        }
        context.enter(before);
        close(p.type(), new Definition.Parser(head.with(locals), sets, states));
    }

    private Map<String, Span> stateNames(Declaration.ParserBlock p) {
        Map<String, Span> names = new HashMap<>();
        for (Declaration.State state : p.states()) {
            String name = state.name().text();
            if (name.equals("accept") || name.equals("reject")) {
                context.error(
                        state.name().span(),
                        "redeclared",
                        "the state '" + name + "' is there without being declared",
                        null);
            }
            Span before = names.putIfAbsent(name, state.name().span());
            if (before != null) {
                context.error(
                        state.name().span(),
                        "redeclared",
                        "state '" + name + "' is declared already, at " + before,
                        null);
            }
        }
        if (!names.containsKey("start") && !names.isEmpty()) {
            String message = "parser '" + p.type().name().text() + "' has no state 'start'";
            context.error(p.type().name().span(), "no-start", message, "it begins at 'state start'");
        }
        return names;
    }

    private Definition.ValueSet valueSet(Declaration.ValueSet v) {
        Type element = expressions.types.read(v.type());
        Expr size = expressions.check(v.size());
        if (!(size.type() instanceof Type.Bits)
                && size.type() != Type.Basic.INTEGER
                && size.type() != Type.Basic.UNKNOWN) {
            context.error(size.span(), "type-mismatch", "a size is a number, this is " + size.type(), null);
        } else if (!Known.is(size)) {
            context.error(size.span(), "not-constant", "this is not known when the program is compiled", null);
        }
        Definition.ValueSet set =
                new Definition.ValueSet(v.name().span(), v.name().text(), Notes.of(v.annotations()), element, size);
        context.declare(v.name(), new Entity.OfDefinition(set));
        return set;
    }

    private Definition.State state(Declaration.State state, Map<String, Span> names) {
        context.push();
        List<Stmt> body = statements.all(state.statements());
        Definition.Transition next = switch (state.transition()) {
            case null -> new Definition.Transition.To(state.span(), "reject");
            case Declaration.Transition.To to -> {
                checkState(to.state(), names);
                yield new Definition.Transition.To(to.span(), to.state().text());
            }
            case Declaration.Transition.Select select -> select(select, names);
        };
        context.pop();
        return new Definition.State(
                state.name().span(), state.name().text(), Notes.of(state.annotations()), body, next);
    }

    private void checkState(Name state, Map<String, Span> names) {
        String name = state.text();
        if (name.equals("accept") || name.equals("reject") || names.containsKey(name)) return;
        context.error(
                state.span(), "unknown-name", "there is no state '" + name + "'", Guess.among(names.keySet(), name));
    }

    private Definition.Transition select(Declaration.Transition.Select select, Map<String, Span> names) {
        List<Expr> subjects = new ArrayList<>();
        for (Expression subject : select.subjects()) {
            subjects.add(keysets.subject(expressions.check(subject)));
        }
        List<Definition.Transition.Case> cases = new ArrayList<>();
        for (Declaration.SelectCase one : select.cases()) {
            List<Expr> keys = keysets.keys(one.keys(), subjects);
            checkState(one.state(), names);
            cases.add(
                    new Definition.Transition.Case(one.span(), keys, one.state().text()));
        }
        return new Definition.Transition.Select(select.span(), subjects, cases);
    }

    void control(Declaration.ControlBlock c) {
        Head head = open(c.type(), c.constructorParameters());
        context.later.inBlock(c.locals());
        Body before = context.enter(new Body(Place.CONTROL, null, 0));
        List<Stmt> locals = new ArrayList<>();
        List<Definition.Action> actions = new ArrayList<>();
        List<Definition.Table> declared = new ArrayList<>();
        for (Declaration local : c.locals()) {
            switch (local) {
                case Declaration.Action a -> actions.add(declarations.action(a));
                case Declaration.Table t -> declared.add(tables.table(t));
                default -> {
                    Stmt one = declarations.local(local);
                    if (one != null) locals.add(one);
                }
            }
        }
        Stmt.Block apply = statements.block(c.apply());
        context.enter(before);
        close(c.type(), new Definition.Control(head.with(locals), actions, declared, apply));
    }
}
