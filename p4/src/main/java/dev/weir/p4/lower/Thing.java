package dev.weir.p4.lower;

import dev.weir.p4.ir.Value;
import dev.weir.p4.ir.ValueSet;
import dev.weir.p4.typed.Definition;
import dev.weir.p4.typed.Expr;
import dev.weir.p4.types.Type;
import java.util.HashMap;
import java.util.Map;

/** An instance that a program makes. */
sealed interface Thing {
    /** The packet that comes in, or the one that goes out. */
    record Packet() implements Thing {}

    /**
     * An extern object.
     *
     * @param name for the control plane
     * @param frame where the arguments of its constructor are known
     */
    record Extern(String name, Type.Extern type, Expr.New made, Frame frame) implements Thing {}

    /** A checksum, which is a number that data are added to. */
    record Sum(Value.Place state, Value.HashAlgorithm algorithm, Type.Extern type) implements Thing {}

    /** A parser or control, and what was made of its tables and actions. */
    final class Block implements Thing {
        final Definition.Block definition;
        final Frame frame;
        final Map<Definition, Tables.Lowered> tables = new HashMap<>();
        final Map<Definition, String> actions = new HashMap<>();
        final Map<Definition.ValueSet, ValueSet> valueSets = new HashMap<>();
        /** Those that have arguments in a table's list of actions. */
        final Map<Definition.ActionRef, String> boundActions = new HashMap<>();
        /** Whether its variables are there. */
        boolean opened;

        Block(Definition.Block definition, Frame frame) {
            this.definition = definition;
            this.frame = frame;
        }
    }
}
