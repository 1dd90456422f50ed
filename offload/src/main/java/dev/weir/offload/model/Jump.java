package dev.weir.offload.model;

/**
 * A way from a node of a graph to the next. The first of a node's jumps whose condition holds is taken.
 *
 * @param next uid of the node, or {@link #DONE} or {@link #END}
 * @param on the condition; {@link FieldRef#ALWAYS} where there is none
 */
public record Jump(long next, FieldRef on) {
    /** The end of the graph (NFL_JUMP_TABLE_DONE). */
    public static final long DONE = 0;

    /** The end of the graph, as first versions of the API wrote it. */
    public static final long END = U32.MAX;

    public Jump {
        U32.check("next_node", next);
    }

    public boolean ends() {
        return next == DONE || next == END;
    }

    /** Whether there is no condition: header 0 is none. */
    public boolean always() {
        return on.header() == 0;
    }
}
