/** Pairs of ports that are wired to each other. */
@org.jspecify.annotations.NullMarked
package dev.weir.dataplane.nodes.crossconnect;
