/** What survives the process: snapshots of flows and of programs, written while packets flow, read at the start. */
@org.jspecify.annotations.NullMarked
package dev.weir.server.state;
