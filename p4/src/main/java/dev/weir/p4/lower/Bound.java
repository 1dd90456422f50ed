package dev.weir.p4.lower;

import dev.weir.p4.typed.Expr;

/** What a name of the program stands for where code is made. */
sealed interface Bound {
    /** A constant of a constructor, which is evaluated where it was given. */
    record Given(Expr value, Frame frame) implements Bound {}

    /** What can be read and assigned. */
    record Stored(Slot slot) implements Bound {}

    /** What can only be read: an argument. */
    record Passed(Data data) implements Bound {}

    /** An instance of an extern or a block. */
    record Made(Thing thing) implements Bound {}
}
