/** Flow records out: CSV, JSON lines, a table for terminals. */
@org.jspecify.annotations.NullMarked
package dev.weir.export;
