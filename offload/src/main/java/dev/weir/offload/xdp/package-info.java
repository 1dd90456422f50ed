/** Decided flows in the kernel: an eBPF program on the ports forwards, changes or drops their packets before the JVM sees them. */
@org.jspecify.annotations.NullMarked
package dev.weir.offload.xdp;
