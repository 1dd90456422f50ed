/** Counts what passes. */
@org.jspecify.annotations.NullMarked
package dev.weir.dataplane.nodes.count;
