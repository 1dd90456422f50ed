package dev.weir.p4.typed;

import dev.weir.p4.types.Signature;
import dev.weir.p4.types.Type;
import java.util.List;

/** What is called. {@code signature} has the types that hold where it is called. */
public sealed interface Callee {
    Signature signature();

    /** @param typeArguments what its type parameters stand for, in their order */
    record OfFunction(Definition.Function function, Signature signature, List<Type> typeArguments) implements Callee {}

    record OfExternFunction(Definition.ExternFunction function, Signature signature, List<Type> typeArguments)
            implements Callee {}

    record OfAction(Definition.Action action, Signature signature) implements Callee {}

    /** @param receiver an instance of an extern, or a parameter that is one */
    record Method(Expr receiver, Signature signature, List<Type> typeArguments) implements Callee {}

    /** {@code apply} of a parser, a control or a table. */
    record Apply(Expr receiver, Signature signature) implements Callee {}

    /** What headers, unions, stacks and types have without being told. */
    record BuiltIn(Expr receiver, Operation operation, Signature signature) implements Callee {}

    record Constructor(Signature signature) implements Callee {}

    enum Operation {
        IS_VALID("isValid"),
        SET_VALID("setValid"),
        SET_INVALID("setInvalid"),
        PUSH_FRONT("push_front"),
        POP_FRONT("pop_front");

        private final String spelling;

        Operation(String spelling) {
            this.spelling = spelling;
        }

        @Override
        public String toString() {
            return spelling;
        }
    }
}
