/** Has the libraries tell what they have to say through the daemon's log. */
@org.jspecify.annotations.NullMarked
package dev.weir.server.logging;
