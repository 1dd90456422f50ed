package dev.weir.p4.lower;

import dev.weir.p4.ir.Instruction;
import dev.weir.p4.ir.Value;
import dev.weir.p4.ir.Value.BinaryOperator;
import dev.weir.p4.typed.Callee;
import dev.weir.p4.typed.Definition;
import dev.weir.p4.typed.Expr;
import dev.weir.p4.typed.Stmt;
import dev.weir.p4.typed.Variable;
import dev.weir.p4.typed.Walk;
import dev.weir.p4.types.Param;
import dev.weir.p4.types.Substitution;
import dev.weir.p4.types.Type;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Puts what is called where it is called. */
final class Calls {
    private static final Data NOTHING = Data.parts(List.of());

    private final Code code;
    private final Expressions expressions;
    private final Places places;
    private final Instances instances;
    private final Externs externs;
    private final Statements statements;
    private final Tables tables;
    private final Controls controls;

    Calls(Code code, Expressions expressions, Places places, Instances instances) {
        this.code = code;
        this.expressions = expressions;
        this.places = places;
        this.instances = instances;
        this.externs = new Externs(code, expressions, places);
        this.statements = new Statements(code, expressions, places, this);
        this.tables = new Tables(code, expressions, this);
        this.controls = new Controls(code, expressions, places, this, instances);
    }

    Statements statements() {
        return statements;
    }

    Tables tables() {
        return tables;
    }

    Controls controls() {
        return controls;
    }

    Instances instances() {
        return instances;
    }

    /** What a call gives; nothing where it gives nothing. */
    Data data(Expr.Call call, Frame frame) {
        return switch (call.callee()) {
            case Callee.OfFunction f -> function(call, f, frame);
            case Callee.OfExternFunction f -> externs.function(call, f, frame);
            case Callee.OfAction a -> action(call, a.action(), frame);
            case Callee.Method m -> method(call, m, frame);
            case Callee.Apply a -> apply(call, a, frame);
            case Callee.BuiltIn b -> builtIn(call, b, frame);
            case Callee.Constructor _ -> NOTHING;
        };
    }

    /** {@code hit}, {@code miss} or {@code action_run} of a table that is applied here. */
    Value result(Expr.Field field, Frame frame) {
        if (!(field.of() instanceof Expr.Call call)
                || !(call.callee() instanceof Callee.Apply a)
                || !(a.receiver() instanceof Expr.Named n)
                || !(n.definition() instanceof Definition.Table table)) {
            code.output().unsupported(field.span(), "the result of a table is used where it is applied", null);
            return Values.FALSE;
        }
        dev.weir.p4.ir.Table applied = tables.apply(table, frame);
        return switch (field.name()) {
            case "hit" -> applied.hit();
            case "miss" -> Values.not(applied.hit());
            default -> applied.ran();
        };
    }

    private Data method(Expr.Call call, Callee.Method method, Frame frame) {
        Thing thing = instances.thing(method.receiver(), frame);
        if (thing != null) return externs.method(call, method, thing, frame);
        code.output().unsupported(call.span(), "which object this is is not known", null);
        return zero(call, frame);
    }

    private Data zero(Expr.Call call, Frame frame) {
        return call.type() == Type.Basic.VOID ? NOTHING : code.layout().zero(frame.type(call.type()));
    }

    private Data apply(Expr.Call call, Callee.Apply apply, Frame frame) {
        if (apply.receiver() instanceof Expr.Named n && n.definition() instanceof Definition.Table t) {
            tables.apply(t, frame);
            return NOTHING;
        }
        Thing thing = instances.thing(apply.receiver(), frame);
        if (thing instanceof Thing.Block block && block.definition instanceof Definition.Control) {
            boolean once = apply.receiver() instanceof Expr.New || controls.isAppliedOnce(apply.receiver(), frame);
            controls.apply(block, call, once, frame);
        } else {
            String help = "apply it in a state, outside of other statements";
            code.output().unsupported(call.span(), "this parser cannot be applied here", help);
        }
        return NOTHING;
    }

    private Data function(Expr.Call call, Callee.OfFunction callee, Frame frame) {
        Definition.Function function = callee.function();
        List<Type> types = callee.typeArguments().stream().map(frame::type).toList();
        Frame inner = frame.inner(
                instances.root(), Substitution.of(function.signature().typeParameters(), types));
        List<Runnable> after = bind(function.parameters(), call.arguments(), frame, inner, true);
        Data result = body(function.name(), function.body(), frame.type(call.type()), inner, !after.isEmpty());
        after.forEach(Runnable::run);
        return result;
    }

    /** An action that is called, not chosen by a table. */
    private Data action(Expr.Call call, Definition.Action action, Frame frame) {
        Frame inner = frame.inner(tables.around(action, frame), Substitution.NONE);
        List<Runnable> after = bind(action.parameters(), call.arguments(), frame, inner, false);
        body(action.name(), action.body(), Type.Basic.VOID, inner, true);
        after.forEach(Runnable::run);
        return NOTHING;
    }

    /**
     * Has parameters stand for arguments.
     *
     * @param isolated whether the body sees nothing of what the arguments are parts of, so that what it writes can be written at once
     * @return what is to be done behind the body
     */
    List<Runnable> bind(
            List<Variable> parameters, List<@Nullable Expr> arguments, Frame caller, Frame inner, boolean isolated) {
        List<Runnable> after = new ArrayList<>();
        boolean writes = parameters.stream().anyMatch(p -> p.direction().writes());
        Set<Value.Place> taken = new HashSet<>();
        for (int i = 0; i < parameters.size(); i++) {
            Variable parameter = parameters.get(i);
            Expr argument = arguments.get(i);
            if (argument == null) continue;
            Thing thing = argument.type() instanceof Type.Extern || argument.type() instanceof Type.Block
                    ? instances.thing(argument, caller)
                    : null;
            if (thing != null) {
                inner.bind(parameter, new Bound.Made(thing));
            } else if (parameter.direction().writes()) {
                written(parameter, argument, caller, inner, isolated ? taken : null, after);
            } else {
                Data data = expressions.data(argument, caller);
                inner.bind(parameter, new Bound.Passed(keep(data, argument, caller, !isolated || writes)));
            }
        }
        return after;
    }

    /** Data that stay as they are, and are computed once. */
    private Data keep(Data data, Expr argument, Frame caller, boolean changing) {
        if (changing && !stays(argument, caller)) return code.save(data);
        return data.map(v -> isCheap(v) ? v : code.save(v));
    }

    private static boolean isCheap(Value value) {
        return switch (value) {
            case Value.Place _, Value.Constant _, Value.Argument _ -> true;
            case Value.Slice s -> isCheap(s.of());
            case Value.Extend e -> isCheap(e.of());
            default -> false;
        };
    }

    /** Whether nobody can assign what an expression reads. */
    private static boolean stays(Expr e, Frame frame) {
        return switch (e) {
            case Expr.Read r ->
                frame.find(r.variable()) instanceof Bound.Passed || r.variable().direction() == Param.Direction.IN;
            case Expr.Field f -> stays(f.of(), frame);
            default -> false;
        };
    }

    /** @param taken what parameters before this one write; null where the body sees what arguments are parts of */
    private void written(
            Variable parameter,
            Expr argument,
            Frame caller,
            Frame inner,
            @Nullable Set<Value.Place> taken,
            List<Runnable> after) {
        Slot slot = taken == null ? null : places.slot(argument, caller);
        if (slot == null || taken == null || !take(slot, taken)) {
            slot = code.temporary(inner.type(parameter.type()), parameter.name(), parameter.span());
            Slot kept = slot;
            if (parameter.direction() == Param.Direction.INOUT) code.store(kept, expressions.data(argument, caller));
            if (!(argument instanceof Expr.Anything)) {
                after.add(() -> places.assign(argument, Data.of(kept), caller));
            }
        }
        if (parameter.direction() == Param.Direction.OUT) invalidate(slot);
        inner.bind(parameter, new Bound.Stored(slot));
    }

    /** Whether no part of a slot is what another parameter writes, too. */
    private static boolean take(Slot slot, Set<Value.Place> taken) {
        return switch (slot) {
            case Slot.Scalar s -> taken.add(s.place());
            case Slot.Varbit v -> taken.add(v.bits());
            case Slot.Header h -> {
                boolean fields = takeAll(h.fields(), taken);
                yield taken.add(h.header().valid()) && fields;
            }
            case Slot.Parts p -> takeAll(p.parts(), taken);
            case Slot.Elements e -> takeAll(e.parts(), taken);
        };
    }

    private static boolean takeAll(List<Slot> slots, Set<Value.Place> taken) {
        boolean all = true;
        for (Slot slot : slots) {
            all &= take(slot, taken);
        }
        return all;
    }

    /** Headers that are to be filled are not there at first. */
    void invalidate(Slot slot) {
        switch (slot) {
            case Slot.Header h -> code.assign(h.header().valid(), Values.FALSE);
            case Slot.Parts p -> p.parts().forEach(this::invalidate);
            case Slot.Elements e -> {
                e.parts().forEach(this::invalidate);
                Value.Place next = e.next();
                if (next != null) code.assign(next, Values.zero(next.width()));
            }
            case Slot.Scalar _, Slot.Varbit _ -> {}
        }
    }

    /** What a body does, and the value that it returns. */
    private Data body(String name, Stmt.Block body, Type result, Frame frame, boolean saved) {
        List<Stmt> all = body.statements();
        int returns = returns(body);
        boolean last = !all.isEmpty() && all.getLast() instanceof Stmt.Return;
        if (returns == 0 || (returns == 1 && last)) {
            statements.all(last ? all.subList(0, all.size() - 1) : all, frame);
            if (!last || !(all.getLast() instanceof Stmt.Return r) || r.value() == null) return NOTHING;
            Data data = expressions.data(r.value(), frame);
            return saved ? code.save(data) : data;
        }
        Slot slot = result == Type.Basic.VOID ? null : code.temporary(result, name + "_result", body.span());
        String label = code.output().unique(name + "_end");
        frame.returnLabel = label;
        frame.result = slot;
        code.add(new Instruction.Block(label, code.inside(() -> statements.all(all, frame))));
        return slot == null ? NOTHING : Data.of(slot);
    }

    static int returns(Stmt statement) {
        int[] count = new int[1];
        Walk.statements(statement, s -> {
            if (s instanceof Stmt.Return) count[0]++;
        });
        return count[0];
    }

    private Data builtIn(Expr.Call call, Callee.BuiltIn callee, Frame frame) {
        switch (callee.operation()) {
            case IS_VALID -> {
                return new Data.Scalar(isValid(expressions.data(callee.receiver(), frame)));
            }
            case SET_VALID, SET_INVALID -> {
                boolean there = callee.operation() == Callee.Operation.SET_VALID;
                places.with(callee.receiver(), frame, slot -> code.setValid((Slot.Header) slot, there));
            }
            case PUSH_FRONT, POP_FRONT -> {
                Expr argument = call.arguments().getFirst();
                java.math.BigInteger known = argument == null ? null : expressions.integer(argument, frame);
                int count = known == null
                        ? 0
                        : known.min(java.math.BigInteger.valueOf(1 << 16)).intValue();
                boolean push = callee.operation() == Callee.Operation.PUSH_FRONT;
                places.with(callee.receiver(), frame, slot -> shift((Slot.Elements) slot, push ? count : -count));
            }
        }
        return NOTHING;
    }

    private static Value isValid(Data data) {
        return switch (data) {
            case Data.Header h -> h.valid();
            case Data.Parts p -> {
                Value any = Values.FALSE;
                for (Data part : p.parts()) {
                    any = Values.or(any, isValid(part));
                }
                yield any;
            }
            case Data.Scalar _, Data.Varbit _ -> Values.FALSE;
        };
    }

    /** Moves the elements of a stack by some places; those that come in are not there. */
    private void shift(Slot.Elements stack, int by) {
        List<Slot> parts = stack.parts();
        int size = parts.size();
        for (int n = 0; n < size; n++) {
            int to = by > 0 ? size - 1 - n : n;
            int from = to - by;
            if (from >= 0 && from < size) {
                code.store(parts.get(to), Data.of(parts.get(from)));
            } else {
                invalidate(parts.get(to));
            }
        }
        Value.Place next = stack.next();
        if (next == null) return;
        Value moved = by > 0
                ? Values.plus(next, Value.constant(by, 32))
                : new Value.Binary(BinaryOperator.SUBTRACT_SATURATING, next, Value.constant(-by, 32));
        Value most = Value.constant(size, 32);
        code.assign(
                next, by > 0 ? Values.choose(new Value.Binary(BinaryOperator.LESS, most, moved), most, moved) : moved);
    }
}
