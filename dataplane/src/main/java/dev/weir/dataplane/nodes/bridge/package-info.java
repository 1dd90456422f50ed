/** A learning Ethernet bridge. */
@org.jspecify.annotations.NullMarked
package dev.weir.dataplane.nodes.bridge;
