/** Programs in P4-16, from text to what runs. */
@org.jspecify.annotations.NullMarked
package dev.weir.p4;
