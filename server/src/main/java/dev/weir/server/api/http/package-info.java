/** The API's calls over HTTP with JSON, as the {@code google.api.http} options of their definition say, and their description. */
@org.jspecify.annotations.NullMarked
package dev.weir.server.api.http;
