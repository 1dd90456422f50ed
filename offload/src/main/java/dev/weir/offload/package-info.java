/** The Flow Table API: what a device can do, told by itself; flows to set there; and the drivers that carry them out of the JVM. */
@org.jspecify.annotations.NullMarked
package dev.weir.offload;
