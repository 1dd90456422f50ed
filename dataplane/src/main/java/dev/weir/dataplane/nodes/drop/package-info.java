/** Drops what comes to it, under a name. */
@org.jspecify.annotations.NullMarked
package dev.weir.dataplane.nodes.drop;
