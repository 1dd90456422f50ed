/**
 * P4-16 as a tree: immutable records, each with its place in the text; the parser that makes it, and the printer that gives text back.
 * The tree is what was written: names are not resolved, types not inferred, nothing is evaluated.
 */
@org.jspecify.annotations.NullMarked
package dev.weir.p4.syntax;
