/** What is measured of a flow's packets beyond its counters, when it is asked for. */
@org.jspecify.annotations.NullMarked
package dev.weir.table.feature;
