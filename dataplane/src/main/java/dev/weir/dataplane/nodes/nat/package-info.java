/** Translates addresses and ports of flows. */
@org.jspecify.annotations.NullMarked
package dev.weir.dataplane.nodes.nat;
