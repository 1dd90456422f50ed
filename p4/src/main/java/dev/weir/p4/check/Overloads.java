package dev.weir.p4.check;

import dev.weir.p4.source.Span;
import dev.weir.p4.syntax.TypeRef;
import dev.weir.p4.typed.Expr;
import dev.weir.p4.types.Inference;
import dev.weir.p4.types.Param;
import dev.weir.p4.types.Signature;
import dev.weir.p4.types.Substitution;
import dev.weir.p4.types.Type;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Chooses which of several signatures is called, and infers what its type parameters stand for (specification, sections 6.8 and 8.20). */
final class Overloads {
    private final Context context;
    private final Conversions conversions;
    private final TypeReader types;

    /**
     * @param which of the candidates it is
     * @param arguments converted to the parameters' types
     */
    record Chosen(int which, Signature signature, List<Type> typeArguments, List<@Nullable Expr> arguments) {}

    Overloads(Context context, Conversions conversions, TypeReader types) {
        this.context = context;
        this.conversions = conversions;
        this.types = types;
    }

    /**
     * @param outer what the type parameters of the object stand for; may have holes of {@code inference}
     * @return null where none fits, which is told
     */
    @Nullable
    Chosen choose(
            Span span,
            List<Signature> candidates,
            Substitution outer,
            Inference inference,
            List<TypeRef> typeArguments,
            Arguments arguments) {
        List<Integer> fitting = new ArrayList<>();
        for (int i = 0; i < candidates.size(); i++) {
            if (arguments.order(candidates.get(i).parameters()) != null) fitting.add(i);
        }
        if (fitting.isEmpty()) {
            if (!arguments.anyFaulty() || candidates.size() > 0) tellNone(span, candidates, arguments);
            return null;
        }
        List<Type> explicit = types.readAll(typeArguments);
        if (explicit.contains(Type.Basic.UNKNOWN)) return null;
        List<Integer> taking = fitting.size() == 1
                ? fitting
                : fitting.stream()
                        .filter(i -> takes(candidates.get(i), outer, inference.copy(), explicit, arguments))
                        .toList();
        if (taking.size() > 1 && !arguments.anyFaulty()) {
            String help = "name the arguments, or cast them";
            context.error(
                    span, "ambiguous", "several '" + candidates.getFirst().name() + "' take these arguments", help);
            return null;
        }
        int which = taking.isEmpty() ? fitting.getFirst() : taking.getFirst();
        return infer(span, which, candidates.get(which), outer, inference, explicit, arguments);
    }

    private void tellNone(Span span, List<Signature> candidates, Arguments arguments) {
        if (candidates.isEmpty()) return;
        Signature first = candidates.getFirst();
        String help = candidates.stream().map(Signature::toString).distinct().collect(Collectors.joining(", or "));
        String message = candidates.size() == 1
                ? arguments.reason(first.parameters())
                : "none of the " + candidates.size() + " '" + first.name() + "' takes these arguments";
        context.error(span, "arguments", message, "there is " + help);
    }

    /** Whether a candidate would take the arguments; tells nothing. */
    private boolean takes(
            Signature candidate, Substitution outer, Inference inference, List<Type> explicit, Arguments arguments) {
        Signature open = open(candidate, outer, inference, explicit);
        if (open == null) return false;
        List<@Nullable Expr> ordered = arguments.order(open.parameters());
        if (ordered == null) return false;
        for (int i = 0; i < ordered.size(); i++) {
            Expr argument = ordered.get(i);
            if (argument == null || argument.type() == Type.Basic.ANY) continue;
            Type wanted = open.parameters().get(i).type();
            if (!inference.fit(wanted, argument.type())) return false;
            Type resolved = inference.resolve(wanted);
            if (!Inference.hasHoles(resolved) && conversions.tryConvert(argument, resolved) == null) return false;
        }
        return true;
    }

    private static @Nullable Signature open(
            Signature candidate, Substitution outer, Inference inference, List<Type> explicit) {
        Signature inside = candidate.in(outer);
        if (explicit.isEmpty()) return inside.in(inference.open(inside.typeParameters()));
        if (explicit.size() != inside.typeParameters().size()) return null;
        List<Type> given = explicit.stream()
                .map(t -> t == Type.Basic.ANY ? inference.hole() : t)
                .toList();
        return inside.in(Substitution.of(inside.typeParameters(), given));
    }

    private @Nullable Chosen infer(
            Span span,
            int which,
            Signature candidate,
            Substitution outer,
            Inference inference,
            List<Type> explicit,
            Arguments arguments) {
        Signature open = open(candidate, outer, inference, explicit);
        if (open == null) {
            String message = "'" + candidate.name() + "' has "
                    + candidate.typeParameters().size() + " type parameters, here are " + explicit.size()
                    + " arguments";
            context.error(span, "type-arguments", message, null);
            return null;
        }
        List<@Nullable Expr> ordered = arguments.order(open.parameters());
        if (ordered == null) return null;
        for (int i = 0; i < ordered.size(); i++) {
            Expr argument = ordered.get(i);
            if (argument == null || argument.type() == Type.Basic.ANY) continue;
            Type wanted = open.parameters().get(i).type();
            if (!inference.fit(wanted, argument.type())) {
                String message = "expected " + inference.resolve(wanted) + " for '"
                        + open.parameters().get(i).name() + "', found " + argument.type();
                context.error(argument.span(), "type-mismatch", message, null);
                return null;
            }
        }
        Type result = inference.resolve(open.result());
        boolean known = result instanceof Type.Block || !Inference.hasHoles(result);
        List<Param> resolved = new ArrayList<>();
        for (int i = 0; i < ordered.size(); i++) {
            Type type = inference.resolve(open.parameters().get(i).type());
            known &= result instanceof Type.Block || ordered.get(i) == null || !Inference.hasHoles(type);
            resolved.add(open.parameters().get(i).with(Inference.anyForHoles(type)));
        }
        if (!known) return tellHoles(span, candidate, arguments);
        result = Inference.anyForHoles(result);
        Signature signature = new Signature(open.name(), List.of(), result, resolved, open.isAbstract());
        List<@Nullable Expr> passed = pass(candidate, signature, ordered);
        List<Type> inferred = candidate.typeParameters().stream()
                .map(p -> (Type) new Type.Parameter(p))
                .map(p -> typeArgument(p, candidate, open, inference, explicit))
                .toList();
        return new Chosen(which, signature, inferred, passed);
    }

    private @Nullable Chosen tellHoles(Span span, Signature candidate, Arguments arguments) {
        if (!arguments.anyFaulty()) {
            String message = "what type is meant cannot be told from the arguments";
            context.error(span, "cannot-infer", message, "write it: " + candidate.name() + "<bit<8>>(...), say");
        }
        return null;
    }

    /** What a type parameter stands for: found by fitting the open signature's types again. */
    private static Type typeArgument(
            Type parameter, Signature candidate, Signature open, Inference inference, List<Type> explicit) {
        int at = candidate.typeParameters().indexOf(((Type.Parameter) parameter).shape());
        if (!explicit.isEmpty() && explicit.get(at) != Type.Basic.ANY) return explicit.get(at);
        Inference finding = new Inference();
        Signature again = candidate.in(finding.open(candidate.typeParameters()));
        finding.fit(again.result(), inference.resolve(open.result()));
        for (int i = 0; i < again.parameters().size(); i++) {
            finding.fit(
                    again.parameters().get(i).type(),
                    inference.resolve(open.parameters().get(i).type()));
        }
        return finding.resolve(new Type.Hole(at));
    }

    private List<@Nullable Expr> pass(Signature candidate, Signature signature, List<@Nullable Expr> ordered) {
        List<@Nullable Expr> defaults = context.defaults.get(candidate);
        List<@Nullable Expr> passed = new ArrayList<>();
        for (int i = 0; i < ordered.size(); i++) {
            Expr argument = ordered.get(i);
            if (argument == null) {
                passed.add(defaults == null ? null : defaults.get(i));
            } else {
                boolean generic = candidate.parameters().get(i).type() instanceof Type.Parameter p
                        && candidate.typeParameters().contains(p.shape());
                passed.add(pass(signature.parameters().get(i), argument, generic));
            }
        }
        return Collections.unmodifiableList(passed);
    }

    /** An argument as the parameter takes it. */
    private Expr pass(Param parameter, Expr argument, boolean generic) {
        if (parameter.direction().writes()) return written(parameter, argument);
        if (argument instanceof Expr.Anything) {
            return context.fault(argument.span(), "arguments", "'_' is only for 'out' parameters", null);
        }
        if (generic && !Statements.isVariable(parameter.type()) && parameter.type() != Type.Basic.INTEGER) {
            return context.fault(argument.span(), "bad-type", "this cannot be " + parameter.type(), null);
        }
        if (generic && parameter.type() == Type.Basic.INTEGER) {
            return context.fault(argument.span(), "no-width", "this number has no width here", "give it one: 8w1");
        }
        return conversions.convert(argument, parameter.type());
    }

    private Expr written(Param parameter, Expr argument) {
        if (argument instanceof Expr.Anything any && parameter.direction() == Param.Direction.OUT) {
            return new Expr.Anything(any.span(), parameter.type());
        }
        if (!LValue.is(argument)) {
            String message = "'" + parameter.name() + "' is an '" + parameter.direction() + "' parameter: "
                    + LValue.reason(argument);
            return context.fault(argument.span(), "not-assignable", message, "pass a variable");
        }
        if (!argument.type().equals(parameter.type())
                && argument.type() != Type.Basic.UNKNOWN
                && parameter.type() != Type.Basic.UNKNOWN) {
            String message = "expected " + parameter.type() + ", found " + argument.type();
            return context.fault(argument.span(), "type-mismatch", message, "what is written to is not converted");
        }
        return argument;
    }
}
