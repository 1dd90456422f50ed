/** What the policies of bounded tables are measured with: traces of flows, the policies themselves, and optima that know the future. */
@org.jspecify.annotations.NullMarked
package dev.weir.bench.cache;
