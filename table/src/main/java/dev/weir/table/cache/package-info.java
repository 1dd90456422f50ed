/**
 * What a table of bounded size keeps: which newcomers are let in and which entries go for them, by how recently, how often or by how much they are used.
 * {@link dev.weir.table.cache.BoundedCache} is what a table's owner calls.
 */
@org.jspecify.annotations.NullMarked
package dev.weir.table.cache;
