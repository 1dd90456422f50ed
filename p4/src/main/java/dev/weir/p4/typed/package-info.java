/**
 * A program with all of its names, types and casts told: what the checker makes of a tree, and what lowering and the descriptions of programs
 * read. Every expression has its type; whatever a program converts without saying so is a {@link dev.weir.p4.typed.Expr.Cast}; what is
 * known when the program is compiled is a number, not an operation; calls name what they call, arguments are in the order of parameters.
 * Type parameters stay inside of what has them: who looks into a generic function substitutes them.
 */
@org.jspecify.annotations.NullMarked
package dev.weir.p4.typed;
