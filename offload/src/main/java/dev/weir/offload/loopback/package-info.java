/** A driver that asks a backend in another process, over a socket, and the backend's side. */
@org.jspecify.annotations.NullMarked
package dev.weir.offload.loopback;
