@org.jspecify.annotations.NullMarked
package dev.weir.table.feature;
