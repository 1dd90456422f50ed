package dev.weir.p4.lower;

import dev.weir.p4.ir.Instruction;
import dev.weir.p4.ir.Pipeline;
import dev.weir.p4.ir.Transition;
import dev.weir.p4.typed.Callee;
import dev.weir.p4.typed.Definition;
import dev.weir.p4.typed.Expr;
import dev.weir.p4.typed.Stmt;
import dev.weir.p4.typed.TypedProgram;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Makes the states of parsers. A parser that is applied in a state becomes states of its own, behind which the state goes on in another. */
final class Parsers {
    private final Code code;
    private final Selects selects;
    private final Calls calls;

    Parsers(Code code, Expressions expressions, TypedProgram program) {
        this.code = code;
        this.selects = new Selects(code, expressions, program);
        this.calls = expressions.calls();
    }

    /** The main parser, whose parameters are there already. */
    void main(Thing.Block parser) {
        states(parser, "", Pipeline.ACCEPT, false);
    }

    /**
     * @param prefix of the names of its states
     * @param accept where it goes when it accepts
     * @return its first state
     */
    private String states(Thing.Block parser, String prefix, String accept, boolean again) {
        Definition.Parser definition = (Definition.Parser) parser.definition;
        calls.controls().open(parser);
        Map<String, String> names = new HashMap<>();
        names.put(Pipeline.ACCEPT, accept);
        names.put(Pipeline.REJECT, Pipeline.REJECT);
        List<Definition.State> ordered = startFirst(definition.states());
        for (Definition.State state : ordered) {
            names.put(
                    state.name(),
                    code.output().unique("state " + prefix + state.name()).substring("state ".length()));
        }
        for (Definition.State state : ordered) {
            boolean first = state.name().equals("start");
            state(parser, state, names, first, again);
        }
        return names.getOrDefault("start", accept);
    }

    private static List<Definition.State> startFirst(List<Definition.State> states) {
        List<Definition.State> ordered = new ArrayList<>();
        states.stream().filter(s -> s.name().equals("start")).forEach(ordered::add);
        states.stream().filter(s -> !s.name().equals("start")).forEach(ordered::add);
        return ordered;
    }

    private void state(
            Thing.Block parser, Definition.State state, Map<String, String> names, boolean first, boolean again) {
        String name = names.getOrDefault(state.name(), state.name());
        List<Stmt> left = state.statements();
        List<Runnable> before = new ArrayList<>();
        if (first) before.add(() -> calls.controls().initialize(parser, again));
        while (true) {
            int at = applied(left);
            List<Stmt> now = at < 0 ? left : left.subList(0, at);
            List<Runnable> begin = before;
            Transition[] next = new Transition[1];
            String current = name;
            int place = code.output().parts.states.size();
            List<Runnable> after = new ArrayList<>();
            Expr.Call call = at < 0 ? null : ((Stmt.Invoke) left.get(at)).call();
            List<Instruction> body = code.piece(Code.Piece.PARSER, () -> {
                begin.forEach(Runnable::run);
                calls.statements().all(now, parser.frame);
                next[0] = call == null ? transition(state.next(), names, parser) : enter(call, current, parser, after);
            });
            code.output().parts.states.add(place, new Pipeline.State(current, body, next[0]));
            if (at < 0) return;
            before = after;
            left = left.subList(at + 1, left.size());
            name = continued;
        }
    }

    /** The name of the state behind the parser that was entered last. */
    private String continued = "";

    /** The first statement that applies a parser, or -1. */
    private static int applied(List<Stmt> statements) {
        for (int i = 0; i < statements.size(); i++) {
            if (statements.get(i) instanceof Stmt.Invoke invoke && invoke.call().callee() instanceof Callee.Apply)
                return i;
        }
        return -1;
    }

    private Transition enter(Expr.Call call, String name, Thing.Block caller, List<Runnable> after) {
        Expr receiver = ((Callee.Apply) call.callee()).receiver();
        Thing thing = calls.instances().thing(receiver, caller.frame);
        if (!(thing instanceof Thing.Block inner) || !(inner.definition instanceof Definition.Parser)) {
            code.output().unsupported(call.span(), "which parser this is is not known", null);
            return new Transition.Goto(Pipeline.REJECT);
        }
        String behind = code.output().unique("state " + name + "_behind").substring("state ".length());
        after.addAll(calls.bind(inner.definition.parameters(), call.arguments(), caller.frame, inner.frame, true));
        String start = states(inner, name + "_" + inner.definition.name() + "_", behind, true);
        continued = behind;
        return new Transition.Goto(start);
    }

    private Transition transition(Definition.Transition transition, Map<String, String> names, Thing.Block parser) {
        return switch (transition) {
            case Definition.Transition.To to -> new Transition.Goto(names.getOrDefault(to.state(), Pipeline.REJECT));
            case Definition.Transition.Select select -> selects.select(select, names, parser);
        };
    }
}
