package dev.weir.p4.passes;

import dev.weir.p4.ir.Pipeline;

/** The passes, in an order in which each finds what the others left, until there is nothing to find. */
public final class Passes {
    /** A program that still changes then is good enough. */
    private static final int MOST_ROUNDS = 8;

    private Passes() {}

    /** A pipeline that does the same with less. */
    public static Pipeline optimize(Pipeline pipeline) {
        Pipeline before = pipeline;
        for (int round = 0; round < MOST_ROUNDS; round++) {
            Pipeline after = Sinking.run(DeadStores.run(ConstantFolding.run(CopyPropagation.run(before))));
            if (after.equals(before)) break;
            before = after;
        }
        return before;
    }
}
