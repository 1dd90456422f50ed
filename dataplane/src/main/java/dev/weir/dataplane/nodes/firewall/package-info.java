/** Judges new flows by ordered rules; what belongs to accepted ones passes. */
@org.jspecify.annotations.NullMarked
package dev.weir.dataplane.nodes.firewall;
