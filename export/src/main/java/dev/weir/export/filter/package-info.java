/**
 * The filter language: an expression over the columns of flow records, checked and compiled to bytecode. {@code docs/filters.md}
 * is its reference; {@link dev.weir.export.filter.FlowFilter} is the door.
 */
@org.jspecify.annotations.NullMarked
package dev.weir.export.filter;
