/** The calls of the API: what weir.v1 says, done with a data plane. Who may make them, and how they arrive, is {@code access}. */
@NullMarked
package dev.weir.server.api;

import org.jspecify.annotations.NullMarked;
