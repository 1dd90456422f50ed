/** The flow table drivers of a daemon, and what their devices are called. */
@org.jspecify.annotations.NullMarked
package dev.weir.server.flowtables;
