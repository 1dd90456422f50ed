/** Packets as they are on the wire: parsed, viewed and rewritten in off-heap memory. */
@org.jspecify.annotations.NullMarked
package dev.weir.packet;
