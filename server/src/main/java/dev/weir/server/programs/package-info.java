/** Programs in P4 of a data plane: those that the configuration names and those that were loaded are the same here. */
@org.jspecify.annotations.NullMarked
package dev.weir.server.programs;
