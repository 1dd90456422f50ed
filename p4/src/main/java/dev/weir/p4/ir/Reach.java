package dev.weir.p4.ir;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** How far a pipeline's code can go, as far as its text shows. */
public final class Reach {
    /** Of {@link #parsedBytes}: no bound. */
    public static final int UNBOUNDED = Integer.MAX_VALUE;

    private Reach() {}

    /** All instructions of a body, those in its bodies too. */
    public static List<Instruction> instructions(List<Instruction> body) {
        List<Instruction> all = new ArrayList<>();
        Deque<Instruction> left = new ArrayDeque<>(body);
        while (!left.isEmpty()) {
            Instruction next = left.removeFirst();
            all.add(next);
            switch (next) {
                case Instruction.If i -> {
                    left.addAll(i.then());
                    left.addAll(i.otherwise());
                }
                case Instruction.Switch i -> {
                    i.cases().forEach(arm -> left.addAll(arm.body()));
                    left.addAll(i.otherwise());
                }
                case Instruction.Block i -> left.addAll(i.body());
                case Instruction.Loop i -> left.addAll(i.body());
                default -> {}
            }
        }
        return all;
    }

    /** Whether some packet may be mirrored. */
    public static boolean mirrors(Pipeline pipeline) {
        return hasInControl(pipeline, Instruction.Mirror.class);
    }

    /** Whether the flow of some packet may be marked. */
    public static boolean marksFlows(Pipeline pipeline) {
        return hasInControl(pipeline, Instruction.MarkFlow.class);
    }

    private static boolean hasInControl(Pipeline pipeline, Class<? extends Instruction> kind) {
        return instructions(pipeline.control()).stream().anyMatch(kind::isInstance)
                || pipeline.actions().stream()
                        .flatMap(action -> instructions(action.body()).stream())
                        .anyMatch(kind::isInstance);
    }

    /**
     * How many bytes of a packet the parser takes off at the most; what is behind them stays as it came. {@link #UNBOUNDED} for a parser that skips, or comes
     * through a state twice.
     */
    public static int parsedBytes(Pipeline pipeline) {
        Map<String, HeaderType> types = new HashMap<>();
        pipeline.headers().forEach(header -> types.put(header.name(), header.type()));
        long bytes = 0;
        for (Pipeline.State state : pipeline.states()) {
            for (Instruction instruction : instructions(state.body())) {
                switch (instruction) {
                    case Instruction.Extract i ->
                        bytes += Objects.requireNonNull(types.get(i.header()), i.header())
                                        .mostBits()
                                / 8;
                    case Instruction.Advance _, Instruction.Loop _ -> {
                        return UNBOUNDED;
                    }
                    default -> {}
                }
            }
        }
        return isAcyclic(pipeline) ? (int) Math.min(bytes, UNBOUNDED) : UNBOUNDED;
    }

    /** Takes states away that lead to none of those that are left; a circle stays. */
    private static boolean isAcyclic(Pipeline pipeline) {
        Set<String> left = new HashSet<>();
        pipeline.states().forEach(state -> left.add(state.name()));
        boolean taken = true;
        while (taken) {
            taken = false;
            for (Pipeline.State state : pipeline.states()) {
                if (left.contains(state.name()) && nexts(state).stream().noneMatch(left::contains)) {
                    left.remove(state.name());
                    taken = true;
                }
            }
        }
        return left.isEmpty();
    }

    private static List<String> nexts(Pipeline.State state) {
        return switch (state.transition()) {
            case Transition.Goto to -> List.of(to.state());
            case Transition.Select select ->
                select.cases().stream().map(Transition.Case::state).toList();
        };
    }
}
