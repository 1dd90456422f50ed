/** What the daemon counts, for Prometheus and what reads its format. */
@org.jspecify.annotations.NullMarked
package dev.weir.server.metrics;
