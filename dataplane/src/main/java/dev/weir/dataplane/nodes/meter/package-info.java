/** A token bucket per flow. */
@org.jspecify.annotations.NullMarked
package dev.weir.dataplane.nodes.meter;
