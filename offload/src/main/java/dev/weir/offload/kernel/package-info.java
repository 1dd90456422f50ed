/** Flows of the Flow Table API in the kernel: what XDP can match and do, told as a model, and the driver that puts flows there. */
@org.jspecify.annotations.NullMarked
package dev.weir.offload.kernel;
