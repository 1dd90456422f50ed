/** The types of P4-16: what they are, which are the same, and what type parameters stand for. Immutable; knows nothing of text or trees. */
@org.jspecify.annotations.NullMarked
package dev.weir.p4.types;
