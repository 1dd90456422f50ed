/** The circle: flows that the flow table decides are carried below, and what was carried comes back. */
@org.jspecify.annotations.NullMarked
package dev.weir.offload.circle;
