/** Ports on Linux: packet sockets, TAP devices, and the calls of libc that they need. */
@org.jspecify.annotations.NullMarked
package dev.weir.wire.linux;
