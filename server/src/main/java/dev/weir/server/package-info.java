/** The data plane as a process: ports opened, records written, configuration reloaded, all from one configuration. */
@org.jspecify.annotations.NullMarked
package dev.weir.server;
