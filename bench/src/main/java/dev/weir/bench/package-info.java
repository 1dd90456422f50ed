/** Benchmarks: traffic made to measure, JMH for the parts, whole programs against peers. */
@org.jspecify.annotations.NullMarked
package dev.weir.bench;
