/** Ports on Linux: packet sockets, AF_XDP sockets, TAP devices, the calls of libc and the rights that they need. */
@org.jspecify.annotations.NullMarked
package dev.weir.wire.linux;
