package dev.weir.p4.check;

import dev.weir.p4.check.Context.Body;
import dev.weir.p4.check.Context.Place;
import dev.weir.p4.source.Span;
import dev.weir.p4.syntax.Declaration;
import dev.weir.p4.syntax.TypeRef;
import dev.weir.p4.typed.Definition;
import dev.weir.p4.typed.Expr;
import dev.weir.p4.typed.Stmt;
import dev.weir.p4.typed.Variable;
import dev.weir.p4.types.Param;
import dev.weir.p4.types.Shape;
import dev.weir.p4.types.Signature;
import dev.weir.p4.types.Substitution;
import dev.weir.p4.types.Type;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Checks declarations of what has a value, or does something. */
final class Declarations {
    private final Context context;
    private final Expressions expressions;
    private final Parameters parameters;
    private final TypeDeclarations types;
    private final Statements statements;
    private final Blocks blocks;

    Declarations(Context context) {
        this.context = context;
        this.expressions = new Expressions(context);
        this.parameters = new Parameters(context, expressions);
        this.types = new TypeDeclarations(context, expressions, parameters);
        this.statements = new Statements(context, expressions, this);
        this.blocks = new Blocks(context, expressions, parameters, statements, this);
    }

    TypeDeclarations types() {
        return types;
    }

    /** One of the outermost. */
    void outermost(Declaration declaration) {
        switch (declaration) {
            case Declaration.Constant c -> constant(c);
            case Declaration.Variable v ->
                context.error(v.span(), "global-variable", "there are no variables outside of blocks", null);
            case Declaration.Instance i -> define(instance(i));
            case Declaration.Function f -> functions(f.signature().name().span(), function(f));
            case Declaration.Action a -> action(a);
            case Declaration.ExternFunction f -> functions(f.signature().name().span(), externFunction(f));
            case Declaration.ExternObject o -> types.extern(o);
            case Declaration.BlockType t -> types.block(t);
            case Declaration.ParserBlock p -> blocks.parser(p);
            case Declaration.ControlBlock c -> blocks.control(c);
            case Declaration.Struct s -> types.struct(s);
            case Declaration.Enumeration e -> types.enumeration(e);
            case Declaration.Errors e -> types.members(e.members(), context.errors, "error");
            case Declaration.MatchKinds m -> types.members(m.members(), context.matchKinds, "match kind");
            case Declaration.Alias a -> types.alias(a);
            case Declaration.ValueSet v -> misplaced(v);
            case Declaration.Table t -> misplaced(t);
        }
    }

    private void misplaced(Declaration d) {
        context.error(d.span(), "misplaced", "this declaration does not stand here", null);
    }

    private void define(@Nullable Definition definition) {
        if (definition != null) context.definitions.add(definition);
    }

    /** One inside of a block or among statements; null where nothing is to be done for it. */
    @Nullable
    Stmt local(Declaration declaration) {
        return switch (declaration) {
            case Declaration.Constant c -> {
                constant(c);
                yield null;
            }
            case Declaration.Variable v -> variable(v);
            case Declaration.Instance i -> {
                Definition.Instance made = localInstance(i);
                yield made == null ? null : new Stmt.Make(i.span(), made);
            }
            default -> {
                misplaced(declaration);
                yield null;
            }
        };
    }

    private void constant(Declaration.Constant c) {
        Type type = expressions.types.read(c.type());
        Expr value = expressions.check(c.value(), type);
        if (Weight.isTooLarge(value)) {
            value = context.fault(
                    value.span(), "too-large", "this value has more than " + Weight.MOST + " parts", null);
        } else if (!Known.is(value)) {
            value = context.fault(value.span(), "not-constant", "this is not known when the program is compiled", null);
        }
        boolean holds = Statements.isVariable(type)
                || type == Type.Basic.INTEGER
                || type == Type.Basic.STRING
                || type == Type.Basic.MATCH_KIND
                || type instanceof Type.ListOf
                || type instanceof Type.Tuple;
        if (!holds) context.error(c.type().span(), "bad-type", "a constant cannot be " + type, null);
        context.declare(c.name(), value instanceof Expr.Faulty ? new Entity.Poisoned() : new Entity.OfConstant(value));
    }

    private @Nullable Stmt variable(Declaration.Variable v) {
        Type type = expressions.types.read(v.type());
        Expr value = v.value() == null ? null : expressions.check(v.value(), type);
        if (!Statements.isVariable(type)) {
            String help = type == Type.Basic.INTEGER
                    ? "say how wide it is: bit<32>"
                    : type instanceof Type.Extern || type instanceof Type.Block
                            ? "an instance has arguments: " + type + "() "
                                    + v.name().text()
                            : null;
            context.error(v.type().span(), "bad-type", "a variable cannot be " + type, help);
            type = Type.Basic.UNKNOWN;
        }
        if (context.find(v.name().text(), false) instanceof Entity.OfVariable o
                && o.variable().kind() == Variable.Kind.PARAMETER) {
            String message = "'" + v.name().text() + "' hides the parameter at "
                    + o.variable().span();
            context.warning(v.name().span(), "shadowed", message, "give it another name");
        }
        Variable variable = new Variable(
                v.name().span(),
                v.name().text(),
                type,
                Variable.Kind.LOCAL,
                Param.Direction.NONE,
                Notes.of(v.annotations()));
        context.declare(v.name(), new Entity.OfVariable(variable));
        return new Stmt.Declare(v.span(), variable, value);
    }

    private Definition.@Nullable Instance localInstance(Declaration.Instance i) {
        boolean allowed = context.place() == Place.PARSER || context.place() == Place.CONTROL;
        if (!allowed) {
            context.error(i.span(), "misplaced", "instances are made outside of actions and functions", null);
        }
        return instance(i);
    }

    private Definition.@Nullable Instance instance(Declaration.Instance i) {
        TypeRef ref = i.type();
        if (ref instanceof TypeRef.Array) {
            context.error(i.span(), "bad-type", "there are no arrays of instances", null);
            return null;
        }
        Expr made = expressions.calls().makeNamed(i.span(), ref, i.arguments());
        if (!(made instanceof Expr.New n)) {
            context.declare(i.name(), new Entity.Poisoned());
            return null;
        }
        checkPlace(i, n.type());
        List<Definition.Function> methods = new ArrayList<>();
        List<Definition> locals = new ArrayList<>();
        body(i, n.type(), methods, locals);
        Definition.Instance instance = new Definition.Instance(
                i.name().span(), i.name().text(), Notes.of(i.annotations()), n, methods, locals);
        context.declare(i.name(), new Entity.OfDefinition(instance));
        return instance;
    }

    private void checkPlace(Declaration.Instance i, Type type) {
        if (!(type instanceof Type.Block b)) return;
        Shape.BlockKind kind = b.shape().kind();
        boolean holds = switch (context.place()) {
            case OUTERMOST -> kind == Shape.BlockKind.PACKAGE;
            case PARSER -> kind == Shape.BlockKind.PARSER;
            case CONTROL -> kind == Shape.BlockKind.CONTROL;
            case ACTION, FUNCTION, TABLE -> true;
        };
        if (holds) return;
        String where = context.place() == Place.OUTERMOST ? "outside of blocks" : "here";
        context.error(i.span(), "misplaced", "no instance of a " + kind + " is made " + where, null);
    }

    /** What an instance does for its abstract methods. */
    private void body(Declaration.Instance i, Type type, List<Definition.Function> methods, List<Definition> locals) {
        List<Signature> wanted = type instanceof Type.Extern e
                ? e.shape().methods().stream()
                        .filter(Signature::isAbstract)
                        .map(m -> m.in(Substitution.of(e.shape().parameters(), e.arguments())))
                        .toList()
                : List.of();
        if (i.body() == null) {
            if (!wanted.isEmpty()) {
                String message = "it is not said what '" + wanted.getFirst().name() + "' of this instance does";
                context.error(i.span(), "abstract-method", message, "write it between braces: ... = { ... };");
            }
            return;
        }
        Type before = context.self;
        context.self = type;
        context.push();
        for (Declaration d : i.body()) {
            switch (d) {
                case Declaration.Function f -> {
                    Definition.Function method = function(f);
                    methods.add(method);
                    checkMethod(f, method, wanted);
                }
                case Declaration.Instance inner -> {
                    Definition.Instance made = instance(inner);
                    if (made != null) locals.add(made);
                }
                default -> misplaced(d);
            }
        }
        context.pop();
        context.self = before;
        for (Signature one : wanted) {
            if (methods.stream().noneMatch(m -> m.name().equals(one.name()))) {
                context.error(
                        i.span(),
                        "abstract-method",
                        "it is not said what '" + one.name() + "' of this instance does",
                        null);
            }
        }
    }

    private void checkMethod(Declaration.Function f, Definition.Function method, List<Signature> wanted) {
        boolean there = wanted.stream()
                .anyMatch(w -> w.name().equals(method.name())
                        && w.result().equals(method.signature().result())
                        && w.parameters().stream()
                                .map(p -> p.direction() + " " + p.type())
                                .toList()
                                .equals(method.signature().parameters().stream()
                                        .map(p -> p.direction() + " " + p.type())
                                        .toList()));
        if (there) return;
        String help = wanted.isEmpty() ? null : "there is " + wanted.getFirst();
        context.error(
                f.signature().name().span(),
                "abstract-method",
                "there is no abstract method '" + method.name() + "' that takes and gives this",
                help);
    }

    private void functions(Span span, Definition function) {
        define(function);
        if (context.scope().here(function.name()) instanceof Entity.OfFunctions before) {
            for (Definition other : before.overloads()) {
                if (TypeDeclarations.clashes(signature(other), signature(function))) {
                    String message =
                            "'" + function.name() + "' is declared with these parameters already, at " + other.span();
                    context.error(span, "redeclared", message, null);
                    return;
                }
            }
            List<Definition> all = new ArrayList<>(before.overloads());
            all.add(function);
            context.scope().put(function.name(), span, new Entity.OfFunctions(List.copyOf(all)));
        } else {
            context.declare(function.name(), span, new Entity.OfFunctions(List.of(function)));
        }
    }

    private static Signature signature(Definition function) {
        return function instanceof Definition.Function f
                ? f.signature()
                : ((Definition.ExternFunction) function).signature();
    }

    private Definition.ExternFunction externFunction(Declaration.ExternFunction f) {
        Signature signature = types.signature(f.signature(), null, false);
        return new Definition.ExternFunction(f.signature().name().span(), Notes.of(f.annotations()), signature);
    }

    private Definition.Function function(Declaration.Function f) {
        Declaration.Signature s = f.signature();
        context.push();
        List<Shape.TypeParameter> typeParameters = types.typeParameters(s.typeParameters());
        Type result = s.result() == null ? Type.Basic.VOID : expressions.types.read(s.result());
        if (s.result() != null && result != Type.Basic.VOID && !Statements.isVariable(result)) {
            context.error(s.result().span(), "bad-type", "a function cannot give " + result, null);
        }
        Parameters.Checked checked = parameters.declareAll(s.parameters(), Variable.Kind.PARAMETER);
        Body before = context.enter(new Body(Place.FUNCTION, result, 0));
        context.later.begin(s.name());
        Stmt.Block body = statements.block(f.body());
        context.later.end(s.name());
        context.enter(before);
        context.pop();
        if (result != Type.Basic.VOID && result != Type.Basic.UNKNOWN && !Statements.returns(body)) {
            String message = "'" + s.name().text() + "' does not give a value on every way through it";
            context.error(s.name().span(), "no-return", message, "end it with a 'return'");
        }
        Signature signature = new Signature(s.name().text(), typeParameters, result, checked.params(), false);
        context.defaults.put(signature, checked.defaults());
        return new Definition.Function(
                s.name().span(), Notes.of(f.annotations()), signature, checked.variables(), body);
    }

    Definition.Action action(Declaration.Action a) {
        context.push();
        Parameters.Checked checked = parameters.declareAll(a.parameters(), Variable.Kind.PARAMETER);
        checkOrder(a, checked.params());
        Body before = context.enter(new Body(Place.ACTION, null, 0));
        context.later.begin(a.name());
        Stmt.Block body = statements.block(a.body());
        context.later.end(a.name());
        context.enter(before);
        context.pop();
        Signature signature = new Signature(a.name().text(), List.of(), Type.Basic.VOID, checked.params(), false);
        context.defaults.put(signature, checked.defaults());
        Definition.Action action = new Definition.Action(
                a.name().span(), Notes.of(a.annotations()), signature, checked.variables(), checked.defaults(), body);
        context.declare(a.name(), new Entity.OfDefinition(action));
        if (context.place() == Place.OUTERMOST) define(action);
        return action;
    }

    /** What the control plane gives comes last, and is something that it can give. */
    private void checkOrder(Declaration.Action a, List<Param> params) {
        boolean given = false;
        for (int i = 0; i < params.size(); i++) {
            Param param = params.get(i);
            Span span = a.parameters().get(i).span();
            if (param.direction() == Param.Direction.NONE) {
                given = true;
                if (!Statements.isVariable(param.type())) {
                    context.error(span, "bad-type", "a parameter of an action cannot be " + param.type(), null);
                }
            } else if (given) {
                String help = "parameters without a direction, which entries give, come last";
                context.error(
                        span, "direction", "'" + param.name() + "' has a direction, one before it has none", help);
            }
        }
    }
}
