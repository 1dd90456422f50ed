package dev.weir.p4.check;

import dev.weir.p4.source.Diagnostics;
import dev.weir.p4.typed.Definition;
import dev.weir.p4.typed.Definition.Transition;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** A parser comes to an end: from its start there is a way to accept or reject. What is never reached is told, too. */
final class ParserRules {
    private ParserRules() {}

    static void check(Definition.Parser parser, Diagnostics diagnostics) {
        Map<String, Definition.State> states = new HashMap<>();
        parser.states().forEach(s -> states.putIfAbsent(s.name(), s));
        if (!states.containsKey("start")) return;
        Set<String> reached = new HashSet<>();
        Deque<String> left = new ArrayDeque<>();
        left.add("start");
        boolean ends = false;
        while (!left.isEmpty()) {
            String name = left.remove();
            if (!reached.add(name)) continue;
            Definition.State state = states.get(name);
            if (state == null) {
                ends = true;
                continue;
            }
            switch (state.next()) {
                case Transition.To to -> left.add(to.state());
                case Transition.Select select -> {
                    ends = true;
                    select.cases().forEach(c -> left.add(c.state()));
                }
            }
        }
        if (!ends) {
            String message = "parser '" + parser.name() + "' never comes to 'accept' or 'reject'";
            diagnostics.error(parser.span(), "endless", message, "one of its states has to end it");
        }
        for (Definition.State state : parser.states()) {
            if (!reached.contains(state.name())) {
                diagnostics.warning(state.span(), "unreachable", "no way leads to state '" + state.name() + "'", null);
            }
        }
    }
}
