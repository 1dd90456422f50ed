/** What runs on the workers of the stream engine: sources, the flow operator, sinks. Uses packet, table, wire, dataplane, export. */
@org.jspecify.annotations.NullMarked
package dev.weir.cluster.job;
