@org.jspecify.annotations.NullMarked
package dev.weir.offload.kernel;
