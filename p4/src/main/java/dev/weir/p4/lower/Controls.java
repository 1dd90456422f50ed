package dev.weir.p4.lower;

import dev.weir.p4.ir.Instruction;
import dev.weir.p4.typed.Callee;
import dev.weir.p4.typed.Definition;
import dev.weir.p4.typed.Expr;
import dev.weir.p4.typed.Stmt;
import dev.weir.p4.typed.Variable;
import dev.weir.p4.typed.Walk;
import java.util.ArrayList;
import java.util.List;

/** Puts controls where they are applied. */
final class Controls {
    private final Code code;
    private final Expressions expressions;
    private final Places places;
    private final Calls calls;
    private final Instances instances;

    Controls(Code code, Expressions expressions, Places places, Calls calls, Instances instances) {
        this.code = code;
        this.expressions = expressions;
        this.places = places;
        this.calls = calls;
        this.instances = instances;
    }

    /** Whether an instance is applied in one place only, so that its parameters can be what they are there. */
    boolean isAppliedOnce(Expr receiver, Frame frame) {
        if (!(receiver instanceof Expr.Named named) || frame.block == null) return false;
        if (!(frame.block.definition instanceof Definition.Control around)) return false;
        int[] count = new int[1];
        Walk.calls(around.apply(), call -> {
            if (call.callee() instanceof Callee.Apply a
                    && a.receiver() instanceof Expr.Named n
                    && n.definition() == named.definition()) {
                count[0]++;
            }
        });
        return count[0] == 1;
    }

    /** Makes what a parser or control declares, once. */
    void open(Thing.Block block) {
        if (block.opened) return;
        block.opened = true;
        for (Stmt local : block.definition.locals()) {
            switch (local) {
                case Stmt.Make m ->
                    block.frame.bind(m.instance(), new Bound.Made(instances.make(m.instance(), block.frame)));
                case Stmt.Declare d -> {
                    Slot slot = code.layout()
                            .slot(
                                    block.frame.name(d.variable().name()),
                                    block.frame.type(d.variable().type()),
                                    d.span());
                    block.frame.bind(d.variable(), new Bound.Stored(slot));
                }
                default -> throw new IllegalArgumentException("no declaration: " + local);
            }
        }
    }

    /** What local variables are when the block begins. */
    void initialize(Thing.Block block, boolean again) {
        for (Stmt local : block.definition.locals()) {
            if (local instanceof Stmt.Declare d && block.frame.find(d.variable()) instanceof Bound.Stored stored) {
                if (d.value() != null) {
                    code.store(stored.slot(), expressions.data(d.value(), block.frame));
                } else if (again) {
                    calls.invalidate(stored.slot());
                }
            }
        }
    }

    /** @param once whether this is the only place where the instance is applied */
    void apply(Thing.Block block, Expr.Call call, boolean once, Frame caller) {
        List<Runnable> after = once
                ? calls.bind(block.definition.parameters(), call.arguments(), caller, block.frame, true)
                : copied(block, call, caller);
        open(block);
        initialize(block, true);
        body(block);
        after.forEach(Runnable::run);
    }

    /** Parameters of an instance that several places apply are variables of their own. */
    private List<Runnable> copied(Thing.Block block, Expr.Call call, Frame caller) {
        List<Runnable> after = new ArrayList<>();
        for (int i = 0; i < block.definition.parameters().size(); i++) {
            Variable parameter = block.definition.parameters().get(i);
            Expr argument = call.arguments().get(i);
            if (argument == null) continue;
            Thing thing = instances.thing(argument, caller);
            if (thing != null) {
                block.frame.bind(parameter, new Bound.Made(thing));
                continue;
            }
            Slot slot = own(block, parameter);
            switch (parameter.direction()) {
                case IN, INOUT, NONE -> code.store(slot, expressions.data(argument, caller));
                case OUT -> calls.invalidate(slot);
            }
            if (parameter.direction().writes()) after.add(() -> places.assign(argument, Data.of(slot), caller));
        }
        return after;
    }

    private Slot own(Thing.Block block, Variable parameter) {
        if (block.frame.find(parameter) instanceof Bound.Stored stored) return stored.slot();
        Slot slot = code.layout()
                .slot(block.frame.name(parameter.name()), block.frame.type(parameter.type()), parameter.span());
        block.frame.bind(parameter, new Bound.Stored(slot));
        return slot;
    }

    /** What the apply block does. */
    void body(Thing.Block block) {
        Stmt.Block apply = ((Definition.Control) block.definition).apply();
        if (Calls.returns(apply) == 0) {
            calls.statements().all(apply.statements(), block.frame);
            return;
        }
        String label = code.output().unique(block.frame.path() + ".$return");
        block.frame.returnLabel = label;
        List<Instruction> made = code.inside(() -> calls.statements().all(apply.statements(), block.frame));
        block.frame.returnLabel = null;
        code.add(new Instruction.Block(label, made));
    }
}
