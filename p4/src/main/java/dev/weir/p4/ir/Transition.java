package dev.weir.p4.ir;

import java.util.List;

/** Where a parser goes after a state. */
public sealed interface Transition {
    /** @param state one of the parser's, or {@link Pipeline#ACCEPT} or {@link Pipeline#REJECT} */
    record Goto(String state) implements Transition {}

    /** To the first case all of whose matches match; without one the parser fails with {@link Pipeline#NO_MATCH}. */
    record Select(List<Value> keys, List<Case> cases) implements Transition {
        public Select {
            keys = List.copyOf(keys);
            cases = List.copyOf(cases);
        }
    }

    /** @param matches one a key */
    record Case(List<Match> matches, String state) {
        public Case {
            matches = List.copyOf(matches);
        }
    }
}
