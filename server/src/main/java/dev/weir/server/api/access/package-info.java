/** Who reaches the API, by which listener, and what each may call: sockets, TLS, tokens, roles, limits, audit. */
@org.jspecify.annotations.NullMarked
package dev.weir.server.api.access;
