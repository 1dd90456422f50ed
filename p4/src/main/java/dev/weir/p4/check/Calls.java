package dev.weir.p4.check;

import dev.weir.p4.check.Context.Place;
import dev.weir.p4.source.Span;
import dev.weir.p4.syntax.Expression;
import dev.weir.p4.syntax.Name;
import dev.weir.p4.syntax.TypeRef;
import dev.weir.p4.typed.Callee;
import dev.weir.p4.typed.Callee.Operation;
import dev.weir.p4.typed.Definition;
import dev.weir.p4.typed.Expr;
import dev.weir.p4.types.Inference;
import dev.weir.p4.types.Param;
import dev.weir.p4.types.Shape;
import dev.weir.p4.types.Signature;
import dev.weir.p4.types.Substitution;
import dev.weir.p4.types.Type;
import java.math.BigInteger;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Calls of functions, actions, methods and constructors. */
final class Calls {
    private final Context context;
    private final Expressions expressions;
    private final Overloads overloads;
    private final PacketRules packets;

    Calls(Context context, Expressions expressions, Members members) {
        this.context = context;
        this.expressions = expressions;
        this.overloads = new Overloads(context, expressions.conversions(), expressions.types);
        this.packets = new PacketRules(context);
    }

    Expr call(Expression.Call e) {
        Arguments arguments = Arguments.check(context, expressions, e.arguments());
        return switch (e.callee()) {
            case Expression.Path p -> path(e, p, arguments);
            case Expression.TypeMember m -> ofType(e, m.of(), m.name(), arguments);
            case Expression.Member m -> {
                if (m.of() instanceof Expression.Path p && isType(p)) {
                    yield ofType(e, new TypeRef.Named(p.span(), p.absolute(), p.name()), m.name(), arguments);
                }
                yield of(e, expressions.check(m.of()), m.name(), arguments);
            }
            default -> context.fault(e.callee().span(), "not-called", "this cannot be called", null);
        };
    }

    private boolean isType(Expression.Path path) {
        Entity entity = context.find(path.name(), path.absolute());
        return entity instanceof Entity.OfType || entity instanceof Entity.OfShape;
    }

    private Expr path(Expression.Call e, Expression.Path path, Arguments arguments) {
        Entity entity = context.find(path.name(), path.absolute());
        return switch (entity) {
            case null -> expressions.unknown(path.span(), path.name());
            case Entity.OfFunctions f -> function(e, f.overloads(), arguments);
            case Entity.OfDefinition d when d.definition() instanceof Definition.Action a -> action(e, a, arguments);
            case Entity.OfShape _, Entity.OfType _ ->
                make(e.span(), new TypeRef.Named(path.span(), path.absolute(), path.name()), arguments, false);
            case Entity.Poisoned _ -> new Expr.Faulty(e.span());
            default ->
                context.fault(
                        path.span(),
                        "not-called",
                        "'" + path.name() + "' is " + entity.kind() + ", not a function",
                        null);
        };
    }

    private Expr function(Expression.Call e, List<Definition> several, Arguments arguments) {
        List<Signature> signatures = several.stream().map(Calls::signature).toList();
        Overloads.Chosen chosen = overloads.choose(
                e.span(), signatures, Substitution.NONE, new Inference(), e.typeArguments(), arguments);
        if (chosen == null) return new Expr.Faulty(e.span());
        Callee callee = several.get(chosen.which()) instanceof Definition.Function f
                ? new Callee.OfFunction(f, chosen.signature(), chosen.typeArguments())
                : new Callee.OfExternFunction(
                        (Definition.ExternFunction) several.get(chosen.which()),
                        chosen.signature(),
                        chosen.typeArguments());
        if (callee instanceof Callee.OfExternFunction f) {
            Expr evaluated = externFunction(e.span(), f, chosen);
            if (evaluated != null) return evaluated;
        }
        knownArguments(chosen);
        return new Expr.Call(e.span(), chosen.signature().result(), callee, chosen.arguments());
    }

    private static Signature signature(Definition definition) {
        return switch (definition) {
            case Definition.Function f -> f.signature();
            case Definition.ExternFunction f -> f.signature();
            case Definition.Action a -> a.signature();
            default -> throw new IllegalArgumentException("not called: " + definition);
        };
    }

    /** What externs of the core library ask of where they are called. Gives what is known when the program is compiled. */
    private @Nullable Expr externFunction(Span span, Callee.OfExternFunction callee, Overloads.Chosen chosen) {
        String name = callee.function().name();
        if (name.equals("verify") && context.place() != Place.PARSER) {
            return context.fault(span, "misplaced", "'verify' is for parsers", "use 'if'");
        }
        if (!name.equals("static_assert")) return null;
        Expr message = chosen.arguments().size() < 2 ? null : chosen.arguments().get(1);
        return switch (chosen.arguments().getFirst()) {
            case Expr.Bool b when b.value() -> new Expr.Bool(span, true);
            case Expr.Bool _ ->
                context.fault(
                        span,
                        "static-assert",
                        "assertion failed" + (message instanceof Expr.Text t ? ": " + t.value() : ""),
                        null);
            case Expr.Faulty f -> f;
            case null, default ->
                context.fault(span, "not-constant", "this is not known when the program is compiled", null);
        };
    }

    /** What has no direction is known when the program is compiled. */
    private void knownArguments(Overloads.Chosen chosen) {
        for (int i = 0; i < chosen.arguments().size(); i++) {
            Expr argument = chosen.arguments().get(i);
            Param parameter = chosen.signature().parameters().get(i);
            if (argument == null || parameter.direction() != Param.Direction.NONE || Known.inCall(argument)) continue;
            String message =
                    "'" + parameter.name() + "' has no direction, so this has to be known when the program is compiled";
            context.error(argument.span(), "not-constant", message, "use a number or a constant");
        }
    }

    private Expr action(Expression.Call e, Definition.Action action, Arguments arguments) {
        if (context.place() != Place.CONTROL && context.place() != Place.ACTION) {
            return context.fault(e.span(), "misplaced", "actions are called in controls and actions only", null);
        }
        Overloads.Chosen chosen = overloads.choose(
                e.span(),
                List.of(action.signature()),
                Substitution.NONE,
                new Inference(),
                e.typeArguments(),
                arguments);
        if (chosen == null) return new Expr.Faulty(e.span());
        return new Expr.Call(
                e.span(), Type.Basic.VOID, new Callee.OfAction(action, chosen.signature()), chosen.arguments());
    }

    /** {@code Inner.apply(...)}, which makes an instance for this place; {@code T.minSizeInBits()}. */
    private Expr ofType(Expression.Call e, TypeRef ref, Name name, Arguments arguments) {
        if (name.text().equals("apply") && expressions.types.shape(ref) instanceof Shape.Block) {
            Expr made = make(ref.span(), ref, List.of());
            return made instanceof Expr.Faulty ? new Expr.Faulty(e.span()) : of(e, made, name, arguments);
        }
        Type type = expressions.types.read(ref);
        if (type == Type.Basic.UNKNOWN) return new Expr.Faulty(e.span());
        Expr size = size(e.span(), type, name, arguments);
        return size != null ? size : noMethod(name, type);
    }

    private Expr of(Expression.Call e, Expr receiver, Name name, Arguments arguments) {
        Type type = receiver.type();
        if (type == Type.Basic.UNKNOWN) return new Expr.Faulty(e.span());
        Expr size = size(e.span(), type, name, arguments);
        if (size != null) return size;
        return switch (type) {
            case Type.Extern x -> method(e, receiver, x, name, arguments);
            case Type.Struct s when s.kind() != Shape.Kind.STRUCT -> header(e, receiver, s, name, arguments);
            case Type.Stack s when name.text().startsWith("p") -> push(e, receiver, s, name, arguments);
            case Type.Table t when name.text().equals("apply") -> applyTable(e, receiver, t, arguments);
            case Type.Block b when name.text().equals("apply") -> applyBlock(e, receiver, b, arguments);
            default -> noMethod(name, type);
        };
    }

    private Expr noMethod(Name name, Type type) {
        return context.fault(name.span(), "unknown-member", type + " has no method '" + name.text() + "'", null);
    }

    private static @Nullable Expr size(Span span, Type type, Name name, Arguments arguments) {
        String text = name.text();
        boolean most = text.startsWith("maxSizeIn");
        boolean octets = text.endsWith("InBytes");
        if ((!most && !text.startsWith("minSizeIn")) || (!octets && !text.endsWith("InBits"))) return null;
        if (arguments.count() != 0 || Members.size(type, most) < 0) return null;
        long bits = Members.size(type, most);
        return new Expr.Numeral(span, Type.Basic.INTEGER, BigInteger.valueOf(octets ? (bits + 7) >> 3 : bits));
    }

    private Expr method(Expression.Call e, Expr receiver, Type.Extern type, Name name, Arguments arguments) {
        List<Signature> candidates = type.shape().methods().stream()
                .filter(m -> m.name().equals(name.text()))
                .toList();
        if (candidates.isEmpty()) {
            String help = Guess.among(
                    type.shape().methods().stream().map(Signature::name).toList(), name.text());
            return context.fault(name.span(), "unknown-member", type + " has no method '" + name.text() + "'", help);
        }
        Substitution outer = Substitution.of(type.shape().parameters(), type.arguments());
        Overloads.Chosen chosen =
                overloads.choose(e.span(), candidates, outer, new Inference(), e.typeArguments(), arguments);
        if (chosen == null) return new Expr.Faulty(e.span());
        knownArguments(chosen);
        Callee.Method callee = new Callee.Method(receiver, chosen.signature(), chosen.typeArguments());
        Expr.Call call = new Expr.Call(e.span(), chosen.signature().result(), callee, chosen.arguments());
        packets.check(call, callee, type);
        return call;
    }

    private Expr header(Expression.Call e, Expr receiver, Type.Struct type, Name name, Arguments arguments) {
        return switch (name.text()) {
            case "isValid" -> builtIn(e, receiver, Operation.IS_VALID, Type.Basic.BOOL, List.of(), arguments);
            case "setValid", "setInvalid" -> {
                if (type.kind() == Shape.Kind.UNION) yield noMethod(name, type);
                if (!LValue.is(receiver)) {
                    yield context.fault(receiver.span(), "not-assignable", LValue.reason(receiver), null);
                }
                Operation operation = name.text().equals("setValid") ? Operation.SET_VALID : Operation.SET_INVALID;
                yield builtIn(e, receiver, operation, Type.Basic.VOID, List.of(), arguments);
            }
            default -> noMethod(name, type);
        };
    }

    private Expr push(Expression.Call e, Expr receiver, Type.Stack type, Name name, Arguments arguments) {
        Operation operation = switch (name.text()) {
            case "push_front" -> Operation.PUSH_FRONT;
            case "pop_front" -> Operation.POP_FRONT;
            default -> null;
        };
        if (operation == null || !(type.element() instanceof Type.Struct)) return noMethod(name, type);
        if (!LValue.is(receiver)) {
            return context.fault(receiver.span(), "not-assignable", LValue.reason(receiver), null);
        }
        Param count = new Param("count", Param.Direction.NONE, Type.Basic.INTEGER, false);
        return builtIn(e, receiver, operation, Type.Basic.VOID, List.of(count), arguments);
    }

    private Expr builtIn(
            Expression.Call e,
            Expr receiver,
            Operation operation,
            Type result,
            List<Param> parameters,
            Arguments arguments) {
        Signature signature = new Signature(operation.toString(), List.of(), result, parameters, false);
        return plain(e, signature, arguments, s -> new Callee.BuiltIn(receiver, operation, s));
    }

    private Expr applyTable(Expression.Call e, Expr receiver, Type.Table type, Arguments arguments) {
        if (context.place() != Place.CONTROL) {
            return context.fault(e.span(), "misplaced", "tables are applied in the apply block of controls only", null);
        }
        Type result = new Type.Table(type.shape(), Type.Table.View.RESULT);
        Signature signature = new Signature("apply", List.of(), result, List.of(), false);
        return plain(e, signature, arguments, s -> new Callee.Apply(receiver, s));
    }

    private Expr applyBlock(Expression.Call e, Expr receiver, Type.Block type, Arguments arguments) {
        Place wanted = type.shape().kind() == Shape.BlockKind.PARSER ? Place.PARSER : Place.CONTROL;
        if (type.shape().kind() == Shape.BlockKind.PACKAGE || context.place() != wanted) {
            String where = wanted == Place.PARSER ? "the states of parsers" : "the apply block of controls";
            return context.fault(
                    e.span(), "misplaced", "a " + type.shape().kind() + " is applied in " + where + " only", null);
        }
        Signature signature = new Signature(
                        "apply", List.of(), Type.Basic.VOID, type.shape().applied(), false)
                .in(Substitution.of(type.shape().parameters(), type.arguments()));
        return plain(e, signature, arguments, s -> new Callee.Apply(receiver, s));
    }

    private Expr plain(
            Expression.Call e, Signature signature, Arguments arguments, Function<Signature, Callee> callee) {
        if (!e.typeArguments().isEmpty()) {
            return context.fault(e.span(), "type-arguments", "'" + signature.name() + "' has no type parameters", null);
        }
        Overloads.Chosen chosen = overloads.choose(
                e.span(), List.of(signature), Substitution.NONE, new Inference(), List.of(), arguments);
        if (chosen == null) return new Expr.Faulty(e.span());
        knownArguments(chosen);
        return new Expr.Call(e.span(), signature.result(), callee.apply(chosen.signature()), chosen.arguments());
    }

    /** A call of a constructor. */
    Expr make(Span span, TypeRef type, List<Expression.Argument> arguments) {
        return make(span, type, Arguments.check(context, expressions, arguments), false);
    }

    /** An instance with a name, which can say what its abstract methods do. */
    Expr makeNamed(Span span, TypeRef type, List<Expression.Argument> arguments) {
        return make(span, type, Arguments.check(context, expressions, arguments), true);
    }

    private Expr make(Span span, TypeRef ref, Arguments arguments, boolean named) {
        Shape shape = expressions.types.shape(ref);
        if (shape == null) return notMade(span, expressions.types.read(ref));
        List<Signature> constructors = constructors(shape);
        if (constructors == null) return notMade(span, new Type.Parameter(new Shape.TypeParameter(shape.name())));
        Inference inference = new Inference();
        List<Type> given = typeArguments(span, ref, shape, inference);
        if (given == null) return new Expr.Faulty(span);
        Substitution outer = Substitution.of(TypeReader.parameters(shape), given);
        Overloads.Chosen chosen = overloads.choose(span, constructors, outer, inference, List.of(), arguments);
        if (chosen == null) return new Expr.Faulty(span);
        knownArguments(chosen);
        if (shape instanceof Shape.ExternObject o
                && !named
                && o.methods().stream().anyMatch(Signature::isAbstract)) {
            String help = "declare it with a name, and say what its abstract methods do";
            return context.fault(span, "abstract-method", o.name() + " has abstract methods", help);
        }
        return new Expr.New(
                span, chosen.signature().result(), new Callee.Constructor(chosen.signature()), chosen.arguments());
    }

    private @Nullable List<Type> typeArguments(Span span, TypeRef ref, Shape shape, Inference inference) {
        List<Shape.TypeParameter> parameters = TypeReader.parameters(shape);
        if (!(ref instanceof TypeRef.Specialized s)) {
            if (ref instanceof TypeRef.Named && expressions.types.isAlias(ref)) {
                return switch (expressions.types.read(ref)) {
                    case Type.Extern e -> e.arguments();
                    case Type.Block b -> b.arguments();
                    default -> null;
                };
            }
            return parameters.stream().map(_ -> inference.hole()).toList();
        }
        if (expressions.types.isAlias(s.base())) {
            context.error(
                    span,
                    "type-arguments",
                    s.base().name() + " has no type parameters",
                    "leave the type arguments away");
            return null;
        }
        List<Type> given = expressions.types.readAll(s.arguments());
        if (given.contains(Type.Basic.UNKNOWN) || !expressions.types.areArguments(span, shape, given)) return null;
        if (given.size() != parameters.size()) {
            String message = shape.name() + " has " + parameters.size() + " type parameters, here are " + given.size()
                    + " arguments";
            context.error(span, "type-arguments", message, null);
            return null;
        }
        return given.stream()
                .map(t -> t == Type.Basic.ANY ? inference.hole() : t)
                .toList();
    }

    private Expr notMade(Span span, Type type) {
        if (type == Type.Basic.UNKNOWN) return new Expr.Faulty(span);
        String help = "only externs with a constructor, and parsers, controls and packages with a body are made";
        return context.fault(span, "no-constructor", type + " has no constructor", help);
    }

    private static @Nullable List<Signature> constructors(Shape shape) {
        List<Type> itself = TypeReader.parameters(shape).stream()
                .map(p -> (Type) new Type.Parameter(p))
                .toList();
        return switch (shape) {
            case Shape.ExternObject o -> o.constructors().isEmpty() ? null : o.constructors();
            case Shape.Block b -> {
                List<Param> constructed = b.constructed();
                yield constructed == null
                        ? null
                        : List.of(new Signature(b.name(), List.of(), new Type.Block(b, itself), constructed, false));
            }
            default -> null;
        };
    }
}
