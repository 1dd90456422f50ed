/** A driver that keeps its flows in memory: for development without a device, as a backend, and as the measure for other drivers. */
@org.jspecify.annotations.NullMarked
package dev.weir.offload.memory;
