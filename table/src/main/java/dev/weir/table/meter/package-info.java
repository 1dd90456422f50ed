/** Token buckets and the three-colour markers made of them; the caller keeps their state. */
@org.jspecify.annotations.NullMarked
package dev.weir.table.meter;
