/** What configurations of several nodes have in common; each node is a package below. */
@org.jspecify.annotations.NullMarked
package dev.weir.dataplane.nodes;
