/**
 * Match-action tables: keys of any fields, matched exactly, by longest prefix, or by mask and range; entries that carry
 * octets of their owner's and age. For P4 programs and for whoever needs such a table.
 */
@org.jspecify.annotations.NullMarked
package dev.weir.table.match;
