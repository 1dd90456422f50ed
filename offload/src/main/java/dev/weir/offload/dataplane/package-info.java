/** A driver whose flows forward the packets of a data plane: tables that workers look up, a node of the graph, and what it can. */
@org.jspecify.annotations.NullMarked
package dev.weir.offload.dataplane;
