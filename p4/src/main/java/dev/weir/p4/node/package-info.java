/** A program as a node of the data plane's graph. */
@org.jspecify.annotations.NullMarked
package dev.weir.p4.node;
