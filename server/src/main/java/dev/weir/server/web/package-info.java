/** The page for people's browsers. */
@org.jspecify.annotations.NullMarked
package dev.weir.server.web;
