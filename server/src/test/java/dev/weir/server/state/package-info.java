@org.jspecify.annotations.NullMarked
package dev.weir.server.state;
