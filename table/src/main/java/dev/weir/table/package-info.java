/** Tables that keep state for millions of flows off the heap: one owner, no locks, no allocation per packet. */
@org.jspecify.annotations.NullMarked
package dev.weir.table;
