/** Two machines of which one forwards and the other follows what it knows of flows, to go on with them. */
@org.jspecify.annotations.NullMarked
package dev.weir.server.standby;
