/** The packet graph: nodes, the workers that run it, and {@link dev.weir.dataplane.graph.Dataplane}, which controls them. */
@org.jspecify.annotations.NullMarked
package dev.weir.dataplane.graph;
