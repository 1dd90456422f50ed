/** The last events of flows, in the order of their sequence numbers, for any number of readers that nobody waits for. */
@NullMarked
package dev.weir.server.events;

import org.jspecify.annotations.NullMarked;
