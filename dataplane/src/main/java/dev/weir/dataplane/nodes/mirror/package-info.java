/** Copies of packets to a port, and word of the flows that ended. */
@org.jspecify.annotations.NullMarked
package dev.weir.dataplane.nodes.mirror;
