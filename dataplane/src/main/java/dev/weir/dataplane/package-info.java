/** Vectors of packets through workers, each of which owns its shard of the tables. */
@org.jspecify.annotations.NullMarked
package dev.weir.dataplane;
