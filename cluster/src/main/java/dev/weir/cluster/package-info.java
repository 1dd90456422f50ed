/** {@code weir cluster}: reads jobs, and has an embedded or a running stream engine run them. */
@org.jspecify.annotations.NullMarked
package dev.weir.cluster;
