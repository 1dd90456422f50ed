/** {@code weir run} and its peers between two cables, in network namespaces: forwarding, and its API meanwhile. */
@org.jspecify.annotations.NullMarked
package dev.weir.bench.wire;
