/** Shares new flows out to targets. */
@org.jspecify.annotations.NullMarked
package dev.weir.dataplane.nodes.balance;
